// Text -> words, as kg/release/words.py has them: a test holds the two together.

const HAN =
  "\\u2e80-\\u2fdf\\u3005\\u3007\\u3021-\\u3029\\u3038-\\u303b\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const RUN = new RegExp(`([${HAN}]+)|(?:(?![${HAN}])[\\p{L}\\p{N}])+`, "gu");
const SCHEME = /^\s*https?:\/\/(?:www\.)?/i;
const SPACED_NUMBER = /^\s*\d(?:[\s-]?\d){6,}[\s-]?[\dxX]\s*$/;
const UNASKED = new Set("a an and at by for from in is it of on or the to what where which who".split(" "));
const UNASKED_HAN = /[的了吗呢]/g;
const PLURAL_FROM = 4;

/** Return a character without case, width and accents. */
function folded(character) {
  return character.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase().toUpperCase().toLowerCase();
}

/** Return the runs of a text: folded characters, whether they are Han, their places in UTF-16. */
function runs(text) {
  const letters = [];
  const places = [];
  let place = 0;
  for (const character of text) {
    for (const letter of folded(character)) {
      letters.push(letter);
      places.push([place, place + character.length]);
    }
    place += character.length;
  }
  const starts = [];
  letters.reduce((offset, letter) => (starts.push(offset), offset + letter.length), 0);
  const at = new Map(starts.map((offset, number) => [offset, number]));
  return [...letters.join("").matchAll(RUN)].map((match) => {
    const run = [...match[0]];
    const first = at.get(match.index);
    return { run, text: match[0], isHan: match[1] !== undefined, places: places.slice(first, first + run.length) };
  });
}

/** Return an English plural in the singular, any other word as it is. */
function singular(word) {
  if (word.length < PLURAL_FROM || !/^[a-z]+$/.test(word)) return word;
  if (word.endsWith("ies") && word.length > PLURAL_FROM) return `${word.slice(0, -3)}y`;
  return !word.endsWith("s") || /(ss|us|is)$/.test(word) ? word : word.slice(0, -1);
}

/** Return the words of a text: `text`, and `start` and `end` in UTF-16. */
export function words(text) {
  const found = [];
  for (const { run, text: whole, isHan, places } of runs(text)) {
    if (isHan) {
      for (const size of [1, 2]) {
        for (let place = 0; place + size <= run.length; place += 1) {
          const [start, end] = [places[place][0], places[place + size - 1][1]];
          found.push({ text: run.slice(place, place + size).join(""), start, end });
        }
      }
    } else {
      const [start, end] = [places[0][0], places.at(-1)[1]];
      for (const form of new Set([whole, singular(whole)])) found.push({ text: form, start, end });
    }
  }
  return found;
}

/** Return what two names share that differ in case, width, accents and punctuation only. */
export function nameKey(text) {
  return runs(text).map((run) => run.text).join(" ");
}

/** Return what an entry must have to answer a query: words of which one will do, or a prefix. */
export function terms(query) {
  let text = query.replace(SCHEME, "");
  if (SPACED_NUMBER.test(text)) text = text.replace(/[\s-]/g, "");
  const all = runs(text.replace(UNASKED_HAN, " "));
  const told = all.filter((run) => !UNASKED.has(run.text));
  const asked = told.length ? told : all;
  const found = new Map();
  asked.forEach(({ run, text: whole, isHan }, place) => {
    if (isHan) {
      const pairs = run.slice(1).map((second, first) => run[first] + second);
      for (const pair of pairs.length ? pairs : [whole]) found.set(pair, { words: [pair], prefix: "" });
    } else {
      const prefix = place === asked.length - 1 && run.length > 1 ? whole : "";
      found.set(`${singular(whole)} ${prefix}`, { words: [singular(whole)], prefix });
    }
  });
  return [...found.values()];
}
