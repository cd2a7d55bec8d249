/** Return the terms that fit what was typed, the best first: how they begin, then how often they are used. */
export function rank(terms, typed, kind) {
  const wanted = typed.toLowerCase();
  const found = [];
  for (const term of terms) {
    const fit = Math.min(...searched(term).map((text) => fitOf(text, wanted)));
    if (fit < 4) found.push({ term, score: fit - (term.kind === kind ? 1.5 : 0) });
  }
  found.sort((a, b) => a.score - b.score || b.term.uses - a.term.uses);
  return found.map(({ term }) => term);
}

function searched(term) {
  const local = term.name.slice(term.name.search(/[:/#][^:/#]*$/) + 1);
  term.searched ??= [local, term.label, term.other].filter(Boolean).map((text) => text.toLowerCase());
  return term.searched;
}

/** Return 0 for the same text, 1 for one that begins so, 2 for a word in it, 3 for a part, 4 for none. */
function fitOf(text, wanted) {
  const place = text.indexOf(wanted);
  if (place < 0) return 4;
  if (place === 0) return text.length === wanted.length ? 0 : 1;
  return /[\p{L}\p{N}]/u.test(text[place - 1]) ? 3 : 2;
}
