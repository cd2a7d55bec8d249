// How things are called and where their pages are.

const LOCAL = /^[A-Za-z0-9_](?:[\w.-]*[\w-])?$/;
const NO_PAGES = /^(dumps\/|sparql|data\/)/;

/** Names of things: prefixed names at once, labels as soon as the terms are there. */
export class Names {
  #labels = new Map();

  constructor({ base, root, lang, prefixes, terms }) {
    this.base = base;
    this.root = root;
    this.lang = lang;
    this.prefixes = prefixes;
    this.address = terms;
    this.terms = null;
  }

  /** Load the terms of the release, once. Rejects where they cannot be had; then try again. */
  load() {
    this.loading ??= fetch(this.address, { headers: { Accept: "application/json" } })
      .then((response) => {
        if (!response.ok) throw new Error(`${response.status}`);
        return response.json();
      })
      .then((terms) => this.#learn(terms))
      .catch((error) => {
        this.loading = undefined;
        throw error;
      });
    return this.loading;
  }

  #learn(terms) {
    this.prefixes = terms.prefixes;
    this.terms = [];
    for (const [kind, list] of [["class", terms.classes], ["property", terms.properties], ["entity", terms.entities]]) {
      for (const [name, label, other, uses] of list) {
        const iri = this.expand(name);
        this.terms.push({ kind, name, iri, label, other, uses });
        this.#labels.set(iri, { label, other });
      }
    }
    return this.terms;
  }

  /** Return the IRI that a name of the terms stands for. */
  expand(name) {
    if (name.startsWith("<")) return name.slice(1, -1);
    const colon = name.indexOf(":");
    return this.prefixes[name.slice(0, colon)] + name.slice(colon + 1);
  }

  /** Return a prefixed name where there is one, else the IRI. */
  short(iri) {
    for (const [prefix, namespace] of Object.entries(this.prefixes)) {
      if (iri.startsWith(namespace) && LOCAL.test(iri.slice(namespace.length))) {
        return `${prefix}:${iri.slice(namespace.length)}`;
      }
    }
    return iri;
  }

  /** Return label and language of a thing, in the reader's language where it has one. */
  label(iri) {
    const known = this.#labels.get(iri);
    if (known?.label) return { text: known.label, lang: this.lang };
    if (known?.other) return { text: known.other, lang: this.lang === "zh" ? "en" : "zh" };
    return null;
  }

  /** Return where the page of a thing is: here if it is ours; empty if it has none. */
  href(iri) {
    if (!/^https?:/.test(iri)) return "";
    if (!iri.startsWith(this.base)) return iri;
    const path = iri.slice(this.base.length);
    return `${this.root}/${NO_PAGES.test(path) ? path : `${this.lang}/${path.replace(/^id\//, "")}`}`;
  }
}
