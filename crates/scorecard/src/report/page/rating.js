// Scores of the calibration leads under a model that may have been changed, as a runtime scorer gives them.

/** Halves away from zero; adding 0 makes -0 a 0. */
function rounded(x) {
  const whole = Math.trunc(x);
  return (Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole) + 0;
}

function limited(x, { min, max }) {
  return Math.min(Math.max(x, min), max);
}

const KINDS = ["attribute", "behaviour", "signal", "inactivity"];

/** The part of a config's model that a term is about. */
function partOf(model, { kind, at }) {
  return kind === "inactivity" ? model.inactivity : model[`${kind}s`][at];
}

/** Points of each level of a term. */
function pointsOf(model, term) {
  const part = partOf(model, term);
  switch (term.kind) {
    case "attribute":
      return part.levels.map(({ points }) => points);
    case "behaviour":
      return term.times.map((times) => part.points_each * times);
    case "signal":
      return term.times.map((times) => part.points * times);
    default:
      return term.steps.map((step) => (step === null ? 0 : part.steps[step].points));
  }
}

/**
 * The scores of a model's patterns. Sums take their terms in the order of the config, so that they are a scorer's to the
 * last bit; a group is summed again only where points of it changed.
 */
class Rating {
  constructor({ terms, leads, conversions }) {
    const rank = ({ kind }) => KINDS.indexOf(kind);
    this.terms = [...terms].sort((a, b) => rank(a) - rank(b) || a.at - b.at);
    this.patterns = { leads, conversions };
    this.sums = new Map();
  }

  /** The sums of a group's patterns, before its limits. */
  sumsOf(model, group) {
    const terms = this.terms.filter((term) => partOf(model, term).group === group.name);
    const points = terms.map((term) => Float64Array.from(pointsOf(model, term)));
    const key = points.join(";");
    const known = this.sums.get(group.name);
    if (known && known.key === key) return known.sums;
    const sums = new Float64Array(this.patterns.leads.length);
    terms.forEach(({ codes }, term) => {
      const of = points[term];
      for (let pattern = 0; pattern < sums.length; pattern++) sums[pattern] += of[codes[pattern]];
    });
    this.sums.set(group.name, { key, sums });
    return sums;
  }

  /** Leads and conversions of each score, lowest first, and how many leads a limit of a group or the range holds back. */
  distribution(model) {
    const { leads, conversions } = this.patterns;
    const raw = new Float64Array(leads.length).fill(model.base_points);
    const held = new Uint8Array(leads.length);
    for (const group of model.groups) {
      this.sumsOf(model, group).forEach((sum, pattern) => {
        const within = limited(sum, group);
        if (within !== sum) held[pattern] = 1;
        raw[pattern] += within;
      });
    }
    const counts = new Map();
    let heldLeads = 0;
    raw.forEach((sum, pattern) => {
      const whole = rounded(sum);
      const score = limited(whole, model.range) + 0;
      if (held[pattern] || score !== whole) heldLeads += leads[pattern];
      const count = counts.get(score) || { score, leads: 0, conversions: 0 };
      count.leads += leads[pattern];
      count.conversions += conversions[pattern];
      counts.set(score, count);
    });
    return { scores: [...counts.values()].sort((a, b) => a.score - b.score), held: heldLeads };
  }
}
