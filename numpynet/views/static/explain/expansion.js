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

function termHtml({ k, factors, product }, indexed, several) {
  const cells = factors.map((factor) =>
    `<td><span class="factor">${cellLink(factor)} <span class="number">${written(numberAt(factor), 6)}</span></span></td>`);
  return `<tr>${indexed ? `<th scope="row">${k}</th>` : ""}${cells.join("")}${
    several ? `<td class="number">${written(product, 6)}</td>` : ""}</tr>`;
}

function sumHtml(recipe, cell, terms) {
  const { factors, over, divide, plus, count } = recipe;
  const indexed = factors.some(({ at }) => at.includes("k"));
  const several = factors.length > 1 || !indexed;
  const width = indexed + factors.length + several;
  const foot = (label, x) => `<tr><th scope="row" colspan="${width - 1}">${label}</th><td class="number">${x}</td></tr>`;
  const sum = terms.reduce((total, { product }) => total + product, 0);
  const bias = plus && factorsAt({ factors: [plus] }, cell, 0)[0];
  return `<div class="scroll products" tabindex="0" role="group" aria-label="What is added up"><table><thead><tr>${
    indexed ? '<th scope="col">k</th>' : ""}${factors.map(({ name }) => `<th scope="col">${safe(name)}</th>`).join("")}${
    several ? '<th scope="col" class="number">product</th>' : ""}</tr></thead>
    <tbody>${terms.map((term) => termHtml(term, indexed, several)).join("")}</tbody><tfoot>${
    indexed ? foot(`sum over ${safe(counted(count, over))}`, written(sum, 6)) : ""}${
    divide ? foot(`divided by ${divide}`, `/ ${divide}`) : ""}${
    bias ? foot(`plus ${cellLink(bias)}`, `+ ${bracketed(written(numberAt(bias), 6), "+")}`) : ""}${
    foot(safe(cellName(cell)), `= ${written(totalOf(recipe, cell, terms), 6)}`)}</tfoot></table></div>`;
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
