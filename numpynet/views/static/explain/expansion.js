// What a number is made of: a sum of products, or a formula of other numbers.

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

// A row of the sum: its factors, each with its number, and their product; `texts` are the numbers, aligned.
function termHtml({ k, factors }, texts, indexed) {
  const cells = factors.map((factor, i) =>
    `<td><span class="factor">${cellLink(factor)} <span class="number">${texts[i]}</span></span></td>`);
  return `<tr>${indexed ? `<th scope="row">${k}</th>` : ""}${cells.join("")}${
    texts.length > factors.length ? `<td class="number">${texts.at(-1)}</td>` : ""}</tr>`;
}

// The rows below the terms: each its words and its number.
function footOf({ over, divide, plus, count }, cell, terms, indexed) {
  const sum = terms.reduce((total, { product }) => total + product, 0);
  const bias = plus && factorsAt({ factors: [plus] }, cell, 0)[0];
  return [
    indexed && [`sum over ${safe(counted(count, over))}`, written(sum, 6)],
    divide && [`divided by ${divide}`, `/ ${divide}`],
    bias && [`plus ${cellLink(bias)}`, `+ ${bracketed(written(numberAt(bias), 6), "+")}`],
    [safe(cellName(cell)), `= ${written(totalOf({ divide, plus }, cell, terms), 6)}`],
  ].filter(Boolean);
}

function sumHtml(recipe, cell, terms) {
  const indexed = recipe.factors.some(({ at }) => at.includes("k"));
  const several = recipe.factors.length > 1 || !indexed;
  const foot = footOf(recipe, cell, terms, indexed);
  const columns = recipe.factors.map((_, i) => terms.map(({ factors }) => written(numberAt(factors[i]), 6)));
  if (several) columns.push(terms.map(({ product }) => written(product, 6)));
  const last = aligned([...columns.pop(), ...foot.map(([, text]) => text)]);
  const texts = [...columns.map(aligned), last];
  const rows = terms.map((term, row) => termHtml(term, texts.map((column) => column[row]), indexed));
  const feet = foot.map(([words], i) => `<tr><th scope="row" colspan="${indexed + texts.length - 1}">${words}</th>
    <td class="number">${last[terms.length + i]}</td></tr>`);
  return `<div class="scroll products" tabindex="0" role="group" aria-label="What is added up"><table><thead><tr>${
    indexed ? '<th scope="col">k</th>' : ""}${recipe.factors.map(({ name }) => `<th scope="col">${safe(name)}</th>`).join("")}${
    several ? '<th scope="col" class="number">product</th>' : ""}</tr></thead>
    <tbody>${rows.join("")}</tbody><tfoot>${feet.join("")}</tfoot></table></div>`;
}

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
