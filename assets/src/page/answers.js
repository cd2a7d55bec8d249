// Asking the endpoint, and reading what it answers.

import { EngineError, LocalEngine } from "../offline/local.js";
import { data } from "./texts.js";
import { readTriples } from "./triples.js";

const ACCEPT = [
  "application/sparql-results+json",
  "application/n-triples;q=0.9",
  "application/problem+json;q=0.5",
].join(", ");

const TYPES = {
  json: "application/sparql-results+json",
  xml: "application/sparql-results+xml",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  ttl: "text/turtle",
  nt: "application/n-triples",
};

/** The engine in this browser, where the page has one; else the server is asked. */
export const local = data.offline ? new LocalEngine(data.offline, data.base) : null;

/** Thrown where the server says no; `problem` is its account (RFC 9457), as far as it gave one. */
export class Refused extends Error {
  constructor(problem, wait) {
    super(problem.detail || problem.title || "");
    this.problem = problem;
    this.wait = wait;
  }
}

/** Return the answer to a query: its kind, its content, its text and how long it took. */
export async function ask(query, signal, accept = ACCEPT) {
  const start = performance.now();
  const { type, body, limit } = await (local ? askLocal(query, signal, accept) : askServer(query, signal, accept));
  return { ...read(type, body), query, body, limit, took: performance.now() - start };
}

/** Return the text of the answer to a query in a format, whole. */
export async function answerText(query, format) {
  if (local) return (await local.ask(query, { results: TYPES[format], graph: TYPES[format] })).body;
  const response = await fetch(data.endpoint, { method: "POST", body: new URLSearchParams({ query, format }) });
  return response.text();
}

async function askLocal(query, signal, accept) {
  try {
    const graph = accept === ACCEPT ? TYPES.nt : accept;
    return { ...(await local.ask(query, { results: TYPES.json, graph }, signal)), limit: 0 };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const [, line, column, reason] = /^error at (\d+):(\d+): (.*)$/s.exec(error.message) ?? [];
    throw new Refused({ detail: reason ?? error.message, line: Number(line) || 0, column: Number(column) || 0 }, 0);
  }
}

async function askServer(query, signal, accept) {
  const response = await fetch(data.endpoint, {
    method: "POST",
    headers: { Accept: accept },
    body: new URLSearchParams({ query }),
    signal,
  });
  const body = await response.text();
  if (!response.ok) throw refusal(response, body);
  const limit = Number(response.headers.get("X-SPARQL-MaxRows")) || 0;
  return { type: response.headers.get("Content-Type") ?? "", body, limit };
}

function refusal(response, body) {
  let problem = {};
  try {
    problem = JSON.parse(body);
  } catch {
    problem = { title: `${response.status} ${response.statusText}` };
  }
  return new Refused(problem, Number(response.headers.get("Retry-After")) || 0);
}

function read(type, body) {
  if (!type.includes("json")) {
    // Turtle is only shown, as it is.
    return { kind: "graph", variables: [], rows: type.includes("n-triples") ? readTriples(body) : [] };
  }
  const answer = JSON.parse(body);
  if ("boolean" in answer) return { kind: "boolean", value: answer.boolean };
  const variables = answer.head.vars;
  const rows = answer.results.bindings.map((row) => variables.map((name) => row[name] ?? null));
  return { kind: "table", variables, rows };
}
