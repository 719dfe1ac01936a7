// Where the reader is: a step, perhaps a cell.

let current = -1;
let opened = null; // the cell in the panel: {name, row, column}
let byKeys = false; // whether it was opened by the keyboard, which goes on in its matrix
let asked = []; // saved tensors of this step, shown on request

function show(step, cell) {
  byId("message").textContent = "";
  opened = cell;
  if (step !== current) drawStep(step);
  if (cell && figureOf(cell.name) && (moveWindowTo(cell) || !cellAt(cell))) redraw(cell.name);
  drawCell();
}

function drawStep(index) {
  current = index;
  asked = [];
  const step = steps[index];
  document.body.dataset.step = index;
  byId("slider").value = index;
  byId("slider").setAttribute("aria-valuetext", `${index + 1} of ${steps.length}: ${stepName(step)}`);
  byId("where").innerHTML = `Step ${index + 1} of ${steps.length}: <b>${breakable(step.title)}</b>${
    step.subtitle ? `, ${safe(step.subtitle)}` : ""}`;
  byId("previous").setAttribute("aria-disabled", index === 0);
  byId("next").setAttribute("aria-disabled", index === steps.length - 1);
  byId("step").innerHTML = stepHtml(step);
  byId("code").innerHTML = codesHtml(step);
  byId("saved").innerHTML = notesHtml(step) + savedHtml(step) + snippetHtml(step);
  for (const box of document.querySelectorAll("#code > .codes pre")) showLit(box);
  drawMatrices();
  lightNetwork();
}

function go(index) {
  const step = Math.max(0, Math.min(steps.length - 1, index));
  if (step === current && !opened) return;
  show(step, null);
  history.replaceState({ step, cell: null }, "", `#${steps[step].id}`);
  bringStep();
}

// Scrolls to the step where the reader is elsewhere on the page.
function bringStep() {
  const { top, bottom } = byId("step").getBoundingClientRect();
  const bar = document.querySelector(".stepper").getBoundingClientRect();
  const past = bottom < bar.bottom && byId("numbers").getBoundingClientRect().bottom < innerHeight / 2;
  if (past || top > innerHeight) byId("step").scrollIntoView();
}

// What the reader touched, `from`, stays where it is on the screen.
function openCell(cell, from, { focus = false, keys = false } = {}) {
  byKeys = keys;
  const step = shown(cell.name) ? current : homeOf(cell.name);
  const before = from.getBoundingClientRect().top;
  show(step, cell);
  history.pushState({ step, cell }, "", cellHash(cell));
  if (focus) byId("cell").querySelector("h3").focus({ preventScroll: true });
  scrollBy(0, from.getBoundingClientRect().top - before);
  reveal();
}

// Scrolls by as little as shows the panel's beginning.
function reveal() {
  const panel = byId("cell");
  const { top, height } = panel.getBoundingClientRect();
  const below = top + Math.min(height, innerHeight / 4) - innerHeight;
  if (below > 0) scrollBy(0, below);
  if (top < document.querySelector(".stepper").getBoundingClientRect().bottom) panel.scrollIntoView();
}

// Who opened it by the keyboard goes on from the number; the arrows step again for who clicked it.
function closeCell() {
  const cell = opened;
  show(current, null);
  history.replaceState({ step: current, cell: null }, "", `#${steps[current].id}`);
  if (byKeys && figureOf(cell.name) && cellAt(cell)) focusCell(cell);
  else document.activeElement.blur();
}

function follow() {
  const text = addressed();
  if (byId(text)?.matches("#everything, #experiments, #experiments > .experiment")) {
    if (current < 0) show(0, null);
    if (byId(text).matches("details")) byId(text).open = true;
    byId(text).scrollIntoView();
    return;
  }
  const { step, cell, wrong } = text ? place(text) : { step: 0, cell: null };
  if (wrong) {
    if (current < 0) show(0, null);
    byId("message").innerHTML = `<span>${safe(wrong)}</span>`;
    byId("message").scrollIntoView({ block: "nearest" });
    return;
  }
  show(step, cell);
  history.replaceState({ step, cell }, "");
  if (!cell) {
    bringStep();
    return;
  }
  if (narrow.matches) figureOf(cell.name)?.scrollIntoView();
  reveal();
}
