// Puts the page together, and keeps it up to date with what is changed.

function start() {
  const page = new Page(embedded("leadcal-data"));
  const { edits } = page;
  const [bar, chart, bands, note, points, lead, download] = [
    toolbar,
    distributionChart,
    bandsTable,
    caveats,
    pointsEditor,
    leadScored,
    downloads,
  ].map((widget) => widget(page));
  const widgets = [bar, chart, bands, note, points, lead, download];
  const part = (id, title, text, ...elements) =>
    make(
      "section",
      { id, "aria-labelledby": `${id}-title` },
      make("h3", { id: `${id}-title` }, title),
      text === null ? null : make("p", {}, text),
      elements,
    );

  document
    .getElementById("try")
    .append(
      page.live,
      bar.element,
      part("cut-offs", "Bands", null, chart.element, bands.element, note.element),
      part(
        "change-points",
        "Points",
        "Open an attribute and change its points: scores, AUC and bands follow.",
        points.element,
      ),
      part(
        "a-lead",
        "A lead",
        "Type in what is known of a lead: it is scored as you type, by the config as it stands here.",
        lead.element,
      ),
      part("download", "Download", null, download.element),
    );

  document
    .getElementById("theme-switch")
    .append(themeSwitch(), make("button", { type: "button", onclick: () => print() }, "Print"));
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
