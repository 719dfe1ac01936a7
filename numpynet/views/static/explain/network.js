// The picture of the network: a column a stage, a lane a direction.

// AccumulateGrad of W2 as W2.grad.
function bookkeeping({ id, title }) {
  if (title === "TBackward0") return "transpose";
  return title === "AccumulateGrad" ? `${id.split("-")[1]}.grad` : title.replace(/Backward\d+$/, "");
}

function chip(index, small = false) {
  const step = steps[index];
  const order = `<span class="order">${index + 1}</span> `;
  const tail = small ? bookkeeping(step) : step.phase === "update" ? `${step.out[0]} … ${step.out.at(-1)}` : step.out.join(" ");
  const name = step.phase === "forward" ? step.out.map(captioned).join(" ") : safe(tail);
  const label = small || step.phase === "forward" ? order : `<span class="node">${order}${breakable(step.title)}</span> `;
  return `<a class="chip ${step.phase}${small ? " small" : ""}" href="#${safe(step.id)}" data-step="${index}" title="${
    safe(stepName(step))}">${label}${name}</a>`;
}

function stageHtml({ title, forward, backward }) {
  const given = `<span class="given">${steps[0].in.map(captioned).join(" ")}</span>`;
  const [main, ...plumbing] = forward === null ? updates : backward; // the update stands where the way back ends
  const small = plumbing.map((index) => chip(index, true)).join("");
  return `<li><span class="stage">${safe(title)}</span><div class="lane">${forward === null ? given : chip(forward)}</div>
    <div class="lane">${main === undefined ? "" : chip(main)}<div class="plumbing">${small}</div></div></li>`;
}

const updates = steps.flatMap(({ phase }, index) => (phase === "update" ? [index] : []));

function drawNetwork() {
  byId("lanes").innerHTML = `<ol class="stages" style="--stages: ${stages.length}">
    <li class="names" aria-hidden="true"><span></span><span>forward →</span><span>← backward</span></li>
    ${stages.map(stageHtml).join("")}</ol>`;
}

function lightNetwork() {
  const stage = stages.find(({ forward, backward }) => forward === current || backward.includes(current));
  for (const link of document.querySelectorAll(".chip")) {
    const index = Number(link.dataset.step);
    if (index === current) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
    link.classList.toggle("partner", Boolean(stage) && (index === stage.forward || index === stage.backward[0]));
  }
}
