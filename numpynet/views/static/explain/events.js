// Keys, clicks, and the start.

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
  else if (event.key === "Enter" || event.key === " ") openCell(cellOf(td), td.closest("figure"), { focus: true, keys: true });
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

// Shows a saved tensor among the step's, marked.
function showSaved(name) {
  if (opened) closeCell();
  if (!shown(name)) asked.push(name);
  drawMatrices();
  const figure = figureOf(name);
  figure.classList.add("found");
  figure.scrollIntoView({ block: "nearest" });
  figure.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const within = (selector) => event.target.closest(selector);
  if (within("[role=grid] td[data-row]")) {
    const cell = cellOf(within("td"));
    focusCell(cell);
    openCell(cell, within("figure"));
  } else if (within("#close")) closeCell();
  else if (within("[data-rows]")) moveWindow(within("[data-rows]"));
  else if (within("[data-draw]")) redraw(within("figure").dataset.name);
  else if (within("[data-copy]")) copy(within("[data-copy]"));
  else if (within("[data-show]")) showSaved(within("[data-show]").dataset.show);
  else if (within("figure.matrix a, #cell a") && place(decodeURIComponent(within("a").hash.slice(1))).cell) {
    event.preventDefault();
    openCell(place(decodeURIComponent(within("a").hash.slice(1))).cell, within("figure") || byId("cell"),
      { focus: true, keys: event.detail === 0 }); // 0: by the keyboard
  }
});

byId("previous").addEventListener("click", () => go(current - 1));
byId("next").addEventListener("click", () => go(current + 1));
byId("slider").addEventListener("input", ({ target }) => go(Number(target.value)));
document.addEventListener("toggle", ({ target }) => target.querySelectorAll("pre").forEach(showLit), true); // toggle does not bubble
narrow.addEventListener("change", placePanel);
addEventListener("popstate", ({ state }) => state && show(state.step, state.cell));
addEventListener("hashchange", () => history.state || follow());

byId("slider").max = steps.length - 1;
byId("network").open = !matchMedia("(max-width: 699px)").matches;
drawNetwork();
follow();
