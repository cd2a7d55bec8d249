// The prologue of a query: which prefixes it declares, and which it should.

const DECLARED = /\bPREFIX\s+([\w.-]*):\s*<([^>]*)>/giu;
/** What looks like a name and is none: IRIs, comments, texts. */
const OTHER = /<[^<>\s]*>|#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
const USED = /(?<![\w:?$@.-])([A-Za-z][\w-]*):/g;

/** Return the namespaces that a query declares, by prefix. */
export function declaredPrefixes(query) {
  return Object.fromEntries([...query.matchAll(DECLARED)].map(([, name, namespace]) => [name, namespace]));
}

/** Return the prefixes that a query uses without a PREFIX line and that are in `known`. */
export function missingPrefixes(query, known) {
  const declared = declaredPrefixes(query);
  const bare = query.replace(OTHER, (found) => (found.startsWith("<") ? "<>" : " "));
  const used = new Set([...bare.matchAll(USED)].map(([, name]) => name));
  return [...used].filter((name) => !(name in declared) && name in known);
}

/** Return the change that declares a prefix: after the last PREFIX line, else below the comments. */
export function declaration(query, name, namespace) {
  let from = 0;
  let place = 0;
  for (const line of query.split("\n")) {
    place += line.length + 1;
    if (/^\s*(PREFIX|BASE)\b/i.test(line) || (from === place - line.length - 1 && /^\s*#/.test(line))) from = place;
  }
  from = Math.min(from, query.length);
  const before = from && query[from - 1] !== "\n" ? "\n" : "";
  return { from, insert: `${before}PREFIX ${name}: <${namespace}>\n` };
}
