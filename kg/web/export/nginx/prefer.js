// What the headers Accept and Accept-Language prefer (RFC 9110, 12). A variant has a name and
// its media types, the one that is sent first.

/** Return the items of a list header, in order: name in lower case, parameters, q from 0 to 1. */
function items(header) {
  const found = [];
  const parts = (header || "").match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) || [];
  parts.forEach((part) => {
    const pieces = part.match(/(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g) || [];
    const name = (pieces[0] || "").trim().toLowerCase();
    let quality = 1;
    let parameters = 0;
    pieces.slice(1).forEach((piece) => {
      const match = piece.match(/^\s*q\s*=\s*(.*?)\s*$/i);
      if (!match) parameters += piece.trim() ? 1 : 0;
      // What is no quality takes the item out.
      else quality = /^(?:0(?:\.\d*)?|1(?:\.0*)?|\.\d+)$/.test(match[1]) ? parseFloat(match[1]) : -1;
    });
    if (name && quality >= 0) found.push({ name: name, parameters: parameters, quality: quality });
  });
  return found;
}

/** Return how closely the best media range names a type, and its q. */
function match(ranges, type) {
  let best = [-1, 0];
  ranges.forEach((range) => {
    let closeness = -1;
    // With parameters it wants something narrower than what there is.
    if (range.name === type) closeness = range.parameters ? 2 : 3;
    else if (range.name === type.split("/")[0] + "/*") closeness = 1;
    else if (range.name === "*/*") closeness = 0;
    if (closeness > best[0] || (closeness === best[0] && range.quality > best[1])) {
      if (closeness >= 0) best = [closeness, range.quality];
    }
  });
  return best;
}

function quality(ranges, offered) {
  const found = offered.types.map((type) => match(ranges, type));
  if (found[0][0] >= 2) return found[0][1];
  // Another name of it counts where that name is listed.
  return found.slice(1).reduce((most, one) => (one[0] >= 2 && one[1] > most ? one[1] : most), found[0][1]);
}

/** Return the variant that an Accept header likes best, the first of equals; null for none. */
function choose(accept, variants) {
  if (!accept || !accept.trim()) return variants[0];
  const ranges = items(accept);
  let best = null;
  let most = 0;
  variants.forEach((one) => {
    const liked = quality(ranges, one);
    if (liked > most) {
      most = liked;
      best = one;
    }
  });
  return best;
}

/** Return the language that an Accept-Language header likes best, the usual one where none. */
function chooseLanguage(header, languages, usual) {
  const liked = {};
  items(header).forEach((item) => {
    const primary = item.name.replace("_", "-").split("-")[0];
    if (!(primary in liked) || item.quality > liked[primary]) liked[primary] = item.quality;
  });
  const others = liked["*"] || 0;
  let best = usual;
  let most = 0;
  languages.forEach((lang) => {
    const quality = lang in liked ? liked[lang] : others;
    if (quality > most) {
      most = quality;
      best = lang;
    }
  });
  return best;
}

export default { choose, chooseLanguage };
