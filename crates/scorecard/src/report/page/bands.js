// The bands and stages in figures: their cut-offs, and what the calibration leads in them did.

/**
 * @param {Page} page
 * @returns {{element: Element, update: function(): void}}
 */
function bandsTable(page) {
  const element = make("div", { class: "bands" });
  let shown = null;
  let rows = [];

  function update() {
    if (shown !== page.at) {
      shown = page.at;
      rows = [];
      element.replaceChildren(...["bands", "stages"].flatMap((kind) => build(kind)));
    }
    for (const row of rows) row.update();
  }

  function build(kind) {
    const list = page.model[kind] || [];
    if (list.length === 0) return [];
    const made = list.map((one, at) => cutOffRow(page, kind, at));
    rows.push(...made);
    const heads = [
      [kind === "bands" ? "Band" : "Stage"],
      ["From", true],
      [withShare("Leads"), true],
      [withShare("Converted"), true],
      ["Rate", true],
    ];
    if (page.weeks) heads.push(["A week", true]);
    const caption =
      kind === "bands" ? "Bands and what the leads in them did" : "Stages and what the leads that reach them did";
    return [
      table(
        caption,
        heads,
        make(
          "tbody",
          {},
          made.map((row) => row.element),
        ),
      ),
    ];
  }

  return { element, update };
}

function withShare(text) {
  return [text, make("small", {}, "of all")];
}

function cutOffRow(page, kind, at) {
  const { edits } = page;
  const path = ["models", page.at, kind, at, "from"];
  const { name, action } = page.model[kind][at];
  const cells = Array.from({ length: page.weeks ? 4 : 3 }, () => make("td", { class: "number" }));
  // The first band holds whatever is below the others: there is nothing to move.
  const fixed = kind === "bands" && at === 0;
  const number = fixed ? null : numberInput(page, path, `${kind === "bands" ? "Band" : "Stage"} ${name} from`);
  const start = make("td", { class: "number" }, ...(fixed ? [] : [number.input, number.was]));
  const element = make(
    "tr",
    {},
    make("th", { scope: "row" }, name, action ? make("small", {}, action) : null),
    start,
    cells,
  );

  function update() {
    if (fixed) start.textContent = figure(page.model[kind][at].from);
    else number.update();
    const now = kind === "bands" ? page.bands[at] : within(page.scores, page.model[kind][at].from, Infinity);
    const before =
      kind === "bands"
        ? page.calibratedBands[at]
        : within(page.calibratedScores, edits.calibrated.models[page.at][kind][at].from, Infinity);
    const { leads, conversions } = page.total;
    const [low, high] = now.leads > 0 ? rateInterval(now) : [];
    const rate = (count) => (count.leads > 0 ? percent(count.conversions / count.leads) : "\u2013");
    const texts = [
      [`${whole(now.leads)}`, percent(now.leads / leads), changeOf(now.leads, before.leads, whole)],
      [
        `${whole(now.conversions)}`,
        percent(now.conversions / conversions),
        changeOf(now.conversions, before.conversions, whole),
      ],
      [
        rate(now),
        now.leads > 0 ? `${(100 * low).toFixed(1)} to ${percent(high)}` : "no lead",
        rate(now) === rate(before) ? "" : `was\u00a0${rate(before)}`,
      ],
    ];
    if (page.weeks)
      texts.push([
        (now.leads / page.weeks).toFixed(1),
        "",
        changeOf(now.leads / page.weeks, before.leads / page.weeks, (x) => x.toFixed(1)),
      ]);
    cells.forEach((cell, column) => {
      const [figure, small, change] = texts[column];
      cell.replaceChildren(
        figure,
        ...(small ? [make("small", {}, small)] : []),
        ...(change ? [make("small", { class: "delta" }, change)] : []),
      );
    });
  }

  return { element, update };
}

function changeOf(now, before, text) {
  return text(now) === text(before) ? "" : `was\u00a0${text(before)}`;
}
