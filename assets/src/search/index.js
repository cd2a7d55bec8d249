// The index of the site (kg/web/browser_index.py): its files as they are needed, and ranking.

import { nameKey, terms } from "./words.js";

const K1 = 1.2;
const LEAST_IDF = 1e-6;
const NEAR_WORDS = 5;

/** An index whose files lie below an address. */
export class Index {
  #files = new Map();

  constructor(address) {
    this.address = address;
  }

  /** Return what answers a query: ranked entries of a kind or of all, numbers of each kind. */
  async find(query, kind = "") {
    this.head ??= await this.#file("index.json");
    const asked = terms(query);
    if (!asked.length) return { terms: asked, ranked: [], kinds: [], near: [], isPartial: false };
    const postings = await Promise.all(asked.map((term) => this.#postings(term)));
    let scores = combine(postings, postings.length);
    const isPartial = !scores.size && asked.length > 1;
    if (isPartial) scores = combine(postings, 1);
    const called = new Set((await this.#row(`=${nameKey(query)}`)).map(({ thing }) => thing));
    const { kindOf, weights, kinds, namedFrom } = this.head;
    const ranked = [...scores].map(([thing, { score, naming }]) => {
      const weight = weights[kindOf[thing]];
      const isCalled = called.has(thing) && weight >= namedFrom;
      const tier = isCalled ? 0 : naming === asked.length ? 1 : 2;
      return { thing, kind: kinds[kindOf[thing]], tier, score: tier ? score * weight : weight };
    });
    ranked.sort((a, b) => a.tier - b.tier || b.score - a.score || a.thing - b.thing);
    return {
      terms: asked,
      ranked: ranked.filter((one) => !kind || one.kind === kind),
      kinds: countOf(ranked.map((one) => one.kind)),
      near: ranked.length ? [] : await this.#near(asked),
      isPartial: isPartial && ranked.length > 0,
    };
  }

  /** Return what is shown of entries. */
  things(numbers) {
    const size = this.head.thingsAFile;
    return Promise.all(
      numbers.map(async (number) => {
        const rows = await this.#file(`things-${Math.floor(number / size)}.json`);
        const [path, en, zh, aboutEn, aboutZh, quote, quoteLang, claim] = rows[number % size];
        return { path, names: { en, zh }, about: { en: aboutEn, zh: aboutZh }, quote, quoteLang, claim };
      }),
    );
  }

  /** Return thing -> score and whether it is in a name, for a term: the sum over its phrases. */
  async #postings({ words, prefix }) {
    const phrases = [];
    for (const word of words) phrases.push(await this.#row(word));
    if (prefix) phrases.push(await this.#beginning(prefix));
    const found = new Map();
    for (const rows of phrases) {
      const idf = Math.max(Math.log((this.head.count - rows.length + 0.5) / (rows.length + 0.5)), LEAST_IDF);
      for (const { thing, isNaming, often, share } of rows) {
        const score = (idf * often * (K1 + 1)) / (often + share);
        const known = found.get(thing) ?? { score: 0, naming: false };
        found.set(thing, { score: known.score + score, naming: known.naming || isNaming });
      }
    }
    return found;
  }

  async #row(word) {
    const table = await this.#shard(word);
    return Object.hasOwn(table, word) ? read(table[word]) : [];
  }

  async #beginning(prefix) {
    const table = await this.#shard(prefix);
    const found = new Map();
    for (const word of Object.keys(table)) {
      if (!word.startsWith(prefix)) continue;
      for (const row of read(table[word])) {
        const known = found.get(row.thing);
        if (!known) found.set(row.thing, row);
        else {
          known.often += row.often;
          known.isNaming ||= row.isNaming;
        }
      }
    }
    return [...found.values()];
  }

  /** Return words of the index that are spelled like those asked for. */
  async #near(asked) {
    const near = new Set();
    for (const { words, prefix } of asked) {
      const word = prefix || words[0];
      if (word.length < 3) continue;
      const close = Object.keys(await this.#shard(word))
        .map((other) => [distance(word, other), other])
        .filter(([steps, other]) => steps <= Math.min(2, word.length / 3) && other !== word)
        .sort(([a], [b]) => a - b);
      for (const [, other] of close.slice(0, 3)) near.add(other);
    }
    return [...near].slice(0, NEAR_WORDS);
  }

  #shard(word) {
    return this.#file(`words-${shardOf(word, this.head.shards)}.json`);
  }

  #file(name) {
    if (!this.#files.has(name)) {
      const loading = fetch(this.address + name).then((response) => {
        if (!response.ok) throw new TypeError(`${response.status} ${name}`);
        return response.json();
      });
      // What failed is asked for again.
      loading.catch(() => this.#files.delete(name));
      this.#files.set(name, loading);
    }
    return this.#files.get(name);
  }
}

function read(row) {
  const rows = [];
  for (let place = 0; place < row.length; place += 3) {
    const [code, often, share] = row.slice(place, place + 3);
    rows.push({ thing: code >> 1, isNaming: code % 2 === 1, often, share: share / 100 });
  }
  return rows;
}

/** Add up the scores of the things that at least `least` terms have. */
function combine(postings, least) {
  const sums = new Map();
  for (const found of postings) {
    for (const [thing, { score, naming }] of found) {
      const sum = sums.get(thing) ?? { score: 0, naming: 0, terms: 0 };
      sums.set(thing, { score: sum.score + score, naming: sum.naming + Number(naming), terms: sum.terms + 1 });
    }
  }
  return new Map([...sums].filter(([, sum]) => sum.terms >= least));
}

function countOf(kinds) {
  const counts = new Map();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Return which file a word is in: FNV-1a, 32 bits, of what all words there share. */
function shardOf(word, shards) {
  let value = 0x811c9dc5;
  for (const character of word.startsWith("=") ? word : [...word].slice(0, 2)) {
    value = Math.imul(value ^ character.codePointAt(0), 0x01000193) >>> 0;
  }
  return value % shards;
}

/** Return how many letters must be put in, left out or changed to make one word the other. */
function distance(one, other) {
  if (Math.abs(one.length - other.length) > 2) return 3;
  let row = [...other, ""].map((_, place) => place);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + Number(one[i - 1] !== other[j - 1]));
    }
    row = next;
  }
  return row[other.length];
}
