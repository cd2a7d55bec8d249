// The queries that were run here, kept in this browser.

const KEY = "sparql-queries";
const MOST = 50;

/** Return the queries that were run, the last one first. */
export function pastQueries() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((query) => typeof query === "string") : [];
  } catch {
    return [];
  }
}

/** Keep a query as the last one. A browser that keeps nothing is no reason to stop. */
export function keepQuery(query) {
  const kept = [query, ...pastQueries().filter((other) => other !== query)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Full or forbidden: the list stays as it was.
  }
}

/** Forget all of them. */
export function forgetQueries() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // There was nothing to forget.
  }
}

/** Return what a query is called: its first comment, else what it asks for. */
export function titleOf(query) {
  const lines = query.split("\n").map((line) => line.trim());
  const comment = lines.find((line) => /^#+\s*\S/.test(line));
  const first = lines.find((line) => line && !/^(#|prefix\b|base\b)/i.test(line));
  return (comment ? comment.replace(/^#+\s*/, "") : first) ?? "";
}
