// Which terms are numbers, and which columns can be drawn.

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBER = /^(integer|decimal|float|double|(non)?(positive|negative)integer|(unsigned)?(long|int|short|byte))$/i;

/** Say whether a term is a number. */
export function isNumber(term) {
  return Boolean(term?.datatype?.startsWith(XSD) && NUMBER.test(term.datatype.slice(XSD.length)));
}

/** Say whether a datatype goes without saying. */
export function isPlain(datatype) {
  const name = datatype?.startsWith(XSD) ? datatype.slice(XSD.length) : "";
  return !datatype || NUMBER.test(name) || name === "string" || name === "boolean";
}

/** Return the places of the columns that hold numbers and nothing else. */
export function numberColumns({ variables, rows }) {
  return variables.flatMap((_, column) => {
    const terms = rows.map((row) => row[column]).filter(Boolean);
    return terms.length && terms.every(isNumber) ? [column] : [];
  });
}

/** Return the column that names the rows of a chart: the first that is no number, else the first. */
export function labelColumn({ variables }, numbers) {
  const column = variables.findIndex((_, place) => !numbers.includes(place));
  return Math.max(column, 0);
}

/** Say whether an answer has something to draw and something to call it by. */
export function hasChart(answer) {
  return answer.kind === "table" && answer.variables.length > 1 && numberColumns(answer).length > 0;
}
