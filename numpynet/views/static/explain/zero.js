// Why a number is exactly 0.

function operandWords(cell) {
  const { recipe } = quantities[cell.name];
  if (recipe?.kind !== "apply") return "";
  const words = operandsOf(recipe.template, cell).map((operand) => `${cellLink(operand)} = ${short(numberAt(operand))}`);
  return words.length ? ` Here ${list(words)}.` : "";
}

const zeroWords = (cell) => ` ${safe(quantities[cell.name].zero)}${operandWords(cell)}`;

// The factors that are 0 in these terms; of a quantity with several, the first stands for all.
function zeroFactors(terms) {
  const zeros = terms.flatMap(({ factors }) => factors.filter((factor) => numberAt(factor) === 0));
  return zeros.filter(({ name }, i) => zeros.findIndex((other) => other.name === name) === i);
}

function whyZero(recipe, cell, terms) {
  if (recipe.kind === "apply") return zeroWords(cell);
  if (terms.some(({ product }) => product !== 0)) return " The products are not 0; they cancel.";
  const factors = zeroFactors(terms).map((factor) => `${cellLink(factor)} is 0.${zeroWords(factor)}`);
  const head = terms.length > 1 ? ` All ${terms.length} products are 0: each has a factor that is 0.` : "";
  return `${head} ${terms.length > 1 ? "For example " : "Its factor "}${factors.join(" ")}`;
}
