// A form made of what the config reads: the fields of a lead, what it did, and the moment looked at.

/** Every field the config's models read: name, type, values worth suggesting. */
function fieldsOf(config) {
  const fields = new Map();
  const field = (name, type) => {
    if (!fields.has(name)) fields.set(name, { name, type, values: new Set() });
    return fields.get(name);
  };
  if (config.models.some(({ product }) => product !== null && product !== undefined)) {
    const products = field("product", "text").values;
    for (const { product } of config.models) if (product) products.add(product);
  }
  for (const model of config.models) {
    for (const { input, levels } of model.attributes) {
      const { values } = field(input.field, input.type);
      for (const { when } of levels) for (const value of when.in || []) values.add(String(value));
    }
    for (const signal of model.signals || []) {
      for (const name of [signal.field, signal.company, ...(signal.fields || [])]) if (name) field(name, "text");
    }
  }
  if (config.models.some(({ inactivity }) => inactivity)) field("created_at", "time");
  return [...fields.values()];
}

/** Names of events, and of the properties that behaviours ask for with the values that count. */
function eventsOf(config) {
  const names = new Set();
  const properties = new Map();
  for (const { event, where } of config.models.flatMap((model) => model.behaviours || [])) {
    if (event) names.add(event);
    for (const [property, values] of Object.entries(where || {})) {
      if (!properties.has(property)) properties.set(property, new Set());
      for (const value of values) properties.get(property).add(String(value));
    }
  }
  return { names, properties };
}

/** A text input that suggests values. */
function suggesting(values, attributes = {}) {
  const input = make("input", { type: "text", autocomplete: "off", spellcheck: "false", ...attributes });
  if (values.size === 0) return [input];
  const list = make("datalist", { id: newId() }, options([...values].map((value) => [value, value])));
  input.setAttribute("list", list.id);
  return [input, list];
}

function fieldControl({ type, values }) {
  switch (type) {
    case "boolean":
      return [
        make(
          "select",
          {},
          options([
            ["", "not known"],
            ["true", "yes"],
            ["false", "no"],
          ]),
        ),
      ];
    case "date":
      return [make("input", { type: "date" })];
    case "time":
      return [momentInput()];
    case "number":
      return suggesting(values, { inputmode: "decimal", placeholder: "a number" });
    default:
      return suggesting(values);
  }
}

function momentInput() {
  return make("input", { type: "datetime-local", step: "any", max: "9999-12-30T00:00" });
}

/**
 * @param {Object} config its fields never change in the page
 * @param {function(): void} changed called whenever anything is typed
 * @returns {{element: Element, lead: function(): Object, events: function(): Array, asOf: function(): ?string}}
 */
function leadForm(config, changed) {
  const controls = fieldsOf(config).map((field) => {
    const [control, ...list] = fieldControl(field);
    control.dataset.field = field.name;
    const label = field.type === "time" ? `${field.name} (UTC)` : field.name;
    const element = labelled(label, control);
    element.append(...list);
    return { name: field.name, control, element };
  });
  const known = eventsOf(config);
  const asksForEvents = config.models.some(({ behaviours, inactivity }) => (behaviours || []).length > 0 || inactivity);
  const rows = make("ol", { class: "events" });
  const moment = momentInput();
  const events = !asksForEvents
    ? null
    : make(
        "fieldset",
        {},
        make("legend", {}, "What it did, and when"),
        rows,
        make(
          "button",
          {
            type: "button",
            onclick: () => {
              const row = eventRow(known, changed);
              rows.append(row);
              row.querySelector("input").focus();
              changed();
            },
          },
          "Add an event",
        ),
        labelled("Scored as of (UTC; the newest event where empty)", moment),
      );
  const form = make(
    "form",
    {
      class: "lead",
      autocomplete: "off",
      oninput: () => changed(),
      onsubmit: (event) => event.preventDefault(),
      onreset: () => {
        rows.replaceChildren();
        setTimeout(changed);
      },
    },
    make(
      "fieldset",
      {},
      make("legend", {}, "What it is"),
      make(
        "div",
        { class: "fields" },
        controls.map(({ element }) => element),
      ),
    ),
    events,
    make("button", { type: "reset" }, "Clear the form"),
  );

  return {
    element: form,
    lead: () =>
      Object.fromEntries(
        controls.filter(({ control }) => control.value !== "").map(({ name, control }) => [name, control.value]),
      ),
    // One without a time has not been typed to its end.
    events: () => [...rows.children].map((row) => row.event()).filter(({ time }) => time !== ""),
    asOf: () => moment.value || null,
  };
}

function eventRow({ names, properties }, changed) {
  const [name, ...list] = suggesting(names, { required: true });
  const time = momentInput();
  const given = [...properties].map(([property, values]) => {
    const [control, ...suggestions] = suggesting(values);
    const element = labelled(property, control);
    element.append(...suggestions);
    return { property, control, element };
  });
  const nameField = labelled("Event", name);
  nameField.append(...list);
  const row = make(
    "li",
    {},
    nameField,
    labelled("Time (UTC)", time),
    given.map(({ element }) => element),
    make(
      "button",
      {
        type: "button",
        "aria-label": "Remove this event",
        onclick: () => {
          const near = row.nextElementSibling || row.previousElementSibling || row.parentElement.nextElementSibling;
          row.remove();
          (near.matches("button") ? near : near.querySelector("input")).focus();
          changed();
        },
      },
      "Remove",
    ),
  );
  row.event = () => ({
    name: name.value,
    time: time.value,
    properties: Object.fromEntries(
      given.filter(({ control }) => control.value !== "").map(({ property, control }) => [property, control.value]),
    ),
  });
  return row;
}
