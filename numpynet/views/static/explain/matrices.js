// The step's tensors as tables.

const AT_ONCE = 700; // cells of one step that are drawn unasked: more would make stepping slow

function greatest(name) {
  const key = `greatest ${name}`;
  if (!decoded.has(key)) {
    const finite = numbers(name, "values", "numpy").filter(Number.isFinite);
    decoded.set(key, finite.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  }
  return decoded.get(key);
}

function cellHtml(cell, most, first) {
  const x = numberAt(cell);
  const tone = x === 0 ? "zero" : x < 0 ? "negative" : "positive";
  const strength = Number.isFinite(x) && most > 0 ? Math.round((Math.abs(x) / most) * 100) : 0;
  return `<td class="${tone}" style="--strength:${strength}%" tabindex="${first ? 0 : -1}" data-row="${cell.row}" data-column="${
    cell.column}" aria-label="${safe(cellName(cell))} = ${short(x)}">${short(x)}</td>`;
}

function tableHtml(name) {
  const { from: [top, left], size: [rows, columns] } = windowOf(name);
  const most = greatest(name);
  const range = (start, length) => Array.from({ length }, (_, i) => start + i);
  const across = range(left, columns);
  const counted = quantities[name]; // what an index counts
  const rowHtml = (row) => `<tr aria-rowindex="${row + 2}"><th scope="row" title="${safe(counted.rows)}">${row}</th>${across.map((column) =>
    cellHtml({ name, row, column }, most, row === top && column === left)).join("")}</tr>`;
  const [allRows, allColumns] = sizeOf(name);
  return `<table role="grid" aria-label="${safe(name)}" aria-rowcount="${allRows + 1}" aria-colcount="${allColumns + 1}">
    <thead><tr aria-rowindex="1"><td></td>${across.map((column) => `<th scope="col" title="${safe(counted.columns)}">${column}</th>`).join("")}</tr></thead>
    <tbody>${range(top, rows).map(rowHtml).join("")}</tbody></table>`;
}

function verdictHtml(name) {
  const verdicts = Object.entries(quantities[name].verdicts);
  if (!verdicts.length) return `<p class="verdict">${quantities[name].formula ? "Computed for this page, on the way to what is compared." : "Given, not computed."}</p>`;
  const wrong = verdicts.filter(([, { outcome }]) => outcome.endsWith("-wrong"));
  const open = verdicts.filter(([, { agrees }]) => !agrees);
  const all = sizeOf(name)[0] * sizeOf(name)[1];
  const ratios = verdicts.map(([source, { ratio, at, agrees, outcome, judged }]) => {
    const [row, column] = at || [0, 0];
    const sample = judged < all ? `, ${judged} of ${all} elements` : "";
    const text = (ratio === null ? outcome : agrees ? rough(ratio) : `${outcome} ${rough(ratio)}`) + sample;
    return `<a href="${safe(cellHash({ name, row, column }))}" aria-label="${SOURCES[source]}: ${text}, at ${
      safe(cellName({ name, row, column }))}">${text}</a>`;
  });
  const who = (some) => list(some.map(([source]) => SOURCES[source]));
  if (!wrong.length && !open.length) return `<p class="verdict"><b class="good">✓</b> ${agreeing(verdicts, ratios)}</p>`;
  const head = wrong.length ? `<b class="bad">✗ NumPy and ${who(wrong)} differ by more than the bound.</b>`
    : `<b>? Not fully judged: ${list(open.map(([source, { outcome }]) => `${SOURCES[source]} ${outcome}`))}.</b>`;
  return `<p class="verdict">${head} Largest difference divided by its bound: ${
    ratios.map((ratio, i) => `${BRIEFLY[verdicts[i][0]]} ${ratio}`).join(", ")}</p>`;
}

function agreeing(verdicts, ratios) {
  if (verdicts.every(([, { ratio }]) => ratio === 0)) return `Equal to ${list(verdicts.map(([source]) => WHOSE[source]))}.`;
  const parts = ratios.map((ratio, i) => `${ratio}${i ? "" : " of its bound"} (${BRIEFLY[verdicts[i][0]]})`);
  return `All agree: no difference is more than ${parts.join(", ")}`;
}

function gridHtml(name) {
  return `<div class="scroll">${tableHtml(name)}</div>${windowOf(name).whole ? "" : windowHtml(name)}`;
}

const ROLES = { in: "comes in", out: "is made", asked: "was saved" };

function matrixHtml({ name, role }, drawn) {
  const { meaning, shape } = quantities[name];
  return `<figure class="matrix" tabindex="-1" data-name="${safe(name)}"><figcaption><b>${captioned(name)}</b> <span class="role ${
    role}">${role === "reads" ? `is ${steps[current].readings[name]}` : ROLES[role]}</span> <span class="shape">${shape.join(" × ") || "one number"}</span> <span class="meaning">${
    safe(meaning)}</span></figcaption>
    <div class="grid">${drawn ? gridHtml(name) : `<button type="button" data-draw>Show ${safe(name)}</button>`}</div>
    ${verdictHtml(name)}</figure>`;
}

function drawnOf(names) {
  let left = AT_ONCE;
  return new Set(names.filter((name) => {
    const { size: [rows, columns] } = windowOf(name);
    const fits = rows * columns <= left;
    if (fits) left -= rows * columns;
    return fits;
  }));
}

function drawMatrices() {
  const step = steps[current];
  const drawn = drawnOf([...asked, ...step.out, ...step.in, ...step.reads]);
  const roles = { in: step.in, reads: step.reads, out: step.out, asked };
  const matrices = Object.entries(roles).flatMap(([role, names]) => names.map((name) => ({ name, role })));
  byId("side").prepend(byId("cell")); // out of what is drawn anew
  byId("matrices").innerHTML = matrices.map((matrix) => matrixHtml(matrix, drawn.has(matrix.name))).join("");
}

const figureOf = (name) => [...document.querySelectorAll("figure.matrix")].find((figure) => figure.dataset.name === name);
const shown = (name) => [...steps[current].in, ...steps[current].reads, ...steps[current].out, ...asked].includes(name);

function redraw(name) {
  const figure = figureOf(name);
  const scroll = figure.querySelector(".scroll");
  if (scroll) {
    scroll.innerHTML = tableHtml(name);
    const text = figure.querySelector(".window span");
    if (text) text.textContent = windowText(name);
  } else figure.querySelector(".grid").innerHTML = gridHtml(name);
  markCells();
}

function cellAt({ name, row, column }) {
  return figureOf(name)?.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
}

// The one cell of its matrix that Tab reaches.
function makeTabStop(td) {
  td.closest("table").querySelector('td[tabindex="0"]').tabIndex = -1;
  td.tabIndex = 0;
}

function focusCell(cell) {
  if (moveWindowTo(cell) || !cellAt(cell)) redraw(cell.name);
  makeTabStop(cellAt(cell));
  cellAt(cell).focus();
}
