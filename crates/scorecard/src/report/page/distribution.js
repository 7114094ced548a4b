// The scores of the calibration leads by outcome, with the bands' cut-offs as handles.

/** Bars at most. */
const BARS = 80;

/**
 * @param {Page} page
 * @returns {{element: Element, update: function(): void}}
 */
function distributionChart(page) {
  const bars = makeSvg("svg", {
    viewBox: "0 0 1000 200",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
    class: "bars",
  });
  const zones = make("div", { class: "zones", "aria-hidden": "true" });
  const handles = make("div", { class: "handles" });
  const plot = make("div", { class: "plot" }, zones, bars, handles);
  const axis = make("div", { class: "axis", "aria-hidden": "true" });
  const summary = make("figcaption", {});
  const element = make(
    "figure",
    { class: "distribution" },
    make(
      "p",
      { class: "legend", "aria-hidden": "true" },
      make("span", { class: "key converted" }),
      "converted, share of all that did (up) ",
      make("span", { class: "key others" }),
      "did not, share of all that did not (down)",
    ),
    plot,
    axis,
    summary,
  );
  let shown = null;

  function update() {
    const { model, scores } = page;
    if (shown !== page.at) {
      shown = page.at;
      handles.replaceChildren(...(model.bands || []).slice(1).map((band, at) => handle(page, plot, at + 1)));
    }
    drawBars(bars, model, scores);
    drawZones(zones, model);
    drawAxis(axis, model);
    for (const one of handles.children) one.update();
    summary.textContent =
      (model.bands || []).length > 1
        ? "Drag a cut-off, or choose one with Tab and move it with the arrow keys."
        : "This model has no bands to move.";
  }

  return { element, update };
}

/** Where a cut-off stands, as a share of the width. */
function placeOf({ range }, from) {
  return limited((from - range.min) / (range.max - range.min + 1), { min: 0, max: 1 });
}

function drawBars(svg, { range }, scores) {
  const span = range.max - range.min + 1;
  const width = Math.max(1, Math.ceil(span / BARS));
  const bins = new Map();
  const total = { leads: 0, conversions: 0 };
  for (const { score, leads, conversions } of scores) {
    const bin = Math.floor((score - range.min) / width);
    const sum = bins.get(bin) || { leads: 0, conversions: 0 };
    bins.set(bin, { leads: sum.leads + leads, conversions: sum.conversions + conversions });
    total.leads += leads;
    total.conversions += conversions;
  }
  const share = (part, all) => (all > 0 ? part / all : 0);
  const heights = [...bins].map(([bin, { leads, conversions }]) => ({
    bin,
    converted: share(conversions, total.conversions),
    others: share(leads - conversions, total.leads - total.conversions),
  }));
  const highest = Math.max(...heights.flatMap(({ converted, others }) => [converted, others]), 1e-9);
  const rects = heights.flatMap(({ bin, converted, others }) => {
    const x = (1000 * bin * width) / span;
    const place = { x, width: Math.min((1000 * width) / span, 1000 - x) };
    const [up, down] = [(98 * converted) / highest, (98 * others) / highest];
    return [
      makeSvg("rect", { class: "converted", ...place, y: 100 - up, height: up }),
      makeSvg("rect", { class: "others", ...place, y: 100, height: down }),
    ];
  });
  svg.replaceChildren(...rects, makeSvg("line", { class: "zero", x1: 0, x2: 1000, y1: 100, y2: 100 }));
}

function drawZones(zones, model) {
  const bands = model.bands || [];
  zones.replaceChildren(
    ...bands.map((band, at) => {
      const left = at === 0 ? 0 : placeOf(model, band.from);
      const right = at + 1 < bands.length ? placeOf(model, bands[at + 1].from) : 1;
      const heat = bands.length > 1 ? at / (bands.length - 1) : 0;
      const style = `left:${100 * left}%;width:${100 * (right - left)}%;--heat:${heat}`;
      return make("span", { style }, right - left > 0.08 ? band.name : "");
    }),
  );
}

function drawAxis(axis, model) {
  const { min, max } = model.range;
  const span = max - min;
  const step = [1, 2, 5]
    .flatMap((one) => [...Array(10).keys()].map((power) => one * 10 ** power))
    .sort((a, b) => a - b)
    .find((one) => span / one <= 8);
  const ticks = [];
  for (let tick = Math.ceil(min / step) * step; tick <= max; tick += step) ticks.push(tick);
  const place = (tick) => `left:${(100 * (tick - min + 0.5)) / (span + 1)}%`;
  axis.replaceChildren(...ticks.map((tick) => make("span", { style: place(tick) }, figure(tick))));
}

/** The handle of a band's cut-off: a slider for the keyboard and those who do not see it. */
function handle(page, plot, at) {
  const path = ["models", page.at, "bands", at, "from"];
  const { edits } = page;
  const tag = make("span", { class: "tag" });
  const element = make(
    "div",
    {
      class: "handle",
      role: "slider",
      tabindex: "0",
      "aria-orientation": "horizontal",
      "aria-label": `${page.model.bands[at].name} starts at score`,
      onkeydown: (event) => {
        const [least, most] = cutOffBounds(edits.config, path);
        const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
        const to = { Home: least, End: most };
        const now = edits.value(path);
        const next = event.key in steps ? now + steps[event.key] : to[event.key];
        if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        move(next);
      },
      onblur: () => edits.settle(),
      onpointerdown: (event) => {
        if (event.button !== 0) return;
        element.setPointerCapture(event.pointerId);
        element.focus();
        event.preventDefault();
      },
      onpointermove: (event) => {
        if (!element.hasPointerCapture(event.pointerId)) return;
        const { left, width } = plot.getBoundingClientRect();
        const { range } = page.model;
        move(Math.round(range.min + ((event.clientX - left) / width) * (range.max - range.min + 1)));
      },
      onpointerup: () => edits.settle(),
    },
    tag,
  );

  function move(to) {
    const [least, most] = cutOffBounds(edits.config, path);
    if (least <= most) edits.set(path, limited(to, { min: least, max: most }));
  }

  element.update = () => {
    const [least, most] = cutOffBounds(edits.config, path);
    const { name, from } = page.model.bands[at];
    const { leads, conversions } = page.bands[at];
    element.style.left = `${100 * placeOf(page.model, from)}%`;
    element.classList.toggle("changed", edits.isChanged(path));
    element.setAttribute("aria-valuemin", least);
    element.setAttribute("aria-valuemax", most);
    element.setAttribute("aria-valuenow", from);
    element.setAttribute(
      "aria-valuetext",
      `${from}: ${leads} leads${leads > 0 ? `, ${percent(conversions / leads)} of them converted` : ""}`,
    );
    tag.textContent = `${name} ${figure(from)}`;
    tag.style.top = `${-1.5 - 1.4 * ((page.model.bands.length - 1 - at) % 2)}em`;
  };
  return element;
}

/** A handle stays on the scores that there are, where its neighbours leave room. */
function cutOffBounds(config, path) {
  const [least, most] = bounds(config, path);
  const { min, max } = config.models[path[1]].range;
  return [Math.max(least, min), Math.min(most, max)];
}
