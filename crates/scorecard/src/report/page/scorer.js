// A lead scored under the config as it stands in the page: by leadcal's own JavaScript, which `export --to javascript` writes.

/** Unicode's White_Space, which is not what trim() takes for blank. */
function withoutBlanks(text) {
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
}

/**
 * The config's models as the scorer takes them: each coefficient stands at what it belongs to, a signal's fields and a
 * behaviour's properties are lists. In place of a name stands the part itself, which the reasons then hand back.
 */
function scorerModels(config) {
  return config.models.map((model) => {
    const terms = model.probability ? model.probability.terms : [];
    const coefficient = (matches) => (terms.find(matches) || { coefficient: 0 }).coefficient;
    const part = (kind, { name, group }) => ({ kind, name, group });
    return {
      ...model,
      product: model.product === undefined ? null : model.product,
      attributes: model.attributes.map((attribute) => ({
        name: part("attribute", attribute),
        group: attribute.group,
        field: attribute.input.field,
        type: attribute.input.type,
        missing: attribute.input.missing || [],
        levels: attribute.levels.map((level) => ({
          ...level,
          coefficient: coefficient((term) => term.attribute === attribute.name && term.level === level.level),
        })),
      })),
      behaviours: (model.behaviours || []).map((behaviour) => ({
        ...behaviour,
        name: part("behaviour", behaviour),
        event: behaviour.event === null ? undefined : behaviour.event,
        where: Object.entries(behaviour.where || {}).map(([property, values]) => ({ property, values })),
        coefficient: coefficient((term) => term.behaviour === behaviour.name),
      })),
      signals: (model.signals || []).map((signal) => ({
        ...signal,
        name: part("signal", signal),
        fields: signal.fields || [signal.field, signal.company].filter((field) => typeof field === "string"),
        also: (signal.also || []).map((domain) => withoutBlanks(domain).toLowerCase()),
        layouts: signal.kind === "keyboard_run" ? signal.layouts || ["azerty", "qwerty", "qwertz"] : undefined,
        min_run: signal.min_run || 4,
        coefficient: coefficient((term) => term.signal === signal.name),
      })),
      inactivity: model.inactivity && {
        ...model.inactivity,
        steps: model.inactivity.steps.map((step) => ({
          ...step,
          coefficient: coefficient((term) => term.inactivity_days === step.after_days),
        })),
      },
      bands: model.bands || [],
      stages: model.stages || [],
    };
  });
}

/**
 * A function that scores a lead by the config and says how the score comes about: reasons with their parts, and the sum
 * of each group.
 */
function explainer(config) {
  const score = scorerOf(scorerModels(config));
  return (lead, events, asOf) => {
    const result = score(lead, events, asOf);
    const model = config.models.find(({ product }) => (product === undefined ? null : product) === result.product);
    const reasons = result.reasons.map(({ name, level, points }) => ({
      ...(name === "inactivity" ? { kind: "inactivity", name, group: model.inactivity.group } : name),
      level,
      points,
    }));
    const groups = model.groups.map((group) => {
      const sum = reasons.filter((reason) => reason.group === group.name).reduce((all, { points }) => all + points, 0);
      const counted = limited(sum, group);
      const tier = (group.tiers || []).find(({ from }) => from <= counted);
      return { name: group.name, sum, counted, tier: tier ? tier.name : null };
    });
    return { ...result, reasons, groups, basePoints: model.base_points };
  };
}
