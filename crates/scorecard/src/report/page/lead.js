// A lead typed in, its score under the config as it stands in the page, and why.

/**
 * @param {Page} page
 * @returns {{element: Element, update: function(): void}}
 */
function leadScored(page) {
  const result = make("div", { class: "result", role: "region", "aria-label": "Score of the lead" });
  const calibrated = explainer(page.edits.calibrated);
  const form = leadForm(page.edits.config, () => {
    update();
    page.sayLater(result.querySelector(".wrong, .score").textContent);
  });
  const element = make("div", { class: "typed" }, form.element, result);

  function update() {
    const lead = [form.lead(), form.events(), form.asOf()];
    let now;
    try {
      now = page.explain(...lead);
    } catch (error) {
      result.replaceChildren(make("p", { class: "wrong" }, `No score: ${error.message}`));
      return;
    }
    const before = page.edits.changed.size > 0 ? calibrated(...lead) : now;
    result.replaceChildren(...explanation(now, before, page.edits.config.models.length > 1));
  }

  return { element, update };
}

function explanation(now, before, manyModels) {
  const { score, band, stage, grade, probability, rounded: whole, raw, reasons, groups, basePoints } = now;
  const facts = [
    ["band", band],
    ["stage", stage],
    ["grade", grade],
    ["model\u2019s probability", probability === null ? null : percent(probability)],
    ["model of", manyModels ? modelName(now) : null],
  ].filter(([, value]) => value !== null);
  const was =
    before.score === score && before.band === band
      ? null
      : make(
          "p",
          { class: "delta" },
          `was ${figure(before.score)}${before.band === null ? "" : `, ${before.band}`} as calibrated`,
        );
  const largest = Math.max(...reasons.map(({ points }) => Math.abs(points)), 1);
  const lines = reasons.map(({ name, level, points }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name, level === null ? null : make("small", {}, level)),
      make("td", { class: "number" }, signed(rough(points))),
      make(
        "td",
        { class: "bar", "aria-hidden": "true" },
        make("span", { class: points < 0 ? "minus" : "plus", style: `width:${(50 * Math.abs(points)) / largest}%` }),
      ),
    ),
  );
  const sums = groups.map(({ name, sum, counted, tier }) => {
    const held = counted === sum ? "" : `, held at ${figure(counted)} by the group\u2019s limit`;
    return make("li", {}, `${name}: ${signed(rough(sum))}${held}${tier === null ? "" : ` (tier ${tier})`}`);
  });
  return [
    make("p", { class: "score" }, make("span", { class: "what" }, "Score "), make("output", {}, figure(score))),
    was,
    make(
      "dl",
      { class: "facts" },
      facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
    ),
    reasons.length > 0
      ? table(
          "Reasons, largest first",
          [["Reason"], ["Points", true], [make("span", { class: "unseen" }, "Bar")]],
          make("tbody", {}, lines),
        )
      : make("p", {}, "Nothing that is known of this lead gives or takes points."),
    make("p", {}, `${figure(basePoints)} that every lead starts with, and the groups:`),
    make("ul", { class: "sums" }, sums),
    score === whole
      ? null
      : make("p", {}, `${figure(rough(raw))} in all, held at ${figure(score)} by the range of the score.`),
  ].filter((one) => one !== null);
}

/** As many digits as people read. */
function rough(x) {
  return Math.round(x * 100) / 100;
}
