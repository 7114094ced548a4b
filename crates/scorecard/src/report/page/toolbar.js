// Figures and the way back, always in sight, and what should be known about the figures.

/** The line that stays in sight: figures, changes, the way back. */
function toolbar(page) {
  const { edits } = page;
  const model = make(
    "select",
    { onchange: () => page.show(Number(model.value)) },
    options(page.data.config.models.map((one, at) => [at, modelName(one)])),
  );
  model.value = page.at;
  const quality = make("span", { class: "auc" });
  const undo = make("button", { type: "button", onclick: () => edits.undo() }, "Undo");
  const redo = make("button", { type: "button", onclick: () => edits.redo() }, "Redo");
  const reset = make("button", { type: "button", onclick: () => edits.reset([]) }, "Reset all");
  const count = make("a", { href: "#download", class: "count" });
  const element = make(
    "div",
    { class: "toolbar", role: "group", "aria-label": "Changes" },
    page.data.models.length > 1 ? labelled("Model of", model) : null,
    quality,
    count,
    make("span", { class: "buttons" }, undo, redo, reset),
  );

  function update() {
    const before = ranking(page.calibratedAuc);
    const now = ranking(page.auc);
    quality.replaceChildren(
      "AUC ",
      make("b", {}, now),
      ...(now === before ? [] : [make("small", { class: "delta" }, ` was ${before}`)]),
    );
    count.textContent = edits.changed.size === 0 ? "nothing changed" : `${edits.changed.size} changed`;
    undo.disabled = edits.past.length === 0;
    redo.disabled = edits.future.length === 0;
    reset.disabled = edits.changed.size === 0;
  }

  return { element, update };
}

/** What should be known about the figures shown. */
function caveats(page) {
  const element = make("p", { class: "note" });
  const { sampled_from: sampled } = page.data.table;
  const update = () => {
    const { auc: measured } = page.data.models[page.at];
    const texts = [
      "AUC is how often, of two leads of which one converted, that one has the higher score.",
      "Figures are of the leads that the points were calibrated on.",
    ];
    if (measured)
      texts.push(
        `On leads held out, the points as calibrated have AUC ${ranking(measured.value)} (${measured.interval.map(ranking).join(" to ")}).`,
      );
    if (sampled !== null) texts.push("Counts are those of the sample, leads a week those of all.");
    if (page.heldLeads > 0)
      texts.push(
        `${whole(page.heldLeads)} leads are held by a limit of a group or of the score: more points do not move them. The limits are at the end of the list of points.`,
      );
    element.textContent = texts.join(" ");
  };
  return { element, update };
}

/** The figures in a sentence, for those who do not see them change. */
function figuresText(page) {
  const bands = (page.model.bands || []).map(({ name, from }, at) => {
    const { leads, conversions } = page.bands[at];
    return `${name} from ${from}: ${leads} leads${leads > 0 ? `, ${percent(conversions / leads)} converted` : ""}`;
  });
  return [`AUC ${ranking(page.auc)}`, ...bands].join("; ");
}

function ranking(value) {
  return value === null ? "not known" : value.toFixed(4);
}
