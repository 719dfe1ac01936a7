// The panel of one number: where it comes from, and what each implementation says.

const narrow = matchMedia("(max-width: 61.9375rem)");

// A row of the table of differences: |difference|, bound, ratio and its verdict.
function differenceOf(cell, source) {
  const [difference, bound] = [Math.abs(numberAt(cell, "differences", source)), numberAt(cell, "allowed", source)];
  const ratio = difference === 0 ? 0 : difference / bound;
  const open = Number.isNaN(bound) ? "not computed" : bound === Infinity ? "undecidable" : "";
  return { texts: [written(difference, 3), written(bound, 3), open || rough(ratio)], sign: open ? "" : ratio <= 1 ? "✓" : "✗" };
}

function differencesHtml(cell) {
  const sources = Object.keys(SOURCES).filter((source) => source in quantities[cell.name].differences);
  if (!sources.length) return "";
  const found = sources.map((source) => differenceOf(cell, source));
  const columns = [0, 1, 2].map((i) => aligned(found.map(({ texts }) => texts[i])));
  const rows = sources.map((source, row) => {
    const { sign } = found[row];
    const ratio = `${sign} ${columns[2][row]}`;
    return `<tr><th scope="row">${SOURCES[source]}</th><td class="number">${columns[0][row]}</td><td class="number">${columns[1][row]}</td>
      <td class="number">${sign === "✗" ? `<b class="bad">${ratio}</b>` : ratio}</td></tr>`;
  });
  return `<table class="sources"><thead><tr><th scope="col">NumPy and</th><th scope="col" class="number">|difference|</th>
    <th scope="col" class="number">bound</th><th scope="col" class="number">ratio</th></tr></thead>
    <tbody>${rows.join("")}</tbody></table>`;
}

function valuesHtml(cell) {
  const others = quantities[cell.name].differences;
  const sources = ["numpy", "torch", "tape"].filter((source) => source === "numpy" || source in others);
  const texts = aligned(sources.map((source) => exact(valueAt(cell, source))));
  return `<table class="sources values"><tbody>${sources.map((source, row) => `<tr><th scope="row">${SOURCES[source]}</th>
    <td class="number">${texts[row]}</td></tr>`).join("")}</tbody></table>`;
}

function totalWords(total, value, { kind }) {
  if (Number.isNaN(total)) return "";
  const shown = kind === "sum" ? "Six digits are shown. Computed here with all of them," : "Computed here,";
  if (total === value) return `<p class="aside">${shown} it is NumPy’s number to the last bit.</p>`;
  return `<p class="aside">${shown} in this order, it is ${exact(total)}: ${
    written(Math.abs(total - value), 2)} from NumPy’s number.</p>`;
}

function madeHtml({ name, row, column }) {
  const { step, rows, columns, meaning } = quantities[name];
  const where = [rows && `row ${row} of the ${rows}`, columns && `column ${column} of the ${columns}`].filter(Boolean).join(", ");
  const made = step === null ? quantities[name].recipe ? "" : "Given." : `Made in step ${step + 1}, <a href="#${safe(steps[step].id)}">${
    breakable(stepName(steps[step]))}</a>.`;
  return `<p class="meaning">${safe(meaning)}${where ? `: ${safe(where)}` : ""}. ${made}</p>`;
}

function recipeHtml(recipe, cell, terms, total) {
  if (!recipe) return "";
  const zero = numberAt(cell) === 0 ? `<p class="why"><b>Why it is 0.</b>${whyZero(recipe, cell, terms)}</p>` : "";
  const body = recipe.kind === "sum" ? sumHtml(recipe, cell, terms) : applyHtml(recipe.template, cell, total);
  return `${zero}${body}${totalWords(total, numberAt(cell), recipe)}`;
}

function cellPanelHtml(cell, terms, total) {
  const { formula, recipe } = quantities[cell.name];
  return `<div class="title"><h3 tabindex="-1">${safe(cellName(cell))} <span class="value">= ${short(numberAt(cell))}</span></h3>
    <button type="button" id="close" aria-label="Close ${safe(cellName(cell))}">✕</button></div>
    ${madeHtml(cell)}<div class="formulas scroll">${formula}</div>${recipeHtml(recipe, cell, terms, total)}
    ${valuesHtml(cell)}${differencesHtml(cell)}`;
}

function drawCell() {
  const panel = byId("cell");
  for (const key of Object.keys(panel.dataset)) delete panel.dataset[key];
  if (!opened) panel.innerHTML = '<p class="aside">The matrices show 4 digits. Choose a number: all its digits, and what it is made of.</p>';
  else {
    const { recipe } = quantities[opened.name];
    const terms = recipe?.kind === "sum" ? termsOf(recipe, opened) : [];
    const total = !recipe ? numberAt(opened)
      : recipe.kind === "sum" ? totalOf(recipe, opened, terms) : evaluate(recipe.tree, opened);
    panel.innerHTML = cellPanelHtml(opened, terms, total);
    Object.assign(panel.dataset, { ...opened, total: String(total), value: String(numberAt(opened)) });
  }
  placePanel();
  markCells();
}

// On a narrow screen under the matrix whose number it explains; otherwise beside them all.
function placePanel() {
  const figure = narrow.matches && opened && figureOf(opened.name);
  if (figure) figure.after(byId("cell"));
  else byId("side").prepend(byId("cell"));
  byId("side").scrollTop = 0;
}

// The open cell, and those it is made of, in the matrices of the step.
function markCells() {
  for (const td of document.querySelectorAll("td.used, td[aria-selected]")) {
    td.classList.remove("used");
    td.removeAttribute("aria-selected");
  }
  if (!opened) return;
  const td = cellAt(opened);
  if (td) {
    td.setAttribute("aria-selected", "true");
    makeTabStop(td);
  }
  const { recipe } = quantities[opened.name];
  const used = !recipe ? [] : recipe.kind === "apply" ? operandsOf(recipe.template, opened)
    : termsOf(recipe, opened).flatMap(({ factors }) => factors);
  for (const cell of used) cellAt(cell)?.classList.add("used");
}
