// A step in words, its code, and what autograd saved at it.

function codeHtml(who, { title, code, lines = [] }) {
  if (code === null) return `<figcaption><b>${who}</b> ${safe(title || "no code of its own here")}</figcaption>`;
  const { place, html } = codes[code];
  const line = (text, i) => {
    const tag = lines.includes(i + 1) ? "mark" : "span";
    return `<${tag} class="line">${text || " "}</${tag}>`;
  };
  return `<figcaption><b>${who}</b> ${safe(title)} <span class="aside">${safe(place)}</span></figcaption>
    <pre tabindex="0" class="scroll" aria-label="${who}: ${safe(title)}"><code>${html.map(line).join("")}</code></pre>`;
}

function savedRow({ field, tensor, shape, bytes, kept, note, quantity }) {
  const name = quantity === null ? safe(tensor)
    : `<button type="button" class="link" data-show="${safe(quantity)}">${safe(tensor)}</button>`;
  return `<tr><th scope="row"><code>${safe(field)}</code></th><td>${name}</td><td>${kept ? `<code>${safe(kept)}</code>,` : "nowhere:"} <span class="aside">${
    safe(note)}</span></td>
    <td>${shape.join(" × ") || "one number"}, <span class="bytes">${String(bytes).replace(/\B(?=(\d{3})+$)/g, ",")} bytes</span></td></tr>`;
}

function savedHtml({ saved, phase, plumbing }) {
  if (!saved.length) return plumbing || phase === "update" ? "" : "<p>Autograd saved no tensor at this operation.</p>";
  return `<table class="saved"><caption>Saved for the backward pass <a href="#everything">all layers in one table</a></caption>
    <thead><tr><th scope="col">saved as</th><th scope="col">tensor</th><th scope="col">where NumPy keeps it</th>
    <th scope="col">in torch</th></tr></thead>
    <tbody>${saved.map(savedRow).join("")}</tbody></table>`;
}

// The experiment that goes on from here.
function related({ phase, title, plumbing }) {
  if (title === "AccumulateGrad") return '<a href="#accumulate">Gradients accumulate</a>';
  return phase === "backward" && !plumbing ? '<a href="#vjp">It is a vector-Jacobian product</a>' : "";
}

function stepHtml(step) {
  const bookkeeping = step.plumbing ? ": bookkeeping, no arithmetic" : "";
  return `<div class="head"><p class="phase ${step.phase}">${PHASES[step.phase]}${bookkeeping}</p>
    <h2 id="step-title">${breakable(step.title)} <span class="aside">${safe(step.subtitle)}</span></h2>${related(step)}</div>
    <div class="words"><p class="what">${safe(step.what)}</p>
    <div class="formulas scroll">${step.formulas.join("")}</div></div>`;
}

// Lines to copy; the network and its data go before.
const OTHERS = "There are too many weights or data to be written out: others stand in for them, and other numbers are printed";

function snippetHtml({ snippet }) {
  if (!snippet) return "";
  const lines = snippet.split("\n").map((line) => `<span class="line">${safe(line) || " "}</span>`);
  return `<details class="experiment"><summary>Print the same from your own model</summary>
    <p class="what">The button copies <a href="#before">this page’s network, its data and its cost</a>, then these lines${
    data.all_written ? ": they print this page’s numbers" : `. ${OTHERS}`}. Put an nn.Sequential of your own, of the same layers, in the network’s place, and they print its numbers.</p>
    <button type="button" data-copy="model setup snippet">Copy all</button>
    <pre tabindex="0" class="scroll" id="snippet" aria-label="Lines to copy"><code>${lines.join("")}</code></pre></details>`;
}

const notesHtml = ({ notes }) => notes.map((note) => `<p class="note">${safe(note)}</p>`).join("");

function codesHtml(step) {
  return `<h3 class="unseen">The code</h3><div class="codes"><figure>${codeHtml("PyTorch", step.torch)}</figure>
    <figure>${codeHtml("NumPy", step.numpy)}</figure></div>
    ${step.tape.code === null ? "" : `<details class="tape"><summary>The tape’s code</summary><figure>${
      codeHtml("Tape", step.tape)}</figure></details>`}`;
}
