// A config's text as leadcal writes it, so that the two can be compared line by line.

/** Longest line, its indentation included, into which an object or list is put whole. */
const LINE = 110;

function written(config) {
  return `${laidOut(config, 0, 0)}\n`;
}

/** `column` is where the value begins in its line. */
function laidOut(value, depth, column) {
  if (value === null || typeof value !== "object") return scalar(value);
  const line = inOneLine(value);
  if (depth > 0 && column + [...line].length < LINE) return line;
  const blanks = "  ".repeat(depth + 1);
  const members = entries(value).map(([key, member]) => {
    const start = blanks + key;
    return start + laidOut(member, depth + 1, new TextEncoder().encode(start).length);
  });
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return members.length === 0
    ? `${open}\n${"  ".repeat(depth)}${close}`
    : `${open}\n${members.join(",\n")}\n${"  ".repeat(depth)}${close}`;
}

function inOneLine(value) {
  if (value === null || typeof value !== "object") return scalar(value);
  const members = entries(value)
    .map(([key, member]) => key + inOneLine(member))
    .join(", ");
  if (Array.isArray(value)) return `[${members}]`;
  return members === "" ? "{}" : `{ ${members} }`;
}

/** The members with what stands before each: its key, or nothing in a list. */
function entries(value) {
  if (Array.isArray(value)) return value.map((member) => ["", member]);
  return Object.entries(value).map(([key, member]) => [`${scalar(key)}: `, member]);
}

function scalar(value) {
  return typeof value === "number" ? numeral(value) : JSON.stringify(value);
}

/** The shortest digits that are read as this double; the exponent where leadcal writes one. */
function numeral(x) {
  if (Object.is(x, -0)) return "-0";
  const size = Math.abs(x);
  if (size === 0 || (size >= 1e-5 && size < 1e16)) return String(x);
  const [digits, exponent] = x.toExponential().split("e");
  return `${digits}e${exponent.replace("+", "")}`;
}
