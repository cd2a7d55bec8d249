// Bundles the editor, the engine for browsers and the search of sites without a server into kg/web/static, or into the folder that is named.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../kg/web/static"));

const parts = {
  sparql: "page/page.js",
  "sparql-editor": "editor/editor.js",
  "sparql-pictures": "pictures/pictures.js",
  "sparql-worker": "offline/worker.js",
  search: "search/search.js",
};
const packages = new Set();

// Without npm a test can still tell whether the bundle is of these sources.
const sources = readdirSync(join(here, "src"), { recursive: true }).filter((path) => path.endsWith(".js"));
const digest = createHash("sha256");
for (const path of ["build.mjs", "package-lock.json", ...sources.map((path) => `src/${path}`).sort()]) {
  digest.update(`${path}\0`).update(readFileSync(join(here, path)));
}
const version = digest.digest("hex");

// Each part is loaded when it is needed, from the address that the page names.
for (const [name, source] of Object.entries(parts)) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [join("src", source)],
    outfile: join(out, `${name}.js`),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    banner: { js: `/* Bundled from assets/ ${version}; licences: sparql-licenses.txt */` },
  });
  for (const input of Object.keys(result.metafile.inputs)) {
    const match = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match) packages.add(match[1]);
  }
}

const notices = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  // A package that comes without the text of its licence has it here.
  const own = join(here, "licenses", `${name}.txt`);
  const license = existsSync(own) ? own : join(folder, "LICENSE");
  return `${name} ${version}\n\n${readFileSync(license, "utf8").trim()}\n`;
});
copyFileSync(join(here, "node_modules/oxigraph/web_bg.wasm"), join(out, "oxigraph.wasm"));
writeFileSync(join(out, "sparql-licenses.txt"), notices.join("\n----\n\n"));
