// Elements and numbers. Whatever comes from the data is set as text or attribute, never as markup.

/** An element with attributes, listeners (`onclick: …`) and children: elements, texts, nothing. */
function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function makeSvg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** SVG's namespace, as the parser gives it: the page holds no address at all. */
const SVG = (() => {
  const template = document.createElement("template");
  template.innerHTML = "<svg></svg>";
  return template.content.firstChild.namespaceURI;
})();

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

let lastId = 0;

/** An id that no other element has. */
function newId() {
  lastId += 1;
  return `page-${lastId}`;
}

/** A label above its control. */
function labelled(text, control, attributes = {}) {
  control.id = control.id || newId();
  return make("div", { class: "field", ...attributes }, make("label", { for: control.id }, text), control);
}

function options(values) {
  return values.map(([value, text]) => make("option", { value }, text));
}

/** A table inside of what scrolls where it is too wide. */
function table(caption, heads, body) {
  const head = make(
    "tr",
    {},
    heads.map(([text, numeric]) => make("th", { scope: "col", class: numeric ? "number" : null }, text)),
  );
  const all = make("table", {}, make("caption", { class: "unseen" }, caption), make("thead", {}, head), body);
  return make("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": caption }, all);
}

/** Thousands apart: 45 211. */
function whole(n) {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

function percent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/** A number as typed: no more digits than it has, a real minus sign where it is read. */
function figure(x) {
  return numeral(x + 0).replace("-", "\u2212");
}

function signed(x) {
  return x > 0 ? `+${figure(x)}` : figure(x);
}
