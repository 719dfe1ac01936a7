// Lines of code that a button copies.

const textOf = (id) => [...byId(id).querySelectorAll(".line")].map((line) => line.textContent.trimEnd()).join("\n");

async function copy(button) {
  const ids = button.dataset.copy.split(" ");
  try {
    await navigator.clipboard.writeText(`${ids.map(textOf).join("\n\n\n")}\n`);
    button.textContent = "Copied";
  } catch { // a browser that lets no page write there
    getSelection().selectAllChildren(byId(ids.at(-1)));
    button.textContent = "Selected: copy with the keyboard";
  }
}
