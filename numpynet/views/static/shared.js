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

// The marked lines of a piece of code, moved into view where they are below: two lines under its first, which stays.
function showLit(box) {
  const lines = [...box.querySelectorAll(".line")];
  const lit = lines.flatMap((line, i) => (line.matches("mark") ? [i] : []));
  box.scrollTop = 0;
  if (!lit.length || lines[lit.at(-1)].offsetTop + lines[0].offsetHeight <= box.clientHeight) return;
  const top = lines[Math.max(1, lit[0] - 2)].offsetTop - lines[0].offsetHeight;
  const lacking = top - (box.scrollHeight - box.clientHeight); // below the last line, for a whole one at the top
  if (lacking > 0) box.firstElementChild.style.paddingBottom = `calc(.5rem + ${Math.ceil(lacking)}px)`;
  box.scrollTop = top;
}
