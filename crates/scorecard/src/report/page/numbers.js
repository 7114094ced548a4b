// A number of the config that can be changed: its input, what it was, and the way back.

/**
 * @param {Page} page
 * @param {Array} path where the number stands in the config
 * @param {string} name what it is, for those who do not see the table
 * @returns {{input: Element, was: Element, update: function(): void}}
 */
function numberInput(page, path, name) {
  const { edits } = page;
  const input = make("input", {
    type: "number",
    step: "any",
    class: "points",
    "aria-label": name,
    oninput: () => take(false),
    onchange: () => take(true),
  });
  const back = make(
    "button",
    {
      type: "button",
      class: "back",
      "aria-label": `Reset ${name}`,
      title: "Reset",
      onclick: () => {
        edits.resetOne(path);
        input.focus();
      },
    },
    "\u21ba",
  );
  const was = make("span", { class: "was" });
  const original = make("span", {}, `was ${figure(edits.original(path))}`);

  /** Takes what was typed; what is no number, or out of bounds, is marked and left alone until the field is left. */
  function take(done) {
    const [least, most] = bounds(edits.config, path);
    const value = input.value.trim() === "" ? NaN : Number(input.value);
    const fits = value >= least && value <= most;
    input.setAttribute("aria-invalid", String(!fits));
    if (fits) edits.set(path, value);
    if (done) {
      edits.settle();
      if (!fits) page.say(`${name} stays ${figure(edits.value(path))}: it takes ${rangeText(least, most)}`);
      show();
    }
  }

  function show() {
    input.value = numeral(edits.value(path));
    input.setAttribute("aria-invalid", "false");
  }

  function update() {
    const isTyped = input.getAttribute("aria-invalid") === "true" || Number(input.value) === edits.value(path);
    if (document.activeElement !== input || !isTyped) show();
    const changed = edits.isChanged(path);
    input.classList.toggle("changed", changed);
    if (changed !== was.hasChildNodes()) was.replaceChildren(...(changed ? [original, back] : []));
  }

  update();
  return { input, was, update };
}

function rangeText(least, most) {
  if (least === -LARGEST && most === LARGEST) return "a number";
  if (least === -LARGEST) return `at most ${figure(most)}`;
  if (most === LARGEST) return `at least ${figure(least)}`;
  return `${figure(least)} to ${figure(most)}`;
}
