// The config as it stands in the page, as a file.

/**
 * @param {Page} page
 * @returns {{element: Element, update: function(): void}}
 */
function downloads(page) {
  const { edits } = page;
  const name = make("input", { type: "text", value: edits.calibrated.name, oninput: () => update() });
  let named = false;
  name.addEventListener("change", () => {
    named = name.value.trim() !== "" && name.value !== suggested();
  });
  const count = make("p", {});
  const list = make("ul", { class: "changes" });
  const details = make("details", {}, make("summary", {}, "What was changed"), list);
  const notes = make("div", {});
  const button = make(
    "button",
    {
      type: "button",
      class: "primary",
      onclick: () => {
        save("scoring-edited.json", written(editedConfig(edits, page.ratings, name.value)));
        page.unsaved = false;
        page.say("The config was downloaded.");
      },
    },
    "Download the config",
  );
  const element = make(
    "div",
    { class: "download" },
    labelled("Name of the config", name),
    count,
    details,
    notes,
    button,
  );

  const suggested = () => edits.calibrated.name + (edits.changed.size > 0 ? " (edited)" : "");

  function update() {
    if (!named && document.activeElement !== name) name.value = suggested();
    button.disabled = name.value.trim() === "";
    const changed = [...edits.changed.values()];
    count.textContent =
      changed.length === 0
        ? "Nothing was changed: this is the config as calibrated, scoring.json."
        : `Changed by hand: ${summary(edits)}.`;
    details.hidden = changed.length === 0;
    notes.replaceChildren(...(changed.length === 0 ? [] : honesty(page)));
    list.replaceChildren(
      ...changed.map(({ path, value }) =>
        make("li", {}, `${placeName(edits.config, path)}: ${figure(edits.original(path))} \u2192 ${figure(value)}`),
      ),
    );
  }

  return { element, update };
}

/** What the file says of the changes, and what to do before it is used. */
function honesty({ edits, data }) {
  const points = [...edits.changed.values()].some(({ path }) => path[2] === "attributes");
  const scores = [...edits.changed.values()].some(({ path }) => path[2] !== "bands" && path[2] !== "stages");
  const says = [
    `The bands\u2019 expected rates are those of ${data.table.sampled_from === null ? "the calibration leads" : "the sample of the calibration leads"} under the changed config`,
    scores ? "so is the expected rate by score, which was fitted again" : null,
    points
      ? "levels with other points keep their counts and lose their interval, which was that of the calibrated points"
      : null,
    "the probability is the model\u2019s, as before",
  ].filter((one) => one !== null);
  return [
    make("p", {}, `${says.join("; ")}. Its provenance says that it was changed by hand.`),
    make(
      "p",
      {},
      "These figures are of the leads that the changes were made by, so they flatter. Before it is used, ask leads that it has not seen: ",
      make("code", {}, "leadcal backtest scoring-edited.json LEADS --outcome COL"),
      "; what changed is shown by ",
      make("code", {}, "leadcal diff scoring.json scoring-edited.json"),
      ".",
    ),
  ];
}

function save(file, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = make("a", { href: url, download: file });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
