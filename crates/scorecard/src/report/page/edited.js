// The config that is downloaded: the calibrated one with the changes, and nothing in it that they made untrue.

/**
 * @param {Edits} edits
 * @param {Rating[]} ratings one of each model
 * @param {string} name what the config is to be called
 */
function editedConfig(edits, ratings, name) {
  const config = structuredClone(edits.config);
  if (edits.changed.size === 0) return { ...config, name };
  config.models.forEach((model, at) => {
    const changed = edits.below(["models", at]);
    if (changed.length === 0) return;
    for (const path of changed) {
      // The counts are still those of the level; the interval was that of the calibrated points.
      if (path[2] === "attributes") delete valueAt(model, path.slice(2, -1)).evidence?.points_interval;
    }
    const { scores } = ratings[at].distribution(model);
    held(model.bands || [], scores).forEach((count, band) => {
      if (count.leads > 0) model.bands[band].expected_rate = recordedRate(count);
      else delete model.bands[band].expected_rate;
    });
    if (changed.some(([, , part]) => part !== "bands" && part !== "stages")) {
      const curve = scoreCurve(scores);
      if (curve) model.expected_rate_by_score = curve;
      else delete model.expected_rate_by_score;
    }
  });
  const tool = config.provenance?.tool || "leadcal";
  const provenance = { tool: `${tool}, changed by hand in its report: ${summary(edits)}` };
  return { ...config, name, provenance: { ...provenance, ...without(config.provenance, "tool") } };
}

function without(object, key) {
  return Object.fromEntries(Object.entries(object || {}).filter(([one]) => one !== key));
}

/** Such as "points in 3 places, 1 cut-off". */
function summary(edits) {
  const counts = { points: 0, "cut-off": 0, limit: 0 };
  for (const { path } of edits.changed.values()) {
    const key = path[path.length - 1];
    counts[key === "from" ? "cut-off" : key.startsWith("points") ? "points" : "limit"] += 1;
  }
  const counted = (word, n) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const texts = Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([word, n]) => (word === "points" ? `points in ${counted("place", n)}` : counted(word, n)));
  return texts.join(", ");
}

/** What stands at a path, in words. */
function placeName(config, path) {
  const [, at, part, index, , step] = path;
  const model = config.models[at];
  const product = config.models.length > 1 ? `${modelName(model)}: ` : "";
  const named = () => {
    switch (part) {
      case "attributes":
        return `${model.attributes[index].name}, ${model.attributes[index].levels[step].level}`;
      case "behaviours":
        return `${model.behaviours[index].name}, each time`;
      case "signals":
        return model.signals[index].name;
      case "inactivity":
        return `inactivity, ${model.inactivity.steps[path[4]].after_days} days`;
      case "bands":
        return `band ${model.bands[index].name} from`;
      case "stages":
        return `stage ${model.stages[index].name} from`;
      default:
        return limitPaths(model, at).find((one) => String(one.path) === String(path)).label;
    }
  };
  return product + named();
}

/** Whom a model scores. */
function modelName({ product }) {
  return product === null || product === undefined ? "all others" : product;
}
