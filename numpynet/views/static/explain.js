"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const { steps, stages, quantities, codes } = data;
const byId = (id) => document.getElementById(id);

const SOURCES = { numpy: "NumPy", torch: "torch", tape: "tape", central: "central differences" };
const PHASES = { forward: "Forward", backward: "Backward", update: "Update" };
const WHOLE = 16; // a matrix with more rows or columns is shown through a window
const WINDOW = [12, 8];
const AT_ONCE = 700; // cells of one step that are drawn unasked: more would make stepping slow

let current = -1;
let opened = null; // the cell in the panel: {name, row, column}
let asked = []; // saved tensors of this step, shown on request
const corners = new Map(); // where the window of a large matrix stands: name → [row, column]
const decoded = new Map();

// Numbers

function numbers(name, part, source) {
  const key = `${part} ${source} ${name}`;
  if (!decoded.has(key)) {
    const text = atob(quantities[name][part][source]);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const wide = bytes.length === 8 * sizeOf(name)[0] * sizeOf(name)[1];
    decoded.set(key, wide ? new Float64Array(bytes.buffer) : new Float32Array(bytes.buffer));
  }
  return decoded.get(key);
}

function sizeOf(name) {
  const [rows = 1, columns = 1] = quantities[name].shape;
  return [rows, columns];
}

function numberAt({ name, row, column }, part = "values", source = "numpy") {
  return numbers(name, part, source)[row * sizeOf(name)[1] + column];
}

// Another's number is NumPy's and a difference: of two neighbours that is exact, and far shorter.
function valueAt(cell, source) {
  return source === "numpy" ? numberAt(cell) : numberAt(cell) + numberAt(cell, "differences", source);
}

function written(x, digits) {
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  if (Number.isInteger(x) && Math.abs(x) < 1e4) return String(x).replace("-", "−");
  const plain = Math.abs(x) >= 1e-4 && Math.abs(x) < 1e4;
  return (plain ? x.toPrecision(digits) : x.toExponential(digits - 1)).replace(/-/g, "−").replace("e+", "e");
}

const short = (x) => written(x, 4);
const exact = (x) => written(x, 17);
const rough = (x) => (x > 0 && x < 0.001 ? written(x, 2) : x < 10 ? String(Number(x.toFixed(3))) : written(x, 3));

// Words

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const safe = (text) => String(text).replace(/[&<>"']/g, (character) => ESCAPES[character]);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const list = (words) => [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" and ");
const stepName = ({ title, subtitle }) => title + (subtitle ? `, ${subtitle}` : "");
const isScalar = (name) => quantities[name].shape.length === 0;
const cellName = ({ name, row, column }) => (isScalar(name) ? name : `${name}[${row}, ${column}]`);
const cellHash = ({ name, row, column }) => `#${name}[${row},${column}]`;
const cellLink = (cell, text = cellName(cell)) => `<a href="${safe(cellHash(cell))}">${safe(text)}</a>`;
const breakable = (name) => safe(name).replace(/([a-z0-9])(?=[A-Z])/g, "$1<wbr>");

// The network

function chip(index, small = false) {
  const step = steps[index];
  const tail = small ? step.id.split("-").slice(1).join(" ").replace(/^\d+$/, "") : step.out.join(" ");
  const order = `<span class="order">${index + 1}</span> `;
  const label = step.phase === "forward" ? order : `<span class="node">${order}${breakable(step.title)}</span> `;
  return `<a class="chip ${step.phase}${small ? " small" : ""}" href="#${safe(step.id)}" data-step="${index}">${label}${safe(tail)}</a>`;
}

function stageHtml({ title, forward, backward }) {
  const given = `<span class="given">${safe(steps[0].in.join(" "))}</span>`;
  const [main, ...plumbing] = backward;
  const small = plumbing.map((index) => chip(index, true)).join("");
  return `<li><span class="stage">${safe(title)}</span><div class="lane">${forward === null ? given : chip(forward)}</div>
    <div class="lane">${main === undefined ? "" : chip(main)}<div class="plumbing">${small}</div></div></li>`;
}

function drawNetwork() {
  const update = steps.findIndex(({ phase }) => phase === "update");
  byId("lanes").innerHTML = `<ol class="stages" style="--stages: ${stages.length}">
    <li class="names" aria-hidden="true"><span></span><span>forward →</span><span>← backward</span></li>
    ${stages.map(stageHtml).join("")}</ol>${update < 0 ? "" : `<p class="last">then ${chip(update)}</p>`}`;
}

function lightNetwork() {
  const stage = stages.find(({ forward, backward }) => forward === current || backward.includes(current));
  for (const link of document.querySelectorAll(".chip")) {
    const index = Number(link.dataset.step);
    if (index === current) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
    link.classList.toggle("partner", Boolean(stage) && (index === stage.forward || index === stage.backward[0]));
  }
}

// The step: words, code, saved tensors

function codeHtml(who, { title, code, lines = [] }) {
  if (code === null) return `<figcaption><b>${who}</b> ${safe(title || "no code of its own here")}</figcaption>`;
  const { place, html } = codes[code];
  const line = (text, i) => {
    const tag = lines.includes(i + 1) ? "mark" : "span";
    return `<${tag} class="line">${text || " "}</${tag}>`;
  };
  return `<figcaption><b>${who}</b> ${safe(title)} <span class="aside">${safe(place)}</span></figcaption>
    <pre tabindex="0" class="scroll" aria-label="${who}: ${safe(title)}"><code>${html.map(line).join("")}</code></pre>`;
}

function savedRow({ field, tensor, shape, bytes, kept, note, quantity }) {
  const name = quantity === null ? safe(tensor)
    : `<button type="button" class="link" data-show="${safe(quantity)}">${safe(tensor)}</button>`;
  return `<tr><th scope="row"><code>${safe(field)}</code></th><td>${name}</td><td><code>${safe(kept)}</code>${
    note ? ` <span class="aside">${safe(note)}</span>` : ""}</td>
    <td>${shape.join(" × ") || "one number"}</td><td class="number">${String(bytes).replace(/\B(?=(\d{3})+$)/g, ",")}</td></tr>`;
}

function savedHtml({ saved, phase, plumbing }) {
  if (!saved.length) return plumbing || phase === "update" ? "" : "<p>Autograd saved no tensor at this operation.</p>";
  return `<div class="scroll"><table class="saved"><caption>Saved for the backward pass</caption>
    <thead><tr><th scope="col">torch’s field</th><th scope="col">tensor</th><th scope="col">where NumPy keeps it</th>
    <th scope="col">shape in torch</th><th scope="col" class="number">bytes</th></tr></thead>
    <tbody>${saved.map(savedRow).join("")}</tbody></table></div>`;
}

function stepHtml(step) {
  const bookkeeping = step.plumbing ? ": bookkeeping, no arithmetic" : "";
  return `<p class="phase ${step.phase}">${PHASES[step.phase]}${bookkeeping}</p>
    <h2 id="step-title">${breakable(step.title)} <span class="aside">${safe(step.subtitle)}</span></h2>
    <div class="words"><div><p class="what">${safe(step.what)}</p>
    ${step.notes.map((note) => `<p class="note">${safe(note)}</p>`).join("")}</div>
    <div class="formulas scroll">${step.formulas.join("")}</div></div>
    <h3>The code</h3><div class="codes"><figure>${codeHtml("PyTorch", step.torch)}</figure>
    <figure>${codeHtml("NumPy", step.numpy)}</figure></div>
    ${step.tape.code === null ? "" : `<details class="tape"><summary>The tape’s code</summary><figure>${
      codeHtml("Tape", step.tape)}</figure></details>`}
    ${savedHtml(step)}`;
}

// Matrices

function windowOf(name) {
  const size = sizeOf(name);
  if (Math.max(...size) <= WHOLE) return { from: [0, 0], size, whole: true };
  const corner = corners.get(name) || [0, 0];
  const from = [0, 1].map((axis) => Math.max(0, Math.min(corner[axis], size[axis] - WINDOW[axis])));
  return { from, size: size.map((length, axis) => Math.min(length, WINDOW[axis])), whole: false };
}

function moveWindowTo({ name, row, column }) {
  const { from, size } = windowOf(name);
  const corner = [row, column].map((index, axis) =>
    index < from[axis] ? index : index >= from[axis] + size[axis] ? index - size[axis] + 1 : from[axis]);
  corners.set(name, corner);
  return corner[0] !== from[0] || corner[1] !== from[1];
}

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
  const rowHtml = (row) => `<tr aria-rowindex="${row + 2}"><th scope="row">${row}</th>${across.map((column) =>
    cellHtml({ name, row, column }, most, row === top && column === left)).join("")}</tr>`;
  const [allRows, allColumns] = sizeOf(name);
  return `<table role="grid" aria-label="${safe(name)}" aria-rowcount="${allRows + 1}" aria-colcount="${allColumns + 1}">
    <thead><tr aria-rowindex="1"><td></td>${across.map((column) => `<th scope="col">${column}</th>`).join("")}</tr></thead>
    <tbody>${range(top, rows).map(rowHtml).join("")}</tbody></table>`;
}

function windowText(name) {
  const { from, size } = windowOf(name);
  const all = sizeOf(name);
  return ["rows", "columns"].map((word, axis) =>
    `${word} ${from[axis]}–${from[axis] + size[axis] - 1} of ${all[axis]}`).join(", ");
}

function windowHtml(name) {
  const button = (sign, word, rows, columns) => `<button type="button" data-rows="${rows}" data-columns="${columns}"
    aria-label="${word} in ${safe(name)}">${sign}</button>`;
  return `<div class="window">${button("←", "left", 0, -1)}${button("↑", "up", -1, 0)}${button("↓", "down", 1, 0)}${
    button("→", "right", 0, 1)} <span>${windowText(name)}</span></div>`;
}

function verdictHtml(name) {
  const verdicts = Object.entries(quantities[name].verdicts);
  if (!verdicts.length) return `<p class="verdict">${quantities[name].recipe ? "Computed for this page, as a factor of what is compared." : "Given, not computed."}</p>`;
  const wrong = verdicts.filter(([, { outcome }]) => outcome.endsWith("-wrong"));
  const open = verdicts.filter(([, { agrees }]) => !agrees);
  const all = sizeOf(name)[0] * sizeOf(name)[1];
  const ratios = verdicts.map(([source, { ratio, at, agrees, outcome, judged }]) => {
    const [row, column] = at || [0, 0];
    const sample = judged < all ? `, ${judged} of ${all} elements` : "";
    const text = (ratio === null ? outcome : agrees ? rough(ratio) : `${outcome} ${rough(ratio)}`) + sample;
    return `<a href="${safe(cellHash({ name, row, column }))}" aria-label="${SOURCES[source]}: ${text}, at ${
      safe(cellName({ name, row, column }))}">${text}</a> (${SOURCES[source]})`;
  }).join(", ");
  const who = (some) => list(some.map(([source]) => SOURCES[source]));
  const head = wrong.length ? `<b class="bad">✗ NumPy and ${who(wrong)} differ by more than the bound.</b>`
    : open.length ? `<b>? Not fully judged: ${list(open.map(([source, { outcome }]) => `${SOURCES[source]} ${outcome}`))}.</b>` : `<b class="good">✓</b> NumPy, ${who(verdicts)} agree.`;
  return `<p class="verdict">${head} Greatest ratio: ${ratios}.</p>`;
}

function gridHtml(name) {
  return `<div class="scroll">${tableHtml(name)}</div>${windowOf(name).whole ? "" : windowHtml(name)}`;
}

function matrixHtml(name, drawn) {
  const { meaning, rows, columns, shape } = quantities[name];
  const axes = [rows && `rows: ${rows}`, columns && `columns: ${columns}`].filter(Boolean).join(", ");
  return `<figure class="matrix" data-name="${safe(name)}"><figcaption><b>${safe(name)}</b> <span class="shape">${
    shape.join(" × ") || "one number"}</span> <span class="meaning">${safe(meaning)}</span> <span class="aside">${safe(axes)}</span></figcaption>
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
  const group = (title, names) => (names.length ? `<section><h4>${title}</h4><div class="group">${
    names.map((name) => matrixHtml(name, drawn.has(name))).join("")}</div></section>` : "");
  byId("matrices").innerHTML = group("Comes in", step.in) + group("Is read", step.reads)
    + group("Is made", step.out) + group("Was saved", asked);
}

const figureOf = (name) => [...document.querySelectorAll("figure.matrix")].find((figure) => figure.dataset.name === name);
const shown = (name) => [...steps[current].in, ...steps[current].reads, ...steps[current].out].includes(name);

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

// What a number is made of

function factorsAt({ factors }, { row, column }, k) {
  const index = { r: row, c: column, k, 0: 0 };
  return factors.map(({ name, at }) => ({ name, row: index[at[0]], column: index[at[1]] }));
}

function termsOf(recipe, cell) {
  return Array.from({ length: recipe.count }, (_, k) => {
    const factors = factorsAt(recipe, cell, k);
    return { k, factors, product: factors.reduce((product, factor) => product * numberAt(factor), 1) };
  });
}

const PLACE = /\{([^{}]+)\}/g;

// A single row, or a single column, of a quantity stands for all of them in a formula.
const beside = (name, { row, column }) => {
  const [rows, columns] = sizeOf(name);
  return { name, row: rows === 1 ? 0 : row, column: columns === 1 ? 0 : column };
};

function operandsOf(template, cell) {
  return [...template.matchAll(PLACE)].map(([, name]) => beside(name, cell));
}

const OPERATIONS = {
  "+": (x, y) => x + y, "−": (x, y) => x - y, "·": (x, y) => x * y, "/": (x, y) => x / y,
  negative: (x) => -x, square: (x) => x * x, sqrt: Math.sqrt, magnitude: Math.abs, maximum: Math.max,
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, log_complement: (x) => Math.log1p(-x), tanh: Math.tanh,
  above: (x, boundary, then, otherwise) => (x > boundary ? then : otherwise),
  labelled: (label, x, y) => (label === 1 ? x : y),
};

// A formula's value: it is a number, the name of a quantity, or an operation with its operands; what is called by a
// sign, as σ is, comes with the sign, its argument, and the formula that it stands for.
function evaluate(tree, cell) {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return numberAt(beside(tree, cell));
  const [operation, ...operands] = tree;
  if (operation === "called") return evaluate(operands[2], cell);
  return OPERATIONS[operation](...operands.map((operand) => evaluate(operand, cell)));
}

function totalOf({ divide, plus }, cell, terms) {
  const sum = terms.reduce((total, { product }) => total + product, 0);
  const mean = divide ? sum / divide : sum;
  return plus ? mean + numberAt(factorsAt({ factors: [plus] }, cell, 0)[0]) : mean;
}

function termHtml({ k, factors, product }, counted, several) {
  const cells = factors.map((factor) =>
    `<td><span class="factor">${cellLink(factor)} <span class="number">${written(numberAt(factor), 6)}</span></span></td>`);
  return `<tr>${counted ? `<th scope="row">${k}</th>` : ""}${cells.join("")}${
    several ? `<td class="number">${written(product, 6)}</td>` : ""}</tr>`;
}

function sumHtml(recipe, cell, terms) {
  const { factors, over, divide, plus, count } = recipe;
  const counted = factors.some(({ at }) => at.includes("k"));
  const several = factors.length > 1 || !counted;
  const width = counted + factors.length + several;
  const foot = (label, x) => `<tr><th scope="row" colspan="${width - 1}">${label}</th><td class="number">${x}</td></tr>`;
  const sum = terms.reduce((total, { product }) => total + product, 0);
  const bias = plus && factorsAt({ factors: [plus] }, cell, 0)[0];
  return `<div class="scroll products" tabindex="0" role="group" aria-label="What is added up"><table><thead><tr>${
    counted ? '<th scope="col">k</th>' : ""}${factors.map(({ name }) => `<th scope="col">${safe(name)}</th>`).join("")}${
    several ? '<th scope="col" class="number">product</th>' : ""}</tr></thead>
    <tbody>${terms.map((term) => termHtml(term, counted, several)).join("")}</tbody><tfoot>${
    counted ? foot(`sum over ${count} ${safe(over)}`, written(sum, 6)) : ""}${
    divide ? foot(`divided by ${divide}`, `/ ${divide}`) : ""}${
    bias ? foot(`plus ${cellLink(bias)}`, `+ ${bracketed(written(numberAt(bias), 6), "+")}`) : ""}${
    foot(safe(cellName(cell)), `= ${written(totalOf(recipe, cell, terms), 6)}`)}</tfoot></table></div>`;
}

// As many digits as tell it from its neighbours: in a formula, fewer might say that 1 − A is 0.
const whole = (x) => (Number.isFinite(x) ? String(x).replace(/-/g, "−").replace("e+", "e") : written(x, 6));

function bracketed(text, before) {
  return text.startsWith("−") && /[+−·/^]\s*$/.test(before) ? `(${text})` : text;
}

function applyHtml(template, cell, total) {
  const filled = (operand) => template.split(PLACE).map((part, i, parts) =>
    (i % 2 ? operand(beside(part, cell), parts[i - 1]) : safe(part))).join("");
  return `<p class="applied"><b>${safe(cellName(cell))}</b><br>= ${filled((factor) => cellLink(factor))}<br>= ${
    filled((factor, before) => `<span class="number">${bracketed(whole(numberAt(factor)), before)}</span>`)}${
    Number.isNaN(total) ? "" : `<br>= <span class="number">${written(total, 6)}</span>`}</p>`;
}

function operandWords(cell) {
  const { recipe } = quantities[cell.name];
  if (recipe?.kind !== "apply") return "";
  const words = operandsOf(recipe.template, cell).map((operand) => `${cellLink(operand)} = ${short(numberAt(operand))}`);
  return words.length ? ` Here ${list(words)}.` : "";
}

const zeroWords = (cell) => ` ${safe(quantities[cell.name].zero)}${operandWords(cell)}`;

// The factors that are 0 in these terms; of a quantity with several, the first stands for all.
function zeroFactors(terms) {
  const zeros = terms.flatMap(({ factors }) => factors.filter((factor) => numberAt(factor) === 0));
  return zeros.filter(({ name }, i) => zeros.findIndex((other) => other.name === name) === i);
}

function whyZero(recipe, cell, terms) {
  if (recipe.kind === "apply") return zeroWords(cell);
  if (terms.some(({ product }) => product !== 0)) return " The products are not 0; they cancel.";
  const factors = zeroFactors(terms).map((factor) => `${cellLink(factor)} is 0.${zeroWords(factor)}`);
  const head = terms.length > 1 ? ` All ${terms.length} products are 0: each has a factor that is 0.` : "";
  return `${head} ${terms.length > 1 ? "For example " : "Its factor "}${factors.join(" ")}`;
}

function differenceHtml(cell, source) {
  const [difference, bound] = [Math.abs(numberAt(cell, "differences", source)), numberAt(cell, "allowed", source)];
  const ratio = difference === 0 ? 0 : difference / bound;
  const verdict = Number.isNaN(bound) ? "not computed" : bound === Infinity ? "undecidable" : ratio <= 1 ? `✓ ${rough(ratio)}` : `<b class="bad">✗ ${rough(ratio)}</b>`;
  const numbersHtml = [written(difference, 3), written(bound, 3), verdict].map((x) => `<td class="number">${x}</td>`);
  return `<tr><th scope="row">${SOURCES[source]}</th>${numbersHtml.join("")}</tr>`;
}

function differencesHtml(cell) {
  const sources = Object.keys(SOURCES).filter((source) => source in quantities[cell.name].differences);
  if (!sources.length) return "";
  return `<table class="sources"><thead><tr><th scope="col">NumPy and</th><th scope="col" class="number">|difference|</th>
    <th scope="col" class="number">bound</th><th scope="col" class="number">ratio</th></tr></thead>
    <tbody>${sources.map((source) => differenceHtml(cell, source)).join("")}</tbody></table>`;
}

function valuesHtml(cell) {
  const others = quantities[cell.name].differences;
  const sources = ["numpy", "torch", "tape"].filter((source) => source === "numpy" || source in others);
  return `<table class="sources values"><tbody>${sources.map((source) => `<tr><th scope="row">${SOURCES[source]}</th>
    <td class="number">${exact(valueAt(cell, source))}</td></tr>`).join("")}</tbody></table>`;
}

function totalWords(total, value) {
  if (Number.isNaN(total)) return "";
  if (total === value) return '<p class="aside">Computed here, it is NumPy’s number to the last bit.</p>';
  return `<p class="aside">Computed here, in this order, it is ${exact(total)}: ${
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
  return `${zero}${body}${totalWords(total, numberAt(cell))}`;
}

function cellPanelHtml(cell, terms, total) {
  const { formula, recipe } = quantities[cell.name];
  return `<button type="button" id="close" aria-label="Close ${safe(cellName(cell))}">✕</button>
    <h3 tabindex="-1">${safe(cellName(cell))} <span class="value">= ${short(numberAt(cell))}</span></h3>
    ${madeHtml(cell)}<div class="formulas scroll">${formula}</div>${recipeHtml(recipe, cell, terms, total)}
    ${valuesHtml(cell)}${differencesHtml(cell)}`;
}

function drawCell() {
  const panel = byId("cell");
  for (const key of Object.keys(panel.dataset)) delete panel.dataset[key];
  if (!opened) panel.innerHTML = '<p class="aside">The number you choose is explained here.</p>';
  else {
    const { recipe } = quantities[opened.name];
    const terms = recipe?.kind === "sum" ? termsOf(recipe, opened) : [];
    const total = !recipe ? numberAt(opened)
      : recipe.kind === "sum" ? totalOf(recipe, opened, terms) : evaluate(recipe.tree, opened);
    panel.innerHTML = cellPanelHtml(opened, terms, total);
    Object.assign(panel.dataset, { ...opened, total: String(total), value: String(numberAt(opened)) });
  }
  markCells();
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

// Where the reader is

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

function showLit(box) {
  const lit = box.querySelector("mark");
  if (lit) box.scrollTop = lit.offsetTop - box.clientHeight / 3;
}

function go(index) {
  const step = Math.max(0, Math.min(steps.length - 1, index));
  if (step === current && !opened) return;
  show(step, null);
  history.replaceState({ step, cell: null }, "", `#${steps[step].id}`);
}

function homeOf(name) {
  if (quantities[name].step !== null) return quantities[name].step;
  const step = steps.findIndex(({ in: into, reads, out }) => [...into, ...reads, ...out].includes(name));
  return step < 0 ? Math.max(current, 0) : step;
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

// Addresses: #dW2[0,1] is a cell, #dW2 the step that makes it, #ReluBackward0-1 a step

function place(text) {
  const step = steps.findIndex(({ id }) => id === text);
  if (step >= 0) return { step, cell: null };
  const [, name, inside] = text.match(/^(.*?)\s*(?:\[(.*)\])?$/s);
  if (!Object.hasOwn(quantities, name)) return { wrong: unknown(name) };
  if (inside === undefined) return { step: homeOf(name), cell: null };
  const [rows, columns] = sizeOf(name);
  const [, row, column] = inside.match(/^\s*(\d+)\s*,\s*(\d+)\s*$/) || [];
  const fits = Number(row) < rows && Number(column) < columns;
  if (!fits) return { wrong: outside(text, name, rows, columns) };
  return { step: homeOf(name), cell: { name, row: Number(row), column: Number(column) } };
}

const unknown = (name) => `There is no “${name}” on this page. There are the tensors ${Object.keys(quantities).join(", ")}; `
  + `and the steps ${steps.map(({ id }) => id).join(", ")}.`;
const outside = (text, name, rows, columns) => `There is no “${text}”. ${name} has ${plural(rows, "row")} and ${
  plural(columns, "column")}: rows 0 to ${rows - 1}, columns 0 to ${columns - 1}. A cell is written ${name}[row, column].`;

function addressed() {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
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

// Events

function moveInGrid(event, td) {
  const name = td.closest("figure").dataset.name;
  const [row, column] = [Number(td.dataset.row), Number(td.dataset.column)];
  const [rows, columns] = sizeOf(name);
  const moves = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1], Home: [row, 0], End: [row, columns - 1] };
  const [toRow, toColumn] = moves[event.key];
  focusCell({ name, row: Math.max(0, Math.min(rows - 1, toRow)), column: Math.max(0, Math.min(columns - 1, toColumn)) });
}

const cellOf = (td) => ({ name: td.closest("figure").dataset.name, row: Number(td.dataset.row), column: Number(td.dataset.column) });

const STEPS = { ArrowLeft: () => current - 1, ArrowRight: () => current + 1, Home: () => 0, End: () => steps.length - 1,
  PageUp: () => current - 1, PageDown: () => current + 1 };

// True when the key was used.
function keyInGrid(event, td) {
  if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") moveInGrid(event, td);
  else if (event.key === "Enter" || event.key === " ") openCell(cellOf(td), { focus: true });
  else if (event.key.startsWith("Page")) go(STEPS[event.key]());
  else return false;
  return true;
}

function keyOnPage(event, from) {
  const scrolls = from.closest("[tabindex='0'].scroll");
  if (event.key === "Escape" && opened) closeCell();
  else if (event.key === "Escape") document.activeElement.blur();
  else if (event.key in STEPS && !event.key.startsWith("Page") && !(scrolls && scrolls.scrollWidth > scrolls.clientWidth)) {
    go(STEPS[event.key]());
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const from = event.target === document ? document.body : event.target;
  if (from.matches("input, textarea, select")) return;
  const td = from.closest("[role=grid] td[data-row]");
  if ((td && keyInGrid(event, td)) || keyOnPage(event, from)) event.preventDefault();
});

function moveWindow(button) {
  const { name } = button.closest("figure").dataset;
  const { from } = windowOf(name);
  const size = sizeOf(name);
  const by = [Number(button.dataset.rows), Number(button.dataset.columns)];
  corners.set(name, from.map((start, axis) => Math.max(0, Math.min(start + by[axis] * WINDOW[axis], size[axis] - WINDOW[axis]))));
  redraw(name);
}

function showSaved(name) {
  if (!shown(name) && !asked.includes(name)) {
    asked.push(name);
    drawMatrices();
    markCells();
  }
  figureOf(name).scrollIntoView({ block: "nearest" });
  figureOf(name).querySelector("td[tabindex='0']")?.focus();
}

document.addEventListener("click", (event) => {
  const within = (selector) => event.target.closest(selector);
  if (within("[role=grid] td[data-row]")) {
    const cell = cellOf(within("td"));
    focusCell(cell);
    openCell(cell);
  } else if (within("#close")) closeCell();
  else if (within("[data-rows]")) moveWindow(within("[data-rows]"));
  else if (within("[data-draw]")) redraw(within("figure").dataset.name);
  else if (within("[data-show]")) showSaved(within("[data-show]").dataset.show);
  else if (within("figure.matrix a, #cell a") && place(decodeURIComponent(within("a").hash.slice(1))).cell) {
    event.preventDefault();
    openCell(place(decodeURIComponent(within("a").hash.slice(1))).cell, { focus: true });
  }
});

byId("previous").addEventListener("click", () => go(current - 1));
byId("next").addEventListener("click", () => go(current + 1));
byId("slider").addEventListener("input", ({ target }) => go(Number(target.value)));
document.addEventListener("toggle", ({ target }) => target.querySelectorAll("pre").forEach(showLit), true); // toggle does not bubble
addEventListener("popstate", ({ state }) => state && show(state.step, state.cell));
addEventListener("hashchange", () => history.state || follow());

byId("slider").max = steps.length - 1;
byId("summary").textContent = data.summary;
byId("network").open = !matchMedia("(max-width: 699px)").matches;
drawNetwork();
follow();
