// Bars: an SVG where there is room, rows of HTML where there is none.

import { called } from "../page/cell.js";
import { drawing, element } from "../page/element.js";
import { labelColumn, numberColumns } from "../page/numbers.js";
import { text } from "../page/texts.js";

const MOST_BARS = 50;
const ROW = 34;
const BAR = 10;
const WIDTH = 640;

/** Return the answer as bars, with a choice of the number where there are several. */
export function chartView(answer, names) {
  const numbers = numberColumns(answer);
  const label = labelColumn(answer, numbers);
  const choices = numbers.filter((column) => column !== label);
  const figure = element("figure", { class: "chart" });
  const draw = (column) => figure.replaceChildren(...bars(answer, label, column, names));
  draw(choices[0]);
  if (choices.length === 1) return [figure];
  const select = element(
    "select",
    { change: (event) => draw(Number(event.target.value)) },
    ...choices.map((column) => element("option", { value: String(column) }, answer.variables[column])),
  );
  return [element("p", {}, element("label", { class: "row" }, text("number"), " ", select)), figure];
}

function bars(answer, label, column, names) {
  const rows = answer.rows.filter((row) => row[column]).slice(0, MOST_BARS);
  const items = rows.map((row) => {
    const name = row[label] ? called(row[label], names) : { text: "–" };
    const href = row[label]?.type === "uri" ? names.href(row[label].value) : "";
    return { ...name, href, value: Number(row[column].value), written: row[column].value };
  });
  const scale = scaleOf(items.map((item) => item.value));
  const name = text("chartName", { number: answer.variables[column], label: answer.variables[label] });
  const more = answer.rows.length > items.length;
  return [
    picture(items, scale, name, names.lang),
    list(items, scale, name, names.lang),
    element(
      "figcaption",
      { class: "note" },
      name,
      more ? ` – ${text("firstBars", { shown: items.length, all: answer.rows.length })}` : "",
    ),
  ];
}

/** Return where a value begins and how long its bar is, as shares of the width. */
function scaleOf(values) {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const span = Math.max(0, ...finite) - low || 1;
  return (value) => {
    const reach = Number.isFinite(value) ? value : 0;
    return { start: (Math.min(reach, 0) - low) / span, length: Math.abs(reach) / span };
  };
}

function picture(items, scale, name, lang) {
  const height = items.length * ROW;
  return drawing(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, class: "wide", role: "img", "aria-label": name },
    ...items.flatMap((item, place) => {
      const y = place * ROW;
      const { start, length } = scale(item.value);
      return [
        drawing("text", { x: 0, y: y + 15, lang: item.lang === lang ? "" : item.lang }, cut(item.text)),
        drawing("text", { x: WIDTH, y: y + 15, class: "amount" }, item.written),
        drawing("rect", { x: 0, y: y + 20, width: WIDTH, height: BAR, rx: 2, class: "track" }),
        drawing("rect", { x: start * WIDTH, y: y + 20, width: Math.max(length * WIDTH, 1), height: BAR, rx: 2 }),
      ];
    }),
  );
}

function list(items, scale, name, lang) {
  return element(
    "ul",
    { class: "narrow plain", "aria-label": name },
    ...items.map((item) => {
      const { start, length } = scale(item.value);
      const bar = drawing(
        "svg",
        { viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
        drawing("rect", { width: 100, height: 4, class: "track" }),
        drawing("rect", { x: start * 100, width: Math.max(length * 100, 0.5), height: 4 }),
      );
      const label = element(item.href ? "a" : "span", { href: item.href, lang: item.lang === lang ? "" : item.lang }, item.text);
      return element("li", {}, element("div", { class: "row between" }, label, element("b", {}, item.written)), bar);
    }),
  );
}

/** Return a label as long as a line of the picture has room for; Han letters are twice as wide. */
function cut(label) {
  let room = 76;
  let kept = "";
  for (const character of label) {
    room -= character.codePointAt(0) > 0x2e80 ? 2 : 1;
    if (room < 0) return `${kept}…`;
    kept += character;
  }
  return kept;
}
