// Numbers and names as people read them.

const SOURCES = { numpy: "NumPy", torch: "torch", tape: "tape", central: "central differences" };
const BRIEFLY = { ...SOURCES, central: "central" };
const WHOSE = { torch: "torch’s", tape: "the tape’s", central: "the central differences" };
const PHASES = { forward: "Forward", backward: "Backward", update: "Update" };

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

// As many digits as tell it from its neighbours: in a formula, fewer might say that 1 − A is 0.
const whole = (x) => (Number.isFinite(x) ? String(x).replace(/-/g, "−").replace("e+", "e") : written(x, 6));

// The numbers of a column, filled up so that their decimal points stand one below the other.
function aligned(texts) {
  const tail = (text) => (text.includes(".") ? text.length - text.indexOf(".") : 0);
  const longest = Math.max(...texts.map(tail));
  return texts.map((text) => text + "\u00a0".repeat(longest - tail(text)));
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const safe = (text) => String(text).replace(/[&<>"']/g, (character) => ESCAPES[character]);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const counted = (count, words) => `${count} ${count === 1 ? words.replace(/^(\w+)s\b/, "$1") : words}`; // "units of layer 2"
const list = (words) => [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" and ");
const stepName = ({ title, subtitle }) => title + (subtitle ? `, ${subtitle}` : "");
const isScalar = (name) => quantities[name].shape.length === 0;
const cellName = ({ name, row, column }) => (isScalar(name) ? name : `${name}[${row}, ${column}]`);
const captioned = (name) => safe(name) + (also[name] ? ` = ${also[name]}` : ""); // A0 = X
const cellHash = ({ name, row, column }) => `#${name}[${row},${column}]`;
const cellLink = (cell, text = cellName(cell)) => `<a href="${safe(cellHash(cell))}">${safe(text)}</a>`;
const breakable = (name) => safe(name).replace(/([a-z0-9])(?=[A-Z])/g, "$1<wbr>");
