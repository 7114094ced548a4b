// The page: one config, its models' leads, and the widgets that show and change them.

/** What all widgets share; `refresh` brings it up to date with the edits. */
class Page {
  constructor(data) {
    this.data = data;
    this.edits = new Edits(data.config);
    const patterns = unpacked(data.table);
    this.ratings = data.models.map((model) => new Rating(patternsOf(model, data.table, patterns)));
    this.at = data.models.length - 1;
    this.calibrated = new Map();
    this.unsaved = false;
    this.waiting = null;
    this.live = make("div", { class: "unseen", "aria-live": "polite", role: "status" });
    this.explainer = null;
    this.edits.listen(() => {
      this.explainer = null;
      this.unsaved = true;
    });
    this.refresh();
  }

  get model() {
    return this.edits.config.models[this.at];
  }

  /** A lead's score by the config as it stands, and why; a new scorer is made only after changes. */
  explain(lead, events, asOf) {
    this.explainer = this.explainer || explainer(this.edits.config);
    return this.explainer(lead, events, asOf);
  }

  /** Everything shown of the calibration leads. */
  refresh() {
    const rating = this.ratings[this.at];
    if (!this.calibrated.has(this.at)) this.calibrated.set(this.at, this.calibratedFigures(rating));
    Object.assign(this, this.calibrated.get(this.at));
    const { scores, held: heldLeads } = rating.distribution(this.model);
    this.scores = scores;
    this.heldLeads = heldLeads;
    this.auc = auc(scores);
    this.bands = held(this.model.bands || [], scores);
  }

  /** What the calibrated config gives, and what no change touches. */
  calibratedFigures(rating) {
    const model = this.edits.calibrated.models[this.at];
    const { scores } = rating.distribution(model);
    const counts = rating.terms.map((term) =>
      [`${term.kind} ${term.at}`, margin(term, rating.patterns)]);
    const total = within(scores, -Infinity, Infinity);
    const { weeks, leads } = this.data.models[this.at];
    return {
      calibratedScores: scores,
      calibratedBands: held(model.bands || [], scores),
      calibratedAuc: auc(scores),
      total,
      counts: new Map(counts),
      // Of a sample, as many a week as there are of all.
      weeks: weeks === null ? null : (weeks * total.leads) / leads,
    };
  }

  /** Says something to those who do not see it change. */
  say(text) {
    clearTimeout(this.waiting);
    this.live.textContent = text;
  }

  /** The same when nothing more has changed for a moment. */
  sayLater(text) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.say(text), 500);
  }
}

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

/** The line that stays in sight: figures, changes, the way back. */
function toolbar(page) {
  const { edits } = page;
  const model = make("select", { onchange: () => page.show(Number(model.value)) },
    options(page.data.config.models.map((one, at) => [at, modelName(one)])));
  model.value = page.at;
  const quality = make("span", { class: "auc" });
  const undo = make("button", { type: "button", onclick: () => edits.undo() }, "Undo");
  const redo = make("button", { type: "button", onclick: () => edits.redo() }, "Redo");
  const reset = make("button", { type: "button", onclick: () => edits.reset([]) }, "Reset all");
  const count = make("a", { href: "#download", class: "count" });
  const element = make("div", { class: "toolbar", role: "group", "aria-label": "Changes" },
    page.data.models.length > 1 ? labelled("Model of", model) : null, quality, count,
    make("span", { class: "buttons" }, undo, redo, reset));

  function update() {
    const before = ranking(page.calibratedAuc);
    const now = ranking(page.auc);
    quality.replaceChildren("AUC ", make("b", {}, now), ...(now === before ? [] : [make("small", { class: "delta" }, ` was ${before}`)]));
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
    if (measured) texts.push(`On leads held out, the points as calibrated have AUC ${ranking(measured.value)} (${measured.interval.map(ranking).join(" to ")}).`);
    if (sampled !== null) texts.push("Counts are those of the sample, leads a week those of all.");
    if (page.heldLeads > 0) texts.push(`${whole(page.heldLeads)} leads are held by a limit of a group or of the score: more points do not move them. The limits are at the end of the list of points.`);
    element.textContent = texts.join(" ");
  };
  return { element, update };
}

function start() {
  const page = new Page(embedded("leadcal-data"));
  const { edits } = page;
  const [bar, chart, bands, note, points, lead, download] =
    [toolbar, distributionChart, bandsTable, caveats, pointsEditor, leadScored, downloads].map((widget) => widget(page));
  const widgets = [bar, chart, bands, note, points, lead, download];
  const part = (id, title, text, ...elements) => make("section", { id, "aria-labelledby": `${id}-title` },
    make("h3", { id: `${id}-title` }, title), text === null ? null : make("p", {}, text), elements);

  document.getElementById("try").append(
    page.live, bar.element,
    part("cut-offs", "Bands", null, chart.element, bands.element, note.element),
    part("change-points", "Points", "Open an attribute and change its points: scores, AUC and bands follow.", points.element),
    part("a-lead", "A lead", "Type in what is known of a lead: it is scored as you type, by the config as it stands here.", lead.element),
    part("download", "Download", null, download.element));

  document.getElementById("theme-switch").append(themeSwitch(), make("button", { type: "button", onclick: () => print() }, "Print"));
  attributeList();

  let frame = null;
  const draw = () => {
    frame = null;
    page.refresh();
    for (const widget of widgets) widget.update();
    page.sayLater(figuresText(page));
  };
  const later = () => {
    if (frame === null) frame = requestAnimationFrame(draw);
  };
  page.show = (at) => {
    page.at = at;
    later();
  };
  edits.listen(later);
  addEventListener("beforeunload", (event) => {
    if (edits.changed.size > 0 && page.unsaved) event.preventDefault();
  });
  for (const widget of widgets) widget.update();

  // For the browser's console, and for whoever drives this page by a program.
  window.leadcal = {
    score: (lead, events = [], asOf = null) => page.explain(lead, events, asOf),
    config: () => editedConfig(edits, page.ratings, edits.calibrated.name),
  };
}

start();
