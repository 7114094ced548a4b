// What is shown now: a model of the config as it stands, its leads, and what the calibration had.

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
    const counts = rating.terms.map((term) => [`${term.kind} ${term.at}`, margin(term, rating.patterns)]);
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
