// The same query from a program. Each piece runs as it stands.

/** Return a name and a program for each language; `isTable` tells SELECT from the others. */
export function programs(endpoint, query, kind) {
  const accept = kind === "graph" ? "text/turtle" : kind === "boolean" ? "application/sparql-results+json" : "text/csv";
  return [
    ["curl", curl(endpoint, query, accept)],
    ["Python", python(endpoint, query, kind)],
    ["R", r(endpoint, query, accept, kind)],
    ["JavaScript", javascript(endpoint, query, kind)],
  ];
}

function curl(endpoint, query, accept) {
  const quoted = query.replaceAll("'", "'\\''");
  return `curl --silent --show-error ${endpoint} \\\n  --header 'Accept: ${accept}' \\\n  --data-urlencode 'query=${quoted}'`;
}

const JSON_RESULTS = "application/sparql-results+json";

function python(endpoint, query, kind) {
  const quoted = query.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"');
  const read =
    kind === "graph"
      ? "    print(response.read().decode())"
      : kind === "boolean"
        ? '    print(json.load(response)["boolean"])'
        : '    for row in json.load(response)["results"]["bindings"]:\n        print({name: term["value"] for name, term in row.items()})';
  return [
    ...(kind === "graph" ? [] : ["import json"]),
    "from urllib.parse import urlencode",
    "from urllib.request import Request, urlopen",
    "",
    `query = """${quoted}"""`,
    "request = Request(",
    `    "${endpoint}",`,
    '    urlencode({"query": query}).encode(),',
    `    {"Accept": "${kind === "graph" ? "text/turtle" : JSON_RESULTS}"},`,
    ")",
    "with urlopen(request) as response:",
    read,
  ].join("\n");
}

function r(endpoint, query, accept, kind) {
  let dashes = "";
  while (query.includes(`)${dashes}"`)) dashes += "-";
  return [
    "library(httr2)",
    "",
    `query <- r"${dashes}(${query})${dashes}"`,
    `answer <- request("${endpoint}") |>`,
    `  req_headers(Accept = "${accept}") |>`,
    "  req_body_form(query = query) |>",
    "  req_perform() |>",
    "  resp_body_string()",
    kind === "table" ? "print(read.csv(text = answer))" : "cat(answer)",
  ].join("\n");
}

function javascript(endpoint, query, kind) {
  const quoted = query.replace(/[\\`]|\$\{/g, "\\$&");
  const read =
    kind === "graph"
      ? "console.log(await response.text());"
      : kind === "boolean"
        ? "console.log((await response.json()).boolean);"
        : "const { results } = await response.json();\nconsole.table(results.bindings.map((row) =>\n  Object.fromEntries(Object.entries(row).map(([name, term]) => [name, term.value]))));";
  return [
    `const query = \`${quoted}\`;`,
    `const response = await fetch("${endpoint}", {`,
    '  method: "POST",',
    `  headers: { Accept: "${kind === "graph" ? "text/turtle" : JSON_RESULTS}" },`,
    "  body: new URLSearchParams({ query }),",
    "});",
    read,
  ].join("\n");
}
