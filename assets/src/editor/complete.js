// What the editor suggests: prefixes, terms by name or label, variables, words of SPARQL.

import { syntaxTree } from "@codemirror/language";

import { declaration, declaredPrefixes } from "./prefixes.js";
import { expectedKind } from "./expected.js";
import { KEYWORDS } from "./keywords.js";
import { rank } from "./rank.js";

const MOST = 60;
const QUIET = new Set(["Comment", "String", "IriRef"]);
const LOCAL = /^[A-Za-z0-9_](?:[\w.-]*[\w-])?$/;
const HAN = /\p{Script=Han}/u;

/** Return the source of suggestions. `names` knows the terms, `words` are texts. */
export function complete(names, words) {
  return async (context) => {
    if (QUIET.has(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null;
    const query = context.state.doc.toString();
    const declaring = context.matchBefore(/\bPREFIX\s+[\w-]*:?/iu);
    if (declaring) return prefixLines(context, declaring, names, words);
    const variable = context.matchBefore(/[?$]\w*/u);
    if (variable) return variables(query, variable, words);
    const written = context.matchBefore(/[\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*/u);
    if (!written || (!context.explicit && !worthwhile(written.text))) return null;
    const terms = await names.load().catch(() => []);
    if (context.aborted) return null;
    const options = suggestions(written, query, terms, names, words);
    return options.length ? { from: written.from, options, filter: false, getMatch } : null;
  };
}

function worthwhile(text) {
  return text.includes(":") || text.length > 1 || HAN.test(text);
}

function suggestions(written, query, terms, names, words) {
  const declared = declaredPrefixes(query);
  const [start, rest] = written.text.split(/:(.*)/su);
  const named = rest !== undefined;
  const namespace = declared[start] ?? names.prefixes[start];
  if (named && namespace === undefined) return [];
  const pool = named ? terms.filter((term) => term.iri.startsWith(namespace)) : terms;
  const wanted = named ? rest : start;
  const kind = expectedKind(query.slice(0, written.from));
  const found = rank(pool, wanted, kind).map((term) => termOption(term, query, declared, names, words));
  if (named) return found.slice(0, MOST);
  const [before, after] = [[], []];
  for (const option of [...keywordOptions(wanted, words), ...prefixOptions(wanted, declared, names, words)]) {
    (option.label.toLowerCase().startsWith(wanted.toLowerCase()) ? before : after).push(option);
  }
  const matched = wanted.toLowerCase();
  for (const option of [...before, ...found, ...after]) option.matched = matched;
  return [...before.slice(0, 6), ...found.slice(0, MOST), ...before.slice(6), ...after];
}

/** Return where the option's label has what was typed, for the list to show it. */
function getMatch({ label, matched }) {
  const place = matched ? label.toLowerCase().indexOf(matched) : -1;
  return place < 0 ? [] : [place, place + matched.length];
}

function termOption(term, query, declared, names, words) {
  const { insert, prefix } = writing(term, declared, names);
  const label = term.label || term.other || term.name;
  const notes = [label === term.name ? "" : term.name, words[term.kind], `×${term.uses}`];
  return {
    label,
    detail: notes.filter(Boolean).join(" · "),
    apply: (view, _option, from, to) => put(view, from, to, insert, prefix, names),
  };
}

/** Return how a term is written in this query, and the prefix that must be declared for it. */
function writing(term, declared, names) {
  for (const [name, namespace] of Object.entries(declared)) {
    const local = term.iri.slice(namespace.length);
    if (term.iri.startsWith(namespace) && LOCAL.test(local)) return { insert: `${name}:${local}` };
  }
  const prefix = term.name.startsWith("<") ? "" : term.name.slice(0, term.name.indexOf(":"));
  if (!prefix || prefix in declared) return { insert: `<${term.iri}>` };
  return { insert: term.name, prefix };
}

/** Write a term, and the PREFIX line that it needs, as one change. */
function put(view, from, to, insert, prefix, names) {
  const changes = [{ from, to, insert }];
  let anchor = from + insert.length;
  if (prefix) {
    const added = declaration(view.state.doc.toString(), prefix, names.prefixes[prefix]);
    changes.unshift(added);
    if (added.from <= from) anchor += added.insert.length;
  }
  view.dispatch({ changes, selection: { anchor }, scrollIntoView: true, userEvent: "input.complete" });
}

function prefixLines(context, declaring, names, words) {
  const from = declaring.from + declaring.text.search(/\s(?=\S*$)/) + 1;
  const typed = declaring.text.slice(from - declaring.from).toLowerCase();
  const declared = declaredPrefixes(context.state.doc.toString());
  const options = Object.entries(names.prefixes)
    .filter(([name]) => `${name}:`.startsWith(typed) && !(name in declared))
    .map(([name, namespace]) => ({
      label: `${name}:`,
      detail: namespace,
      apply: `${name}: <${namespace}>`,
      matched: typed,
    }));
  void words;
  return options.length ? { from, options, filter: false, getMatch } : null;
}

function prefixOptions(wanted, declared, names, words) {
  if (!wanted) return [];
  return Object.keys(names.prefixes)
    .filter((name) => name.startsWith(wanted))
    .map((name) => ({
      label: `${name}:`,
      detail: [words.prefix, name in declared ? "" : words.declares].filter(Boolean).join(" · "),
      apply: (view, _option, from, to) => put(view, from, to, `${name}:`, name in declared ? "" : name, names),
    }));
}

function keywordOptions(wanted, words) {
  if (!wanted) return [];
  const typed = wanted.toUpperCase();
  return KEYWORDS.filter((word) => word.startsWith(typed)).map((word) => ({ label: word, detail: words.keyword }));
}

function variables(query, typed, words) {
  const counts = new Map();
  for (const [name] of query.matchAll(/[?$]\w+/gu)) counts.set(name, (counts.get(name) ?? 0) + 1);
  // The one that is being written is in the query too.
  if (counts.get(typed.text) === 1) counts.delete(typed.text);
  const options = [...counts.keys()]
    .filter((name) => name.startsWith(typed.text) && name !== typed.text)
    .map((name) => ({ label: name, detail: words.variable, matched: typed.text.toLowerCase() }));
  return options.length ? { from: typed.from, options, filter: false, getMatch } : null;
}
