// N-Triples (https://www.w3.org/TR/n-triples/), as our server writes them: one triple a line.

const TERM = /<([^>]*)>|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?/gy;
const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f", '"': '"', "'": "'", "\\": "\\" };

/** Return the triples of a document, as rows of three terms in the shape of SPARQL JSON. */
export function readTriples(text) {
  return text
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map(readTriple);
}

function readTriple(line) {
  const terms = [];
  for (let place = 0; terms.length < 3; ) {
    while (line[place] === " " || line[place] === "\t") place += 1;
    TERM.lastIndex = place;
    const match = TERM.exec(line);
    if (!match) throw new Error(`not N-Triples: ${line}`);
    terms.push(readTerm(match));
    place = TERM.lastIndex;
  }
  return terms;
}

function readTerm([, iri, blank, lexical, lang, datatype]) {
  if (iri !== undefined) return { type: "uri", value: unescape(iri) };
  if (blank !== undefined) return { type: "bnode", value: blank };
  const term = { type: "literal", value: unescape(lexical) };
  if (lang) term["xml:lang"] = lang;
  if (datatype) term.datatype = unescape(datatype);
  return term;
}

function unescape(text) {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short, long, character) =>
    short || long ? String.fromCodePoint(parseInt(short || long, 16)) : ESCAPES[character],
  );
}
