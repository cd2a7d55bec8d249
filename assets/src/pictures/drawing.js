// A picture of a graph: things are links, labels do not overlap, nothing moves.

import { arrange } from "./arrange.js";

const DOT = 6;
const LINE = 16;
const FONT = "13px system-ui,sans-serif";
const MOST_TEXT = 160;
const MOST_LINES = 3;

/** Return an SVG of things and the links between them, `width` pixels wide. */
export function drawGraph({ things, links, width, name, lang }) {
  const measure = measurer();
  const most = Math.min(MOST_TEXT, width / 2 - 24);
  const boxes = things.map((thing) => {
    const label = linesOf(thing.name, most, measure);
    const widest = Math.max(2 * DOT, ...label.map((line) => measure(line.trimEnd())));
    const isCut = label.join("").length < thing.name.trim().length;
    const last = measure(label.at(-1).trimEnd());
    return { thing, label, isCut, last, width: widest + (isCut ? 36 : 10), height: 2 * DOT + label.length * LINE + 8 };
  });
  const places = new Map(boxes.map((box) => [box.thing, box]));
  const pairs = links.map(({ source, target, predicates }) => ({
    source: places.get(source),
    target: places.get(target),
    name: predicates.map((one) => one.text).join(", "),
  }));
  const height = arrange(boxes, pairs, width);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": name });
  svg.append(arrowHead(), ...pairs.map(lineOf), ...boxes.map((box) => nodeOf(box, lang)));
  return svg;
}

function measurer() {
  const context = document.createElement("canvas").getContext("2d");
  context.font = FONT;
  return (label) => context.measureText(label).width;
}

/** Return a name in lines of at most `most` pixels; words that have no room are left out.
 *
 * A line keeps the blank that it ends in. Han letters are words, and so are parts of long ones.
 */
function linesOf(name, most, measure) {
  const words = name.match(/\p{Script=Han}|[^\s\p{Script=Han}]{1,15}\s*/gu) ?? [name];
  const lines = [""];
  for (const word of words) {
    const longer = lines.at(-1) + word;
    if (!lines.at(-1) || measure(longer.trimEnd()) <= most) lines[lines.length - 1] = longer;
    else if (lines.length < MOST_LINES) lines.push(word);
    else break;
  }
  return lines;
}

function draw(name, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function arrowHead() {
  const marker = { id: "ask-arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  return draw("defs", {}, draw("marker", marker, draw("path", { d: "M0 0 8 4 0 8z" })));
}

function lineOf({ source, target, name }) {
  const [x, y] = [target.x - source.x, target.y - source.y];
  const length = Math.hypot(x, y) || 1;
  const end = (DOT + 2) / length;
  const line = { x1: source.x, y1: source.y, x2: target.x - x * end, y2: target.y - y * end, "marker-end": "url(#ask-arrow)" };
  return draw("line", line, draw("title", {}, name));
}

function nodeOf({ thing, label, isCut, last, x, y }, lang) {
  const bottom = y + DOT + label.length * LINE - 3;
  const parts = [
    draw("circle", { cx: x, cy: y, r: DOT }),
    draw(
      "text",
      { lang: thing.lang === lang ? "" : (thing.lang ?? "") },
      ...label.map((line, place) => draw("tspan", { x, y: y + DOT + (place + 1) * LINE - 3 }, line)),
    ),
  ];
  const name = isCut ? thing.name : "";
  const node = thing.href ? draw("a", { href: thing.href, "aria-label": name }, ...parts) : draw("g", {}, ...parts);
  // The sign that a name goes on is no part of the link: its name must hold what it shows.
  const more = isCut ? [draw("text", { x: x + last / 2 + 8, y: bottom, "aria-hidden": "true" }, draw("title", {}, thing.name), "…")] : [];
  return draw("g", {}, node, ...more);
}
