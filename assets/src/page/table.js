import { cellNodes } from "./cell.js";
import { element } from "./element.js";
import { numberColumns } from "./numbers.js";
import { data, text } from "./texts.js";

/** Return the answer as a table; of a long one the first rows, and a line that says so. */
export function tableView(answer, names) {
  const { rows } = answer;
  if (!rows.length) return [element("p", {}, text(answer.kind === "graph" ? "noTriples" : "empty"))];
  const shown = rows.slice(0, data.shownRows);
  const more = rows.length > shown.length;
  return [
    ...(more ? [element("p", { class: "note" }, text("firstRows", { shown: shown.length, all: rows.length }))] : []),
    table(answer, shown, names),
  ];
}

function table(answer, rows, names) {
  const heads =
    answer.kind === "graph" ? ["subject", "predicate", "object"].map((name) => text(name)) : answer.variables;
  const numbers = numberColumns({ variables: heads, rows }).map((column) => `n${column + 1}`);
  return element(
    "div",
    { class: "scroll", role: "region", "aria-label": text("table"), tabindex: "0" },
    element(
      "table",
      { class: ["answer", ...numbers].join(" ") },
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element(
        "tbody",
        {},
        ...rows.map((row) =>
          element("tr", {}, ...row.map((term) => element("td", {}, ...cellNodes(term, names)))),
        ),
      ),
    ),
  );
}
