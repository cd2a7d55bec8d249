// What may come next in a query, as far as a glance backwards tells.

const SKIPPED = /#[^\n]*|\s+/y;
const TOKEN =
  /<[^<>\s]*>|"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"(?:@[\w-]+|\^\^)?|'(?:[^'\\\n]|\\.)*'|[?$]\w+|[\p{L}\p{N}_.-]*:[\p{L}\p{N}_.-]*|[\p{L}\p{N}_]+|[^]/uy;

/** Return the kind of term that fits after `text`: "class", "property", "entity", or "" for any. */
export function expectedKind(text) {
  let place = 0;
  let written = [];
  while (place < text.length) {
    SKIPPED.lastIndex = place;
    if (SKIPPED.test(text)) {
      place = SKIPPED.lastIndex;
      continue;
    }
    TOKEN.lastIndex = place;
    const token = TOKEN.exec(text)[0];
    place = TOKEN.lastIndex;
    written = after(written, token);
  }
  if (written.length === 1) return "property";
  if (written.length === 2) return /^(a|rdf:type)$/.test(written[1]) ? "class" : "entity";
  return "";
}

/** Return the terms of the statement that is being written, once `token` was read too. */
function after(written, token) {
  if (/^[{}.]$/.test(token) || /^(WHERE|SELECT|FILTER|OPTIONAL|UNION|VALUES)$/i.test(token)) return [];
  if (token === ";") return written.slice(0, 1);
  if (token === ",") return written.slice(0, 2);
  if (/^[[\]()^|/*+?!]$/.test(token)) return written;
  return [...written, token];
}
