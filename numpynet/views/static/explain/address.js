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

function homeOf(name) {
  if (quantities[name].step !== null) return quantities[name].step;
  const step = steps.findIndex(({ in: into, reads, out }) => [...into, ...reads, ...out].includes(name));
  return step < 0 ? Math.max(current, 0) : step;
}
