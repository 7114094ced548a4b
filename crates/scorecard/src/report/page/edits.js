// What was changed in the page: places of the config with their new numbers, and the way back.

const LARGEST = 1e9;

function valueAt(config, path) {
  return path.reduce((value, key) => value[key], config);
}

/** The calibrated config, the one made of it here, and the steps between. */
class Edits {
  constructor(calibrated) {
    this.calibrated = calibrated;
    this.config = structuredClone(calibrated);
    // By the path as JSON: the path, and the value that stands there now.
    this.changed = new Map();
    this.past = [];
    this.future = [];
    this.listeners = [];
    this.last = null;
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  /** What the calibration wrote at a path. */
  original(path) {
    return valueAt(this.calibrated, path);
  }

  value(path) {
    return valueAt(this.config, path);
  }

  isChanged(path) {
    return this.changed.has(JSON.stringify(path));
  }

  /** The paths changed below a path. */
  below(path) {
    return [...this.changed.values()].map((one) => one.path).filter((one) => path.every((key, at) => one[at] === key));
  }

  /** Changes one number. Changes of the same place in a row are one step back, until `settle`. */
  set(path, value) {
    const place = JSON.stringify(path);
    if (this.value(path) === value) return;
    if (this.last !== place) this.remember();
    this.last = place;
    this.put(path, value);
    this.tell();
  }

  settle() {
    this.last = null;
  }

  /** Back to what was calibrated, for all that was changed below a path. */
  reset(path) {
    const paths = this.below(path);
    if (paths.length === 0) return;
    this.remember();
    for (const one of paths) this.put(one, this.original(one));
    this.settle();
    this.tell();
  }

  /** The same for one number; where its neighbours have moved so that it no longer fits between them, for all of them. */
  resetOne(path) {
    const [least, most] = bounds(this.config, path);
    const fits = this.original(path) >= least && this.original(path) <= most;
    this.reset(fits ? path : path.slice(0, path[path.length - 1] === "from" ? -2 : -1));
  }

  undo() {
    this.move(this.past, this.future);
  }

  redo() {
    this.move(this.future, this.past);
  }

  // The rest is the class's own.

  remember() {
    this.past.push([...this.changed.values()]);
    this.future = [];
  }

  move(from, to) {
    if (from.length === 0) return;
    to.push([...this.changed.values()]);
    const changed = from.pop();
    for (const { path } of [...this.changed.values()]) this.put(path, this.original(path));
    for (const { path, value } of changed) this.put(path, value);
    this.settle();
    this.tell();
  }

  put(path, value) {
    const place = JSON.stringify(path);
    if (value === this.original(path)) this.changed.delete(place);
    else this.changed.set(place, { path, value });
    valueAt(this.config, path.slice(0, -1))[path[path.length - 1]] = value;
    follow(this.config.models[path[1]], this.calibrated.models[path[1]]);
  }

  tell() {
    for (const listener of this.listeners) listener();
  }
}

/** The first band and the lowest tiers reach down to the least score and sum, wherever these go. */
function follow(model, calibrated) {
  const lower = (steps, at, from, min) => {
    if (steps && steps.length > 0) steps.at(at).from = Math.min(from.at(at).from, min);
  };
  lower(model.bands, 0, calibrated.bands, model.range.min);
  model.groups.forEach(({ tiers, min }, at) => lower(tiers, -1, calibrated.groups[at].tiers, min));
}

/**
 * The least and greatest value that a place may have, so that the config stays one: bands, stages and tiers stay in
 * order, limits do not cross.
 */
function bounds(config, path) {
  const key = path[path.length - 1];
  const part = valueAt(config, path.slice(0, -1));
  if (key === "min") return [-LARGEST, part.max];
  if (key === "max") return [part.min, LARGEST];
  if (key !== "from") return [-LARGEST, LARGEST];
  const list = valueAt(config, path.slice(0, -2));
  const at = path[path.length - 2];
  const before = at > 0 ? list[at - 1].from + 1 : -LARGEST;
  return [before, at + 1 < list.length ? list[at + 1].from - 1 : LARGEST];
}

/** The numbers of a model that may be changed besides points: where it starts, its limits. */
function limitPaths(model, at) {
  const of = (...path) => ["models", at, ...path];
  return [
    { label: "every lead starts with", path: of("base_points") },
    { label: "least score", path: of("range", "min") },
    { label: "greatest score", path: of("range", "max") },
    ...model.groups.flatMap(({ name }, group) => [
      { label: `${name}: least sum`, path: of("groups", group, "min") },
      { label: `${name}: greatest sum`, path: of("groups", group, "max") },
    ]),
  ];
}
