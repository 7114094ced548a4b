// Scores one lead, without dependencies: an ES module for browsers, Node and whatever else runs JavaScript of 2020.
// Changes belong into the scoring config; generate this file again after them.
//= header

/** A lead without a score. `field` names the field to blame; it is null where no model serves the lead. */
class LeadError extends Error {
  constructor(field, message) {
    super(message);
    this.name = new.target.name;
    this.field = field;
  }
}

/** No model is for the lead's product, and none for all others. */
class NoModelError extends LeadError {}

/**
 * Scores one lead.
 *
 * @param {Object<string, string|number|boolean|bigint|null>} lead its fields; what is left out or null has no value
 * @param {Array<{time: string, name: string, properties?: Object}>} events what it did, in any order
 * @param {?string} asOf the moment scored, such as "2024-05-15T12:00:00Z"; the newest of the events where it is null
 * @returns {{product: ?string, raw: number, rounded: number, score: number, band: ?string, stage: ?string,
 *   grade: ?string, probability: ?number, reasons: Array<{name: string, level: ?string, points: number}>}}
 * @throws {LeadError} where the lead cannot be scored
 * @throws {TypeError} where an event or asOf is not what it should be
 */
function score(lead, events = [], asOf = null) {
  const values = FIELDS.map((field) => plain(field, own(lead, field)));

  // 1. Model
  //? products
  const product = textOf(plain(PRODUCT_FIELD, own(lead, PRODUCT_FIELD)));
  //?
  //? inactivity
  const createdAt = creation(plain(CREATED_AT_FIELD, own(lead, CREATED_AT_FIELD)));
  //?
  //? products
  const model = BY_PRODUCT.get(product) || BY_PRODUCT.get(null);
  if (!model) {
    const whom = product === null ? "leads without a product" : `the product ${JSON.stringify(product)}`;
    throw new NoModelError(null, `no model serves ${whom}, and none has "product": null`);
  }
  //?
  //? one-model
  const model = COMPILED[0];
  //?

  // What counts, in the order in which it is added.
  const given = [];
  const give = ({ group, name }, level, points, logOdds) => given.push({ group, name, level, points, logOdds });

  // 2. Attributes
  for (const attribute of model.attributes) {
    const level = levelOf(attribute, values[attribute.slot]);
    if (level) give(attribute, level.level, level.points, level.coefficient);
  }
  //? events
  const happened = model.asksForEvents ? readEvents(events) : [];
  const isGiven = model.asksForEvents && asOf !== null && asOf !== undefined;
  const moment = isGiven ? momentOf("asOf", asOf) : newest(happened);
  const past = moment ? happened.filter((event) => compare(event, moment) <= 0).sort((a, b) => compare(b, a)) : [];
  //?
  //? behaviours

  // 3. Behaviours
  for (const rule of moment ? model.behaviours : []) {
    const [times, weight] = repetitions(rule, past, moment);
    give(rule, countOf(times), rule.points_each * weight, rule.coefficient * weight);
  }
  //?
  //? signals

  // 4. Signals
  for (const signal of model.signals) {
    const times = Number(SIGNALS[signal.kind](signal, signal.slots.map((slot) => textOf(values[slot]))));
    const level = signal.kind === "filled_fields" && signal.slots.length > 1 ? countOf(times) : null;
    give(signal, level, signal.points * times, signal.coefficient * times);
  }
  //?
  //? inactivity

  // 5. Inactivity
  const since = past.length > 0 ? past[0] : createdAt;
  if (model.inactivity && moment && since) {
    const days = moment.day - since.day - (moment.micros < since.micros ? 1 : 0);
    const step = lastAtMost(model.inactivity.steps, "after_days", days);
    if (step) give(model.inactivity, `${step.after_days} days`, step.points, step.coefficient);
  }
  //?

  // 6. Score, and the grade of 7.
  const sums = model.groups.map(() => 0);
  for (const { group, points } of given) sums[group] += points;
  let raw = model.base_points;
  const tiers = [];
  model.groups.forEach((group, index) => {
    const sum = Math.min(Math.max(sums[index], group.min), group.max);
    raw += sum;
    const tier = (group.tiers || []).find((one) => one.from <= sum);
    if (tier) tiers.push(tier.name);
  });
  const rounded = halfAwayFromZero(raw);
  const limited = Math.min(Math.max(rounded, model.range.min), model.range.max);

  // 7. Band and stage
  const band = lastAtMost(model.bands, "from", limited);
  const stage = lastAtMost(model.stages, "from", limited);

  // 8. Probability
  let probability = null;
  //? probability
  if (model.probability) {
    const x = given.reduce((sum, { logOdds }) => sum + logOdds, model.probability.intercept);
    probability = 1 / (1 + Math.exp(-x));
  }
  //?

  // 9. Reasons. The sort keeps the order of equal ones.
  const reasons = given.filter(({ points }) => points !== 0).sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  return {
    product: model.product,
    raw,
    rounded,
    score: limited + 0,
    band: band ? band.name : null,
    stage: stage ? stage.name : null,
    grade: tiers.length > 0 ? tiers.join("") : null,
    probability,
    reasons: reasons.map(({ name, level, points }) => ({ name, level, points })),
  };
}

function lastAtMost(steps, key, value) {
  for (let index = steps.length - 1; index >= 0; index--) if (steps[index][key] <= value) return steps[index];
  return null;
}

/** Adding 0 makes -0 a 0. */
function halfAwayFromZero(x) {
  const whole = Math.trunc(x);
  return (Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole) + 0;
}
//? behaviours filled

function countOf(times) {
  return times === 1 ? "1 time" : `${times} times`;
}
//?

// Values. null is missing, undefined cannot be understood.

/** The value of an object's own key: what every object inherits, such as "constructor", is no field. */
function own(object, key) {
  return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
}

function wrong(field, expected, value) {
  const found = Array.isArray(value) ? "a list" : typeof value === "string" ? `the text ${JSON.stringify(value)}`
    : typeof value === "number" ? `the number ${value}` : typeof value === "boolean" ? value : "an object";
  return new LeadError(field, `field ${JSON.stringify(field)} should be a ${expected}, found ${found}`);
}

/** A field as a text, number, boolean or null. Of integers beyond 2^53, given as BigInt, the digits count. */
function plain(field, value) {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value === "bigint") return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : String(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw wrong(field, "text, a number, a boolean or null", value);
}

/** Unicode's White_Space, which is not what trim() takes for blank. */
const BLANKS =
  "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
  "\u2028\u2029\u202f\u205f\u3000";

function trimmed(text) {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text[start])) start++;
  while (end > start && BLANKS.includes(text[end - 1])) end--;
  return text.slice(start, end);
}
//? texts

/** A value as text; a blank one is missing. */
function textOf(value) {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return String(value);
  return value === null || trimmed(value) === "" ? null : value;
}

/** A number the shortest way: all its digits, without an exponent. */
function numberText(x) {
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const [digits, exponent] = String(x).split("e");
  if (exponent === undefined) return digits;
  const [, sign, whole, fraction = ""] = /^(-?)(\d)(?:\.(\d+))?$/.exec(digits);
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${whole}${fraction}`;
  return sign + (whole + fraction).padEnd(Number(exponent) + 1, "0");
}
//?
//? numbers

const NUMBER = /^([+-]?)(?:(nan)|(inf(?:inity)?)|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)$/i;

function numberOf(value) {
  if (typeof value !== "string") return typeof value === "number" ? value : undefined;
  const text = trimmed(value);
  const found = NUMBER.exec(text);
  if (!found) return undefined;
  if (found[2]) return null;
  if (found[3]) return found[1] === "-" ? -Infinity : Infinity;
  return Number(text);
}
//?
//? booleans

const YES = new Set(["true", "yes", "t", "y", "1", "1.0"]);
const NO = new Set(["false", "no", "f", "n", "0", "0.0"]);

function booleanOf(value) {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value === 1 ? true : value === 0 ? false : undefined;
  const word = trimmed(value).toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}
//?
//? calendar

/** Days since 1970-01-01; NaN where there is no such day. */
function daysOf(year, month, day) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (month < 1 || month > 12 || day < 1 || day > last || Math.abs(year) > 9999) return NaN;
  return new Date(0).setUTCFullYear(year, month - 1, day) / 86400000;
}
//?
//? dates

/** The day of a text, which may go on after a T or a blank; days are compared as texts. */
function dateOf(value) {
  const found = typeof value === "string" && /^(\d{4})-(\d\d)-(\d\d)(?:$|[T ])/.exec(trimmed(value));
  if (!found || found[1] === "0000" || Number.isNaN(daysOf(+found[1], +found[2], +found[3]))) return undefined;
  return found[0].slice(0, 10);
}
//?

const READ = {
  //? numbers
  number: numberOf,
  //?
  //? texts
  text: (value) => (typeof value === "string" ? value : textOf(value)),
  //?
  //? booleans
  boolean: booleanOf,
  //?
  //? dates
  date: dateOf,
  //?
};

/** The first level that holds, undefined where none does. */
function levelOf(attribute, value) {
  let found = null;
  if (value !== null && !(typeof value === "string" && attribute.missing.has(trimmed(value)))) {
    found = READ[attribute.type](value);
    if (found === undefined) throw wrong(attribute.field, attribute.type, value);
  }
  const level = found === null ? attribute.ofMissing
    : attribute.ofValue.get(found) || attribute.ranges.find(({ when }) => isWithin(when, found));
  return level || attribute.otherwise;
}

function isWithin({ from, below }, found) {
  return (from === undefined || found >= from) && (below === undefined || found < below);
}
//? events

// Times: a day since 1970-01-01 and the microsecond of that day.

const DAY = 86400e6;
const TIME = new RegExp(
  "^(\\d{4}|[+-]\\d{6})(-?)(\\d\\d)\\2(\\d\\d)" + // 2024-03-01, 20240301
  "(?:[ Tt](\\d\\d)(?:(:?)(\\d\\d)(?:\\6(\\d\\d)(?:[.,](\\d{1,9}))?)?)?" + // T10, T10:00, T10:00:00.25, T100000
  "(?:[Zz]|([+-])(\\d\\d)(?:(:?)(\\d\\d)(?:\\12(\\d\\d))?)?)?)?" + // Z, +01, +01:00, +0100
  "(?:\\[!?(?:[+-]\\d\\d(?::?\\d\\d)?|[A-Za-z_.][\\w.+-]*(?:/[A-Za-z_.][\\w.+-]*)*)\\])?" + // [Europe/Paris]: nothing
  "(?:\\[[a-z_][a-z0-9_-]*=[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\\])*$" // [u-ca=gregory]
);

/** The moment of a text; undefined where it is none. */
function timeOf(value) {
  const found = typeof value === "string" && TIME.exec(trimmed(value));
  if (!found || found[1] === "-000000") return undefined;
  const number = (index) => Number(found[index] || 0);
  const [hour, minute, second, offsetHour, offsetMinute, offsetSecond] = [5, 7, 8, 11, 13, 14].map(number);
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  if (offsetHour > 25 || offsetMinute > 59 || offsetSecond > 59) return undefined;
  const offset = (offsetHour * 3600 + offsetMinute * 60 + offsetSecond) * (found[10] === "-" ? -1 : 1);
  const ofDay = hour * 3600 + minute * 60 + Math.min(second, 59) - offset;
  const seconds = daysOf(number(1), number(3), number(4)) * 86400 + ofDay;
  // From -9999-01-02T01:59:59Z to 9999-12-30T22:00:00Z: beyond, some zone has no year of four digits.
  if (!(seconds >= -377705023201 && seconds <= 253402207200)) return undefined;
  const day = Math.floor(seconds / 86400);
  const micros = Number((found[9] || "").padEnd(6, "0").slice(0, 6));
  return { day, micros: (seconds - day * 86400) * 1e6 + micros };
}

function compare(a, b) {
  return a.day - b.day || a.micros - b.micros;
}

function momentOf(what, value) {
  const time = timeOf(value);
  if (time) return time;
  throw new TypeError(`${what} should be a time such as 2024-03-01T10:00:00Z, found ${JSON.stringify(value)}`);
}

function readEvents(events) {
  return Array.from(events, (event) => {
    const { day, micros } = momentOf("an event's time", own(event, "time"));
    const name = own(event, "name");
    if (typeof name !== "string") throw new TypeError(`an event's name should be a text, found ${typeof name}`);
    return { day, micros, name, properties: own(event, "properties") || {} };
  });
}

function newest(events) {
  return events.reduce((last, event) => (last && compare(last, event) >= 0 ? last : event), null);
}
//?
//? inactivity

/** When the lead was created; null where it does not say. */
function creation(value) {
  if (value === null || (typeof value === "string" && trimmed(value) === "")) return null;
  const time = timeOf(value);
  if (!time) throw wrong(CREATED_AT_FIELD, "time such as 2024-03-01T10:00:00Z", value);
  return time;
}
//?
//? behaviours

/** How many events count, and the sum of their weights. `past` has the newest first. */
function repetitions(rule, past, moment) {
  const start = { day: moment.day - rule.window_days, micros: moment.micros };
  let [times, weight, counted] = [0, 0, null];
  for (const event of past) {
    if (times === rule.max_times || compare(event, start) <= 0) break;
    if (!matches(rule, event) || (rule.once_a_day && event.day === counted)) continue;
    counted = event.day;
    times += 1;
    const age = ((moment.day - event.day) * DAY + (moment.micros - event.micros)) / DAY;
    weight += rule.half_life_days ? 2 ** (-age / rule.half_life_days) : 1;
  }
  return [times, weight];
}

function matches(rule, event) {
  if (rule.event !== undefined && rule.event !== event.name) return false;
  //? where
  for (const { property, values } of rule.where || []) {
    const found = own(event.properties, property);
    if (found === null || found === undefined || Number.isNaN(found)) return false;
    if (typeof found === "object") {
      throw new TypeError(`an event's property ${JSON.stringify(property)} should be a text, a number or a boolean`);
    }
    if (!values.some((listed) => means(listed, found))) return false;
  }
  //?
  return true;
}
//?
//? where

/** Whether a property, understood as the type of a listed value, is that value. */
function means(listed, found) {
  //? where-texts
  if (typeof listed === "string") return (typeof found === "string" ? found : textOf(found)) === listed;
  //?
  //? where-booleans
  if (typeof listed === "boolean") return booleanOf(found) === listed;
  //?
  //? where-numbers
  if (typeof listed === "number") return numberOf(found) === listed;
  //?
  return false;
}
//?
//? signals

// Signals: whether each fires, or how often. A text is null where it is missing.
//? email

/** The domain of an e-mail address in lower case; null where it has none. */
function domainOf(address) {
  if (address === null) return null;
  const text = trimmed(address);
  const at = text.lastIndexOf("@");
  const domain = trimmed(text.slice(at + 1)).replace(/\.$/, "");
  return at > 0 && hasLabels(domain) ? domain.toLowerCase() : null;
}

/** At least two, and none of them empty. */
function hasLabels(domain) {
  return domain.includes(".") && domain.split(".").every((label) => label !== "");
}
//?
//? company

function companyDomain(address, company) {
  const domain = domainOf(address);
  if (domain === null || company === null) return false;
  if (FREE_EMAIL_DOMAINS.has(domain) || DISPOSABLE_EMAIL_DOMAINS.has(domain)) return false;
  const name = trimmed(company).toLowerCase();
  const scheme = name.indexOf("://");
  const host = name.slice(scheme < 0 ? 0 : scheme + 3).split(/[/?#:]/)[0].replace(/^www\./, "").replace(/\.$/, "");
  const isSite = hasLabels(host) && ![...BLANKS].some((blank) => host.includes(blank));
  if (isSite) return domain === host || domain.endsWith(`.${host}`) || host.endsWith(`.${domain}`);
  const labels = new Set(domain.split(".").slice(0, -1).map((label) => label.replace(/-/g, "")));
  let start = "";
  return (name.match(/[\p{Alphabetic}\p{N}]+/gu) || []).some((word) => {
    start += word;
    return labels.has(start) && [...start].length >= 3;
  });
}
//?
//? keyboard

const ROWS = {
  azerty: ["azertyuiop", "qsdfghjklm", "wxcvbn"],
  qwerty: ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
  qwertz: ["qwertzuiop\xfc", "asdfghjkl\xf6\xe4", "yxcvbnm"],
};

/** Every run of so many letters, in both directions. */
function runsOf(layouts, length) {
  const runs = new Set();
  for (const row of layouts.flatMap((layout) => ROWS[layout])) {
    for (const letters of [row, [...row].reverse().join("")]) {
      for (let start = 0; start + length <= letters.length; start++) runs.add(letters.slice(start, start + length));
    }
  }
  return runs;
}

function holdsRun(signal, text) {
  const letters = text.toLowerCase();
  for (let start = 0; start + signal.min_run <= letters.length; start++) {
    if (signal.runs.has(letters.slice(start, start + signal.min_run))) return true;
  }
  return false;
}
//?
//? uncapitalised

/** Letters with a case, none of them a capital. Georgian names are not written with capitals. */
function uncapitalised(text) {
  let small = false;
  for (const letter of text) {
    if (letter >= "\u10d0" && letter <= "\u10ff") continue;
    if (letter.toLowerCase() !== letter) return false;
    small = small || letter.toUpperCase() !== letter;
  }
  return small;
}
//?

const SIGNALS = {
  //? free
  free_email_domain: (signal, [address]) => isListed(FREE_EMAIL_DOMAINS, signal, domainOf(address)),
  //?
  //? disposable
  disposable_email_domain: (signal, [address]) => isListed(DISPOSABLE_EMAIL_DOMAINS, signal, domainOf(address)),
  //?
  //? company
  company_email_domain: (signal, [address, company]) => companyDomain(address, company),
  //?
  //? keyboard
  keyboard_run: (signal, [text]) => text !== null && holdsRun(signal, text),
  //?
  //? uncapitalised
  uncapitalised: (signal, [text]) => text !== null && uncapitalised(text),
  //?
  //? filled
  filled_fields: (signal, texts) => texts.filter((text) => text !== null).length,
  //?
};
//? free disposable

function isListed(domains, signal, domain) {
  return domain !== null && (domains.has(domain) || (signal.also || []).includes(domain));
}
//?
//?

// The config. What makes no score stands here to be looked up: actions, expected_rate, expected_rate_by_score.
//? products

/** Field of a lead with its product. */
const PRODUCT_FIELD = "product";
//?
//? inactivity

/** Field of a lead with the time it was created. */
const CREATED_AT_FIELD = "created_at";
//?
//? free-list

const FREE_EMAIL_DOMAINS = new Set(
  //= free
);
//?
//? disposable-list

const DISPOSABLE_EMAIL_DOMAINS = new Set(
  //= disposable
);
//?

const MODELS =
  //= models
;

/** Each field that a model reads, once. */
const FIELDS = [...new Set(MODELS.flatMap((model) => [
  ...model.attributes.map(({ field }) => field),
  ...model.signals.flatMap(({ fields }) => fields),
]))];

/** A model with its names resolved and its levels found by value. */
function compile(model) {
  const groups = new Map(model.groups.map(({ name }, index) => [name, index]));
  const group = (part) => ({ ...part, group: groups.get(part.group), coefficient: part.coefficient || 0 });
  const attributes = model.attributes.map((attribute) => {
    const levels = attribute.levels.map((level) => ({ ...level, coefficient: level.coefficient || 0 }));
    const ofValue = new Map();
    for (const level of levels) {
      for (const value of level.when.in || []) if (!ofValue.has(value)) ofValue.set(value, level);
    }
    return {
      ...group(attribute),
      slot: FIELDS.indexOf(attribute.field),
      missing: new Set(["", ...attribute.missing]),
      ofValue,
      ranges: levels.filter(({ when }) => typeof when === "object" && !when.in),
      ofMissing: levels.find(({ when }) => when === "missing"),
      otherwise: levels.find(({ when }) => when === "otherwise"),
    };
  });
  return {
    ...model,
    attributes,
    //? events
    asksForEvents: model.behaviours.length > 0 || Boolean(model.inactivity),
    //?
    //? behaviours
    behaviours: model.behaviours.map(group),
    //?
    //? signals
    signals: model.signals.map((signal) => ({
      ...group(signal),
      slots: signal.fields.map((field) => FIELDS.indexOf(field)),
      //? keyboard
      runs: signal.layouts && runsOf(signal.layouts, signal.min_run),
      //?
    })),
    //?
    //? inactivity
    inactivity: model.inactivity && {
      ...group(model.inactivity),
      name: "inactivity",
      steps: model.inactivity.steps.map((step) => ({ ...step, coefficient: step.coefficient || 0 })),
    },
    //?
  };
}

const COMPILED = MODELS.map(compile);
//? products
const BY_PRODUCT = new Map(COMPILED.map((model) => [model.product, model]));
//?

export { score, LeadError, NoModelError, MODELS };
