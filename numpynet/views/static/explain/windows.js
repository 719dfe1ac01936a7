// A large matrix is shown through a window, which can be moved.

const WHOLE = 16; // a matrix with more rows or columns is shown through a window
const WINDOW = [12, 8];
const corners = new Map(); // where the window of a large matrix stands: name → [row, column]

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

function moveWindow(button) {
  const { name } = button.closest("figure").dataset;
  const { from } = windowOf(name);
  const size = sizeOf(name);
  const by = [Number(button.dataset.rows), Number(button.dataset.columns)];
  corners.set(name, from.map((start, axis) => Math.max(0, Math.min(start + by[axis] * WINDOW[axis], size[axis] - WINDOW[axis]))));
  redraw(name);
}
