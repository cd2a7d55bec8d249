import { called } from "../page/cell.js";
import { element } from "../page/element.js";
import { text } from "../page/texts.js";
import { drawGraph } from "./drawing.js";

const LABELS = /[#/](prefLabel|label|title|name)$/;
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const MOST_NODES = 30;

/** Return the things of a graph that are linked to each other, the most linked first.
 *
 * What kind a thing is goes unsaid where there is anything else to say: kinds would be the
 * center of every picture.
 */
export function linkedThings(answer, names) {
  const between = answer.rows.filter(([subject, , object]) => isThing(subject) && isThing(object) && subject.value !== object.value);
  const told = between.filter(([, predicate]) => predicate.value !== TYPE);
  const ownLabels = labelsIn(answer.rows, names.lang);
  const things = new Map();
  const links = new Map();
  const thing = (term) => {
    const key = `${term.type} ${term.value}`;
    if (!things.has(key)) things.set(key, { key, links: 0, ...nameOf(term, names, ownLabels) });
    return things.get(key);
  };
  for (const [subject, predicate, object] of told.length ? told : between) {
    const [source, target] = [thing(subject), thing(object)];
    const key = `${source.key} ${target.key}`;
    if (!links.has(key)) {
      links.set(key, { source, target, predicates: [] });
      source.links += 1;
      target.links += 1;
    }
    links.get(key).predicates.push(called(predicate, names));
  }
  return { things: [...things.values()].sort((a, b) => b.links - a.links), links: [...links.values()] };
}

function isThing({ type }) {
  return type === "uri" || type === "bnode";
}

function labelsIn(rows, lang) {
  const labels = new Map();
  for (const [subject, predicate, object] of rows) {
    if (object.type !== "literal" || !LABELS.test(predicate.value)) continue;
    const inReaders = object["xml:lang"] === lang;
    if (inReaders || !labels.has(subject.value)) {
      labels.set(subject.value, { text: object.value, lang: object["xml:lang"] });
    }
  }
  return labels;
}

function nameOf(term, names, ownLabels) {
  const name = ownLabels.get(term.value) ?? called(term, names);
  return { name: name.text, lang: name.lang, href: term.type === "uri" ? names.href(term.value) : "" };
}

/** Return the answer as a picture of things and links, with the links as a list beside it. */
export function graphView(answer, names, width) {
  const all = linkedThings(answer, names);
  if (!all.links.length) return [element("p", {}, text("noLinks"))];
  const most = new Set(all.things.slice(0, MOST_NODES));
  const links = all.links.filter(({ source, target }) => most.has(source) && most.has(target));
  const things = [...new Set(links.flatMap(({ source, target }) => [source, target]))];
  const room = width >= 700 ? width - 260 : width;
  const name = text("graphName", { nodes: things.length, edges: links.length });
  const picture = drawGraph({ things, links, width: Math.floor(room), name, lang: names.lang });
  return [
    ...(things.length < all.things.length
      ? [element("p", { class: "note" }, text("fewNodes", { shown: things.length, all: all.things.length }))]
      : []),
    element("div", { class: width >= 700 ? "graph beside" : "graph" }, picture, linkList(links, names.lang)),
  ];
}

function linkList(links, lang) {
  const show = ({ name, href, lang: spoken }) =>
    element(href ? "a" : "span", { href, lang: spoken === lang ? "" : spoken }, name);
  return element(
    "section",
    { class: "links-list", "aria-label": text("links"), tabindex: "0" },
    element("h3", {}, text("links")),
    element(
      "ul",
      { class: "plain" },
      ...links.map(({ source, target, predicates }) =>
        element(
          "li",
          {},
          show(source),
          element("span", { class: "note" }, ` ${predicates.map((one) => one.text).join(", ")} → `),
          show(target),
        ),
      ),
    ),
  );
}
