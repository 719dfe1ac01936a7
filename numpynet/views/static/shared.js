// What both pages use.

const byId = (id) => document.getElementById(id);

function addressed() {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

// The marked line of a piece of code, moved into view.
function showLit(box) {
  const lit = box.querySelector("mark");
  if (lit) box.scrollTop = lit.offsetTop - box.clientHeight / 3;
}
