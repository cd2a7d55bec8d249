const PROLOGUE = /^(?:\s+|#[^\n\r]*|BASE\s*<[^>]*>|PREFIX\s*[^\s:]*:\s*<[^>]*>)+/i;

/** Return the form of a query: SELECT, ASK, CONSTRUCT, DESCRIBE; empty for what is none. */
export function formOf(query) {
  const body = query.replace(PROLOGUE, "");
  return /^(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(body)?.[1].toUpperCase() ?? "";
}
