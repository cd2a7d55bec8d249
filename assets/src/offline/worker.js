// The engine in a worker of its own: it may be ended at any moment, and the page never waits.

import init, { Store, defaultGraph } from "oxigraph/web.js";

import { formOf } from "./form.js";

const UNION = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }";
const NQUADS = "application/n-quads";
const NTRIPLES = "application/n-triples";

let store;
let base;

onmessage = async ({ data: { id, work, ...values } }) => {
  try {
    postMessage({ id, result: await works[work](values) });
  } catch (error) {
    postMessage({ id, error: String(error?.message ?? error) });
  }
};

const works = {
  /** Take the program and the packed dump; return the number of statements. */
  async load({ program, dump, iri }) {
    await init({ module_or_path: program });
    base = iri;
    store = new Store();
    const packed = new Blob([dump]).stream().pipeThrough(new DecompressionStream("gzip"));
    store.load(await new Response(packed).text(), { format: NQUADS, base_iri: base });
    const quads = store.size;
    // As in the server's store: each statement once, whatever graphs it stands in.
    store.update(UNION);
    return quads;
  },

  /** Answer a query: the text of the answer and its media type. */
  query({ query, results, graph }) {
    if (!["CONSTRUCT", "DESCRIBE"].includes(formOf(query))) {
      return { type: results, body: store.query(query, { base_iri: base, results_format: results }) };
    }
    // The engine gives a statement as often as it comes by it.
    const answer = new Store();
    answer.load(store.query(query, { base_iri: base, results_format: NTRIPLES }), { format: NTRIPLES });
    return { type: graph, body: answer.dump({ format: graph, from_graph_name: defaultGraph() }) };
  },
};
