import { element } from "./element.js";
import { isPlain } from "./numbers.js";

/** Return what a term is called, for readers: text, language, and a note on what it is. */
export function called(term, names) {
  if (term.type === "uri") {
    const label = names.label(term.value);
    const short = names.short(term.value);
    return label ? { ...label, note: short } : { text: short };
  }
  if (term.type === "triple") {
    const { subject, predicate, object } = term.value;
    const parts = [subject, predicate, object].map((part) => called(part, names).text);
    return { text: `<<( ${parts.join(" ")} )>>` };
  }
  if (term.type === "bnode") return { text: `_:${term.value}` };
  const note = isPlain(term.datatype) ? "" : names.short(term.datatype);
  return { text: term.value, lang: term["xml:lang"], note };
}

/** Return the nodes that show a term: linked where it has a page, with its prefixed name. */
export function cellNodes(term, names) {
  if (!term) return [];
  const { text, lang, note } = called(term, names);
  const href = term.type === "uri" ? names.href(term.value) : "";
  const shown = element(href ? "a" : "span", { href, lang: lang === names.lang ? "" : lang }, text);
  return note ? [shown, " ", element("code", {}, note)] : [shown];
}
