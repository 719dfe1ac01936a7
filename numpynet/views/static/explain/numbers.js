// The page's data: tensors packed in base64, and their elements.

const data = JSON.parse(document.getElementById("data").textContent);
const { steps, stages, quantities, codes, also } = data;
const decoded = new Map();

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
