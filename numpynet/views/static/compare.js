// The comparison: rows that open and close.

const buttons = [...document.querySelectorAll(".row button")];

function setOpen(button, open) {
  const more = byId(button.getAttribute("aria-controls"));
  button.setAttribute("aria-expanded", open);
  more.hidden = !open;
  if (open) more.querySelectorAll("pre").forEach(showLit);
}

function toggle(button) {
  const open = button.getAttribute("aria-expanded") === "false";
  setOpen(button, open);
  history.replaceState(null, "", `#${open ? button.id : ""}`);
}

// Addresses: #dW3 is a row; #dW3[4,7], an element, its row

function follow() {
  const name = addressed().replace(/\s*\[.*$/s, "");
  const button = buttons.find(({ id }) => id === name);
  byId("message").textContent = name && !byId(name) ? `There is no “${name}” on this page. There are the tensors ${
    buttons.map(({ id }) => id).join(", ")}.` : "";
  if (!button) return;
  setOpen(button, true);
  button.scrollIntoView();
  button.focus({ preventScroll: true });
}

const MOVES = { ArrowUp: (index) => index - 1, ArrowDown: (index) => index + 1, Home: () => 0, End: () => buttons.length - 1 };

document.addEventListener("keydown", (event) => {
  const index = buttons.indexOf(event.target);
  if (index < 0 || !(event.key in MOVES) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  buttons[MOVES[event.key](index)]?.focus();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("#expand, #collapse")) buttons.forEach((button) => setOpen(button, target.id === "expand"));
  const row = target.closest(".row");
  const selecting = !target.closest("button") && !getSelection().isCollapsed; // a drag over numbers, to copy them
  if (row && !selecting) toggle(row.querySelector("button"));
  if (target.closest("a[href]")?.hash === location.hash) follow(); // no hashchange comes where the address stays
});

addEventListener("hashchange", follow);
for (const button of buttons) setOpen(button, button.getAttribute("aria-expanded") === "true");
follow();
