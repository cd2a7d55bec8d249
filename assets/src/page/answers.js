// Asking the endpoint, and reading what it answers.

import { readTriples } from "./triples.js";

const ACCEPT = [
  "application/sparql-results+json",
  "application/n-triples;q=0.9",
  "application/problem+json;q=0.5",
].join(", ");

/** Thrown where the server says no; `problem` is its account (RFC 9457), as far as it gave one. */
export class Refused extends Error {
  constructor(problem, wait) {
    super(problem.detail || problem.title || "");
    this.problem = problem;
    this.wait = wait;
  }
}

/** Return the answer to a query: its kind, its content, its text and how long it took. */
export async function ask(endpoint, query, signal, accept = ACCEPT) {
  const start = performance.now();
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { Accept: accept },
    body: new URLSearchParams({ query }),
    signal,
  });
  const body = await response.text();
  if (!response.ok) throw refusal(response, body);
  const answer = { ...read(response.headers.get("Content-Type") ?? "", body), query, body };
  answer.limit = Number(response.headers.get("X-SPARQL-MaxRows")) || 0;
  answer.took = performance.now() - start;
  return answer;
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
