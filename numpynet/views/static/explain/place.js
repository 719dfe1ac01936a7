// Where the reader is: a step, perhaps a cell; its address.

let current = -1;
let opened = null; // the cell in the panel: {name, row, column}
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
  for (const box of document.querySelectorAll("#step > .codes pre")) showLit(box);
  drawMatrices();
  lightNetwork();
}

function go(index) {
  const step = Math.max(0, Math.min(steps.length - 1, index));
  if (step === current && !opened) return;
  show(step, null);
  history.replaceState({ step, cell: null }, "", `#${steps[step].id}`);
}

function openCell(cell, { focus = false } = {}) {
  const step = shown(cell.name) ? current : homeOf(cell.name);
  show(step, cell);
  history.pushState({ step, cell }, "", cellHash(cell));
  reveal(focus);
}

function reveal(focus) {
  const panel = byId("cell");
  const { top, bottom } = panel.getBoundingClientRect();
  if (focus) panel.querySelector("h3").focus({ preventScroll: true });
  const covered = document.querySelector(".stepper").getBoundingClientRect().bottom;
  if (top < covered || bottom > innerHeight) panel.scrollIntoView({ block: "start" });
}

function closeCell() {
  const cell = opened;
  show(current, null);
  history.replaceState({ step: current, cell: null }, "", `#${steps[current].id}`);
  if (figureOf(cell.name) && cellAt(cell)) focusCell(cell);
}

function follow() {
  const text = addressed();
  const { step, cell, wrong } = text ? place(text) : { step: 0, cell: null };
  if (wrong) {
    if (current < 0) show(0, null);
    byId("message").innerHTML = `<span>${safe(wrong)}</span>`;
    byId("message").scrollIntoView({ block: "nearest" });
    return;
  }
  show(step, cell);
  history.replaceState({ step, cell }, "");
  if (cell) reveal(false);
}
