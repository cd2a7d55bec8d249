// Where the words of a query stand in a text, as kg/web/marks.py has it.

import { element } from "../page/element.js";
import { words } from "./words.js";

const SHOWN = 240;
const BEFORE_HIT = 60;

/** Say whether a word of the query stands in a text. */
export function hasHit(text, asked) {
  return spans(text, asked).length > 0;
}

/** Return the nodes of a whole text, its hits marked. */
export function marked(text, asked) {
  const nodes = [];
  let place = 0;
  for (const [start, end] of spans(text, asked)) {
    nodes.push(text.slice(place, start), element("mark", {}, text.slice(start, end)));
    place = end;
  }
  return [...nodes, text.slice(place)];
}

/** Return the nodes of a piece of a text from shortly before its first hit. */
export function excerpt(text, asked) {
  if (text.length <= SHOWN) return marked(text, asked);
  const first = spans(text, asked)[0]?.[0] ?? 0;
  let start = Math.max(0, Math.min(first - BEFORE_HIT, text.length - SHOWN));
  let end = start + SHOWN;
  while (start > 0 && start < first && /[!-~]/.test(text[start - 1])) start += 1;
  while (end < text.length && end > first && /[!-~]/.test(text[end])) end -= 1;
  return [start ? "… " : "", ...marked(text.slice(start, end).trim(), asked), end < text.length ? " …" : ""];
}

function spans(text, asked) {
  const whole = new Set(asked.flatMap((term) => term.words));
  const prefixes = asked.map((term) => term.prefix).filter(Boolean);
  const found = words(text)
    .filter((word) => whole.has(word.text) || prefixes.some((prefix) => word.text.startsWith(prefix)))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const joined = [];
  for (const { start, end } of found) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}
