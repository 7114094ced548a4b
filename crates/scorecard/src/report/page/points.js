// The points of every level, as numbers that can be changed: a list that can be searched and sorted.

const ORDERS = [
  ["config", "as in the config"],
  ["name", "by name"],
  ["range", "largest points first"],
  ["changed", "changed first"],
];

/**
 * @param {Page} page
 * @returns {{element: Element, update: function(): void}}
 */
function pointsEditor(page) {
  const search = make("input", { type: "search", oninput: () => arrange(), autocomplete: "off" });
  const order = make("select", { onchange: () => arrange() }, options(ORDERS));
  const only = make("input", { type: "checkbox", onchange: () => arrange() });
  only.id = newId();
  const list = make("div", { class: "parts" });
  const none = make("p", { hidden: true }, "Nothing is called so.");
  const element = make(
    "div",
    { class: "editor" },
    make(
      "div",
      { class: "tools" },
      labelled("Find an attribute or level", search),
      labelled("Order", order),
      make("div", { class: "field tick" }, only, make("label", { for: only.id }, "only what was changed")),
    ),
    list,
    none,
  );
  let shown = null;
  let parts = [];

  function update() {
    if (shown !== page.at) {
      shown = page.at;
      parts = partsOf(page).map((part) => partDetails(page, part));
      list.replaceChildren(...parts.map((part) => part.element));
      arrange();
    }
    for (const part of parts) part.update();
  }

  /** Moves nothing while numbers are typed: only what is asked for by search and order. */
  function arrange() {
    const wanted = search.value.trim().toLowerCase();
    const sorted = [...parts].sort(
      {
        config: (a, b) => a.place - b.place,
        name: (a, b) => a.name.localeCompare(b.name),
        range: (a, b) => b.reach() - a.reach() || a.place - b.place,
        changed: (a, b) => b.changes() - a.changes() || a.place - b.place,
      }[order.value],
    );
    const focused = document.activeElement;
    list.append(...sorted.map((part) => part.element));
    if (list.contains(focused)) focused.focus();
    for (const part of parts) part.element.hidden = !part.matches(wanted) || (only.checked && part.changes() === 0);
    none.hidden = parts.some((part) => !part.element.hidden);
  }

  return { element, update };
}

/** What of a model has points: name, group, path, and the rows with the numbers. */
function partsOf(page) {
  const { model, at, counts } = page;
  const of = (...path) => ["models", at, ...path];
  const count = (kind, index) => counts.get(`${kind} ${index}`) || [];
  const attributes = model.attributes.map((attribute, index) => ({
    name: attribute.name,
    group: attribute.group,
    path: of("attributes", index),
    rows: attribute.levels.map(({ level }, step) => ({
      label: level,
      path: of("attributes", index, "levels", step, "points"),
      count: count("attribute", index)[step],
    })),
  }));
  const behaviours = (model.behaviours || []).map((behaviour, index) => ({
    name: behaviour.name,
    group: behaviour.group,
    path: of("behaviours", index),
    rows: [
      {
        label: eachTime(behaviour),
        path: of("behaviours", index, "points_each"),
        count: rest(count("behaviour", index)),
      },
    ],
  }));
  const signals = (model.signals || []).map((signal, index) => ({
    name: signal.name,
    group: signal.group,
    path: of("signals", index),
    rows: [
      {
        label: signal.fields && signal.fields.length > 1 ? "each field filled in" : "where it holds",
        path: of("signals", index, "points"),
        count: rest(count("signal", index)),
      },
    ],
  }));
  const inactivity = !model.inactivity
    ? []
    : [
        {
          name: "inactivity",
          group: model.inactivity.group,
          path: of("inactivity"),
          rows: model.inactivity.steps.map(({ after_days }, step) => ({
            label: `no event for ${after_days} days`,
            path: of("inactivity", "steps", step, "points"),
            count: count("inactivity", 0)[step + 1],
          })),
        },
      ];
  const limits = { name: "Base points and limits", group: null, path: null, rows: limitPaths(model, at) };
  return [...attributes, ...behaviours, ...signals, ...inactivity, limits].map((part, place) => ({ ...part, place }));
}

function eachTime({ max_times: most, half_life_days: halfLife, window_days: days, once_a_day: daily }) {
  const limits = [`within ${whole(days)} days`];
  if (most) limits.push(`at most ${whole(most)}`);
  if (halfLife) limits.push(`worth half after ${halfLife.toFixed(1)} days`);
  return `each ${daily ? "day" : "time"} (${limits.join(", ")})`;
}

/** Leads and conversions of all levels but the first. */
function rest(counts) {
  if (counts.length === 0) return undefined;
  return counts
    .slice(1)
    .reduce((sum, one) => ({ leads: sum.leads + one.leads, conversions: sum.conversions + one.conversions }), {
      leads: 0,
      conversions: 0,
    });
}

/** One attribute, behaviour, signal: its numbers are made when it is opened first. */
function partDetails(page, part) {
  const { edits } = page;
  const { name, group, rows, place } = part;
  const isLimits = part.path === null;
  const paths = rows.map(({ path }) => path);
  const span = make("span", { class: "reach" });
  const mark = make("span", { class: "mark" });
  const body = make("div", {});
  const element = make(
    "details",
    { class: "part", ontoggle: () => open() },
    make(
      "summary",
      {},
      make("b", {}, name),
      group === null ? null : make("span", { class: "group" }, group),
      span,
      mark,
    ),
    body,
  );
  let inputs = [];

  function open() {
    if (!element.open || inputs.length > 0) return;
    inputs = rows.map(({ label, path }) => numberInput(page, path, isLimits ? label : `Points of ${name}, ${label}`));
    const heads = isLimits
      ? [["Limit"], ["Value", true]]
      : [["Level"], ["Leads", true], ["Rate", true], ["Points", true]];
    const lines = rows.map(({ label, count }, at) => {
      const numbers = isLimits
        ? []
        : [
            count ? whole(count.leads) : "\u2013",
            count && count.leads > 0 ? percent(count.conversions / count.leads) : "\u2013",
          ];
      return make(
        "tr",
        {},
        make("th", { scope: "row" }, label),
        numbers.map((text) => make("td", { class: "number" }, text)),
        make("td", { class: "number" }, inputs[at].input, inputs[at].was),
      );
    });
    body.replaceChildren(table(`Points of ${name}`, heads, make("tbody", {}, lines)));
  }

  const values = () => paths.map((path) => edits.value(path));
  const changes = () => paths.filter((path) => edits.isChanged(path)).length;

  function update() {
    const all = values();
    if (!isLimits) {
      const texts = [Math.min(...all), Math.max(...all)].map(signed);
      span.textContent = texts[0] === texts[1] ? texts[0] : texts.join(" to ");
    }
    const n = changes();
    mark.textContent = n > 0 ? `${n} changed` : "";
    for (const input of inputs) input.update();
  }

  return {
    element,
    name,
    place,
    update,
    changes,
    reach: () => (isLimits ? -1 : Math.max(...values(), 0) - Math.min(...values(), 0)),
    matches: (wanted) => [name, ...rows.map(({ label }) => label)].some((text) => text.toLowerCase().includes(wanted)),
  };
}
