// The report's long list of attributes: searched, sorted, opened and closed at once.

/** Shorter lists are seen at a glance. */
const FEW_ATTRIBUTES = 6;

function attributeList() {
  const all = [...document.querySelectorAll("#attributes details.attribute")];
  if (all.length < FEW_ATTRIBUTES) return;
  const list = make("div", { class: "parts" });
  const search = make("input", { type: "search", autocomplete: "off", oninput: () => show() });
  const order = make(
    "select",
    { onchange: () => show() },
    options([
      ["report", "as in the report"],
      ["name", "by name"],
    ]),
  );
  const toggle = make(
    "button",
    {
      type: "button",
      onclick: () => {
        const open = all.some((one) => !one.open);
        for (const one of all) one.open = open;
      },
    },
    "Open or close all",
  );
  const count = make("p", { class: "note", role: "status" });
  const entries = all.map((element) => ({
    element,
    name: element.querySelector("summary b").textContent,
    text: [...element.querySelectorAll("summary, th")]
      .map((one) => one.textContent)
      .join("\n")
      .toLowerCase(),
  }));

  function show() {
    const wanted = search.value.trim().toLowerCase();
    const sorted = order.value === "name" ? [...entries].sort((a, b) => a.name.localeCompare(b.name)) : entries;
    list.append(...sorted.map(({ element }) => element));
    for (const { element, text } of entries) element.hidden = !text.includes(wanted);
    count.textContent =
      wanted === "" ? "" : `${entries.filter(({ element }) => !element.hidden).length} of ${all.length} attributes`;
  }

  all[0].before(
    make("div", { class: "tools" }, labelled("Find an attribute or level", search), labelled("Order", order), toggle),
    count,
    list,
  );
  show();
}
