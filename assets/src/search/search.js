// The page of searches on a site without a server: the query of the address, answered here.

import { element } from "../page/element.js";
import { Index } from "./index.js";
import { excerpt, hasHit, marked } from "./marks.js";
import { nameKey } from "./words.js";

const data = JSON.parse(document.getElementById("search-data").textContent);
const place = document.getElementById("search-answer");
const other = data.lang === "zh" ? "en" : "zh";
const index = new Index(data.index);
const parameters = new URLSearchParams(location.search);
const query = (parameters.get("q") ?? "").split(/\s+/).filter(Boolean).join(" ");

function text(name, values = {}) {
  return data.texts[name].replace(/\{(\w+)\}/g, (blank, key) => values[key] ?? blank);
}

function address(kind) {
  return `?${new URLSearchParams(kind ? { q: query, kind } : { q: query })}`;
}

function pageOf({ path }) {
  const [before, fragment] = path.replace(/^id\//, "").split("#");
  return data.page.replace("PATH", encodeURI(before)) + (fragment ? `#${fragment}` : "");
}

function resultOf(thing, kind, asked) {
  const lang = [data.lang, other].find((code) => thing.names[code]) ?? "";
  const tail = thing.path.split("/").at(-1);
  const title = thing.names[lang] ?? (kind === "claim" ? text("claim", { id: tail }) : tail);
  const second = lang === data.lang ? thing.names[other] : "";
  const foreign = (code) => (code === data.lang ? "" : code);
  const about = [[thing.about[data.lang], data.lang], [thing.about[other], other]];
  const quote = [thing.quote, thing.quoteLang];
  const said = new Set(Object.values(thing.names).map(nameKey));
  const texts = (kind === "claim" ? [quote, ...about] : [...about, quote])
    // A sentence that only repeats the name tells nothing new.
    .filter(([one]) => one && !said.has(nameKey(one)));
  const shown = texts.find(([one]) => hasHit(one, asked)) ?? texts[0];
  return element(
    "li",
    {},
    element(
      "p",
      { class: "row" },
      element("a", { href: pageOf(thing), lang: foreign(lang) }, ...marked(title, asked)),
      ...(second && second !== title ? [element("span", { class: "note", lang: other }, ...marked(second, asked))] : []),
      element("span", { class: "kind" }, data.kinds[kind] ?? kind),
    ),
    ...(shown
      ? [element("p", { class: "note", lang: foreign(shown[1]) }, ...(kind === "claim" ? marked : excerpt)(shown[0], asked))]
      : []),
  );
}

async function show() {
  const chosen = parameters.get("kind") ?? "";
  const found = await index.find(query, chosen);
  if (!found.kinds.length) {
    const near = found.near.flatMap((word) => [" ", element("a", { href: `?${new URLSearchParams({ q: word })}` }, word)]);
    const lines = [element("p", {}, text("none", { query })), ...(near.length ? [element("p", {}, text("near"), ...near)] : [])];
    place.querySelector(".card").prepend(...lines);
    return;
  }
  const { ranked } = found;
  const list = element("ol", { class: "card plain results" });
  const more = element("button", { type: "button", click: async () => (await fill())[0]?.querySelector("a").focus() }, text("more"));
  async function fill() {
    const next = ranked.slice(list.children.length, list.children.length + data.pageHits);
    const things = await index.things(next.map(({ thing }) => thing));
    const items = things.map((thing, number) => resultOf(thing, next[number].kind, found.terms));
    list.append(...items);
    more.hidden = list.children.length >= ranked.length;
    return items;
  }
  await fill();
  const facets = found.kinds.map(([kind, number]) => {
    const isChosen = kind === chosen;
    const link = element("a", { href: address(isChosen ? "" : kind), "aria-current": isChosen ? "true" : "" }, data.kinds[kind] ?? kind);
    return element("li", { class: "row" }, link, " ", element("span", { class: "number" }, String(number)));
  });
  const [one, many] = data.texts.number;
  const number = (ranked.length === 1 ? one : many).replace("{number}", ranked.length);
  place.replaceChildren(
    element("p", {}, number),
    ...(found.isPartial ? [element("p", { class: "note" }, text("partial"))] : []),
    element(
      "div",
      { class: "columns" },
      element("div", { class: "content" }, list, more),
      element(
        "aside",
        {},
        element(
          "section",
          { class: "card", "aria-labelledby": "kinds" },
          element("h2", { id: "kinds" }, text("kinds")),
          element(
            "ul",
            { class: "plain facets" },
            ...(chosen ? [element("li", {}, element("a", { href: address("") }, text("all")))] : []),
            ...facets,
          ),
        ),
      ),
    ),
  );
}

if (query) {
  document.getElementById("q").value = query;
  document.title = document.title.replace(" – ", `: ${query} – `);
  for (const link of document.querySelectorAll("header a[hreflang]")) link.search = location.search;
  show().catch((error) => {
    place.replaceChildren(element("p", { class: "card", role: "alert" }, text("failed")));
    // Without a network fetch throws a TypeError; anything else is a mistake of ours.
    if (!(error instanceof TypeError)) throw error;
  });
}
