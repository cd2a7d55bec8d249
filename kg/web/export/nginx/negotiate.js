// Answers the requests for a site that is exported as files: content negotiation as RFC 9110,
// 12 and Content Negotiation by Profile have it, the headers, and what is not there.
// For the JavaScript of nginx (njs 0.7 or later): no destructuring, no spread, no classes.

import fs from "fs";
import prefer from "prefer.js";
import site from "site.js";

const choose = prefer.choose;

const HTML = { name: "html", types: site.html };
const FORMATS = site.formats.map(variant);
const LINKSETS = site.linksets.map(variant);
const PROBLEM = {
  name: "json",
  types: ["application/problem+json", "application/json", "application/sparql-results+json", "application/ld+json"],
};
const PLAIN = { name: "txt", types: ["text/plain"] };
const NEGOTIATED = "Accept, Accept-Language, Accept-Profile";
const ITEM = /\s*(?:<([^<>]*)>|"([^"]*)"|([^\s,;<>"]+))((?:\s*;[^,]*)?)\s*(?:,|$)/g;

function variant(row) {
  return { name: row[0], types: row[1] };
}

// --- what a request asks for ---

function argument(r, name) {
  const value = r.args[name];
  return (Array.isArray(value) ? value[0] : value) || "";
}

function language(r) {
  const first = pathOf(r).split("/")[0];
  const asked = site.languages.filter((lang) => lang === first || lang === argument(r, "lang"));
  if (asked.length) return asked.indexOf(first) >= 0 ? first : asked[0];
  return prefer.chooseLanguage(r.headersIn["Accept-Language"], site.languages, site.defaultLanguage);
}

function acceptOf(r) {
  const listed = argument(r, "_mediatype").split(",").map((name) => name.trim().replace(/ /g, "+"));
  const names = listed.filter((name) => name);
  if (!names.length) return r.headersIn["Accept"];
  return names.map((name, place) => `${name};q=${1 - place / 1000}`).join(", ");
}

/** Return the profiles that a request names, the most wanted first. */
function wantedProfiles(r) {
  const text = argument(r, "_profile").trim() || r.headersIn["Accept-Profile"] || "";
  const found = [];
  let end = 0;
  text.replace(ITEM, (whole, iri, quoted, token, parameters, place) => {
    // What is no item, and all after it, is left out.
    if (place !== end) return "";
    end = place + whole.length;
    const quality = (parameters || "").match(/;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/i);
    found.push({ name: iri || quoted || token || "", quality: quality ? parseFloat(quality[1]) : 1, place: place });
    return "";
  });
  return found.sort((a, b) => b.quality - a.quality || a.place - b.place);
}

// --- what there is ---

function pathOf(r) {
  return r.uri.slice(site.prefix.length);
}

function there(r, file) {
  try {
    return fs.statSync(`${r.variables.kg_root}/${file}`).isFile();
  } catch (error) {
    return false;
  }
}

function read(r, file) {
  return fs.readFileSync(`${r.variables.kg_root}/${file}`, "utf8");
}

function address(path) {
  return encodeURI(site.prefix + path);
}

function shortPath(path) {
  return path.indexOf("id/") === 0 ? path.slice(3) : path;
}

/** Return the path of the IRI that a page or data path is about. */
function iriPath(path) {
  return site.named.indexOf(path.split("/")[0]) >= 0 ? path : `id/${path}`;
}

/** Return the forms of a thing: pages, data in our profile, then in the others. */
function representations(r, path, languages) {
  const short = shortPath(path);
  const found = languages.map((lang) => ({ variant: HTML, path: `${lang}/${short}`, language: lang, profile: null }));
  site.profiles.forEach((profile, place) => {
    const token = place ? `.${profile[0]}` : "";
    FORMATS.forEach((format) => {
      const file = `data/${short}${token}.${format.name}`;
      if (there(r, file)) found.push({ variant: format, path: file, language: "", profile: profile });
    });
  });
  return found;
}

function linksets(r, path, lang) {
  const found = LINKSETS.map((one) => ({ variant: one, path: `linkset/${lang}/${shortPath(path)}.${one.name}`, language: "", profile: null }));
  return found.filter((one) => there(r, one.path));
}

// --- headers ---

function link(target, attributes) {
  const named = Object.keys(attributes).filter((name) => attributes[name]);
  return [`<${target}>`].concat(named.map((name) => `${name}="${attributes[name]}"`)).join("; ");
}

/** Return the forms of a thing as links, the default first, then what tokens stand for. */
function alternateLinks(r, path) {
  const forms = representations(r, path, site.languages);
  const links = forms.map((form, place) =>
    link(address(form.path), {
      rel: place ? "alternate" : "canonical",
      type: form.variant.types[0],
      hreflang: form.language,
      profile: form.profile ? form.profile[1] : "",
    }),
  );
  const fitting = site.profiles.filter((profile) => forms.some((form) => form.profile === profile));
  return links.concat(
    fitting.map((profile) => `<${site.profileClass}>; rel="type"; token="${profile[0]}"; anchor="${profile[1]}"`),
  );
}

/** Return the links of a page, from its link set. */
function pageLinks(r, lang, short) {
  const file = `linkset/${lang}/${short}.json`;
  if (!there(r, file)) return [];
  const found = [];
  const contexts = JSON.parse(read(r, file)).linkset;
  // What the page itself links to comes first.
  const own = contexts[0];
  const host = own.anchor.match(/^https?:\/\/[^/]*/)[0];
  Object.keys(own).filter((rel) => rel !== "anchor").forEach((rel) => {
    own[rel].forEach((target) => {
      const below = target.href.indexOf(`${host}/`) === 0 ? target.href.slice(host.length) : target.href;
      found.push({ rel: rel, target: below, type: target.type || "" });
    });
  });
  return found;
}

/** Say of data what they are about, and where their links are. */
function dataLinks(r, short, token, extension) {
  const links = [link(site.base + iriPath(short), { rel: "describes" })];
  if (!token && site.complete.indexOf(extension) >= 0 && short.split("/")[0] !== "releases") {
    links.push(link(address(`${site.defaultLanguage}/${short}`), { rel: "collection" }));
  } else {
    site.languages.forEach((lang) => links.push(link(address(`${lang}/${short}`), { rel: "describes" })));
  }
  site.languages.forEach((lang) => {
    linksets(r, short, lang).forEach((form) => {
      links.push(link(address(form.path), { rel: "linkset", type: form.variant.types[0] }));
    });
  });
  return links;
}

function say(r, values) {
  Object.keys(values).forEach((name) => {
    r.variables[`kg_${name}`] = values[name];
  });
}

function cached(r, seconds, more) {
  say(r, { cache: `public, max-age=${seconds}${more || ""}` });
}

// --- answers ---

function send(r, file) {
  r.internalRedirect(`/.kg-files${site.prefix}${file}`);
}

function redirect(r, status, path, vary) {
  say(r, { vary: vary });
  r.return(status, address(path));
}

function fill(text, values) {
  return Object.keys(values).reduce((filled, name) => filled.split(`{${name}}`).join(values[name]), text);
}

function escape(text) {
  return text.split("&").join("&amp;").split("<").join("&lt;").split(">").join("&gt;").split('"').join("&#34;");
}

/** Answer with an error in the form that was asked for; links are pairs of name and address. */
function problem(r, status, sentence, links) {
  const lang = language(r);
  const texts = site.texts[lang][`${status}`];
  const detail = sentence || texts[1];
  const form = choose(r.headersIn["Accept"], [HTML, PROBLEM, PLAIN]) || PLAIN;
  say(r, { cache: "", links: "", profile: "", language: lang, vary: status === 406 ? NEGOTIATED : "Accept, Accept-Language" });
  if (form === HTML) {
    r.headersOut["Content-Type"] = "text/html; charset=utf-8";
    r.return(status, page(r, status, lang, detail, links));
  } else if (form === PROBLEM) {
    const table = { type: "about:blank", status: status, title: texts[0], detail: detail };
    if (links.length) table.alternates = links.map((one) => ({ name: one[0], href: one[1] }));
    r.headersOut["Content-Type"] = "application/problem+json";
    r.return(status, JSON.stringify(table) + "\n");
  } else {
    const lines = [`${status} ${texts[0]}`, detail].concat(links.map((one) => `${one[0]}: ${one[1]}`));
    r.headersOut["Content-Type"] = "text/plain; charset=utf-8";
    r.return(status, lines.join("\n") + "\n");
  }
}

function page(r, status, lang, detail, links) {
  const shell = read(r, `${site.errors}/${status}.${lang}.html`);
  const list = shell.match(/<ul class="plain">(<li>[\s\S]*?<\/li>\n?)<\/ul>/);
  const row = list[1];
  const rows = links.map((one) =>
    row.split(site.fill.address).join(escape(one[1])).split(site.fill.name).join(escape(one[0])),
  );
  const shown = rows.length ? list[0].split(row).join(rows.join("")) : "";
  return shell.split(list[0]).join(shown).split(site.fill.detail).join(escape(detail));
}

/** Answer that nothing is known under an IRI, or that what was is withdrawn. */
function unknown(r, path) {
  const lang = language(r);
  const file = `${site.gone}/${path}.${lang}.`;
  if (!there(r, `${file}html`)) {
    problem(r, 404, fill(site.texts[lang].unknown, { iri: site.base + path }), []);
    return;
  }
  const form = choose(r.headersIn["Accept"], [HTML, PROBLEM, PLAIN]) || PLAIN;
  const type = form === PROBLEM ? PROBLEM.types[0] : `${form.types[0]}; charset=utf-8`;
  say(r, { language: lang, vary: "Accept, Accept-Language" });
  r.headersOut["Content-Type"] = type;
  r.return(410, read(r, file + form.name));
}

function notAcceptable(r, forms) {
  const lang = language(r);
  const types = forms.map((form) => form.variant.types[0]).join(", ");
  const links = forms.map((form) => [form.variant.types[0], address(form.path)]);
  problem(r, 406, fill(site.texts[lang].forms, { types: types }), links);
}

function chooseForm(accept, forms) {
  const best = forms.length ? choose(accept, forms.map((form) => form.variant)) : null;
  return forms.filter((form) => form.variant === best)[0];
}

/** Return the form that a request gets; undefined where it takes none. */
function chooseRepresentation(r, forms, others) {
  const accept = acceptOf(r);
  const wanted = wantedProfiles(r);
  let refused = false;
  for (let place = 0; place < wanted.length; place += 1) {
    const one = wanted[place];
    if (one.name === "*") {
      refused = one.quality === 0;
      break;
    }
    const fitting = forms.filter((form) => form.profile && form.profile.indexOf(one.name) >= 0);
    const found = one.quality > 0 ? chooseForm(accept, fitting) : undefined;
    if (found) return found;
  }
  const usual = forms.filter((form) => !form.profile || form.profile === site.profiles[0]);
  return refused ? undefined : chooseForm(accept, usual.concat(others));
}

function negotiated(r, path) {
  const wanted = wantedProfiles(r)[0];
  if (wanted && site.alternates.names.indexOf(wanted.name) >= 0) {
    if (alternates(r, path)) return;
  }
  const lang = language(r);
  const others = linksets(r, path, lang);
  const chosen = chooseRepresentation(r, representations(r, path, [lang]), others);
  if (!chosen) {
    notAcceptable(r, representations(r, path, site.languages).concat(others));
    return;
  }
  say(r, { vary: NEGOTIATED, profile: chosen.profile ? `<${chosen.profile[1]}>` : "", links: alternateLinks(r, path).join(", ") });
  const document = ["ontology", "shapes", "dataset", "graph"].indexOf(path.split("/")[0]) >= 0;
  if (document && chosen.profile) {
    cached(r, site.ages.usual);
    say(r, { place: address(chosen.path) });
    send(r, chosen.path);
  } else {
    redirect(r, 303, chosen.path, NEGOTIATED);
  }
}

/** Answer with the list of the forms of a thing; false where it has none. */
function alternates(r, path) {
  const lang = language(r);
  const folder = site.alternates.folder;
  const short = shortPath(path);
  if (!there(r, `${folder}/${lang}/${short}/index.html`)) return false;
  const chosen = choose(acceptOf(r), [HTML].concat(FORMATS));
  if (!chosen) {
    const forms = [HTML].concat(FORMATS).map((one) => ({
      variant: one,
      path: one === HTML ? `${folder}/${lang}/${short}` : `${folder}/${short}.${one.name}`,
    }));
    notAcceptable(r, forms);
    return true;
  }
  cached(r, site.ages.usual);
  say(r, { vary: NEGOTIATED, profile: `<${site.alternates.profile}>`, links: alternateLinks(r, path).join(", ") });
  if (chosen === HTML) say(r, { language: lang });
  send(r, chosen === HTML ? `${folder}/${lang}/${short}/index.html` : `${folder}/${short}.${chosen.name}`);
  return true;
}

/** Answer with a page, or with its links; or with a file that lies beside pages. */
function htmlPage(r, path) {
  const lang = path.split("/")[0];
  if (there(r, path)) {
    cached(r, site.ages.usual);
    say(r, { language: lang });
    send(r, path);
    return;
  }
  const short = path.slice(lang.length + 1);
  if (short && short[short.length - 1] === "/" && there(r, `${path}index.html`)) {
    redirect(r, 301, path.slice(0, -1), "");
    return;
  }
  const file = `${path.replace(/\/$/, "")}/index.html`;
  if (!there(r, file)) {
    unknown(r, iriPath(short));
    return;
  }
  const links = pageLinks(r, lang, short);
  const chosen = choose(r.headersIn["Accept"], links.length ? [HTML].concat(LINKSETS) : [HTML]);
  if (!chosen) {
    const others = links.filter((one) => ["describedby", "item", "linkset"].indexOf(one.rel) >= 0);
    const forms = others.map((one) => ({ variant: { types: [one.type] }, path: decodeURI(one.target).slice(site.prefix.length) }));
    notAcceptable(r, [{ variant: HTML, path: path }].concat(forms));
    return;
  }
  cached(r, site.ages.usual);
  say(r, { vary: "Accept" });
  if (chosen !== HTML) {
    send(r, `linkset/${lang}/${short}.${chosen.name}`);
    return;
  }
  say(r, {
    language: lang,
    links: links.map((one) => link(one.target, { rel: one.rel, type: one.type })).join(", "),
  });
  send(r, file);
}

/** Answer with how to cite a thing, in the language of the address or the reader's. */
function citation(r, path) {
  const rest = path.slice(5);
  const named = site.languages.indexOf(rest.split("/")[0]) >= 0;
  const lang = named ? rest.split("/")[0] : language(r);
  const name = named ? rest.slice(lang.length + 1) : rest;
  const file = `cite/${lang}/${name}`;
  if (!there(r, file)) {
    unknown(r, iriPath(name.replace(/\.[^.]*$/, "")));
    return;
  }
  // A thing without a name in the language is cited in the default one.
  const usual = `cite/${site.defaultLanguage}/${name}`;
  const said = read(r, file) === read(r, usual) ? site.defaultLanguage : lang;
  cached(r, site.ages.usual);
  say(r, { language: said, vary: named ? "" : "Accept-Language" });
  send(r, file);
}

/** Answer with a file at its own address. */
function file(r, path) {
  const first = path.split("/")[0];
  const folder = there(r, `${path}/index.html`);
  if (!there(r, path) && !folder) {
    const rest = first === "data" ? path.slice(5).replace(/\.[^./]*$/, "") : path;
    unknown(r, first === "data" ? iriPath(rest) : rest);
    return;
  }
  if (first === "static" && r.args.v) cached(r, site.ages.versioned, ", immutable");
  else cached(r, path === "ontology/context.jsonld" ? site.ages.context : site.ages.usual);
  if (first === "data") {
    const parts = path.slice(5).match(/^(.*)\.([^./]+)$/);
    const profile = site.profiles.slice(1).filter((one) => parts[1].slice(-one[0].length - 1) === `.${one[0]}`)[0];
    const short = profile ? parts[1].slice(0, -profile[0].length - 1) : parts[1];
    say(r, { links: dataLinks(r, short, profile ? profile[0] : "", parts[2]).join(", ") });
    if (short.split("/")[0] !== "releases") say(r, { profile: `<${(profile || site.profiles[0])[1]}>` });
  } else if (first === "dumps") {
    say(r, { links: link(address(`${site.defaultLanguage}/dataset`), { rel: "collection" }) });
  } else if (first === site.alternates.folder) {
    say(r, { profile: `<${site.alternates.profile}>`, language: folder ? path.split("/")[1] : "" });
  }
  send(r, folder ? `${path}/index.html` : path);
}

function describesDataset(r) {
  const chosen = choose(r.headersIn["Accept"], FORMATS.concat([HTML]));
  const place = (one) => (one === HTML ? `${language(r)}/dataset` : `data/dataset.${one.name}`);
  if (chosen) redirect(r, 302, place(chosen), "Accept, Accept-Language");
  else notAcceptable(r, FORMATS.concat([HTML]).map((one) => ({ variant: one, path: place(one) })));
}

/** Answer a request of the site. */
function answer(r) {
  const path = pathOf(r);
  say(r, { policy: site.policies[path] || site.policy });
  if (r.method === "OPTIONS") {
    r.headersOut["Allow"] = "GET, HEAD, OPTIONS";
    Object.keys(site.preflight).forEach((name) => {
      r.headersOut[name] = site.preflight[name];
    });
    r.return(200, "");
  } else if (r.method !== "GET" && r.method !== "HEAD") {
    r.headersOut["Allow"] = "GET, HEAD, OPTIONS";
    problem(r, 405, "", []);
  } else if (path.split("/")[0] === ".export" || r.variables.request_uri.split("?")[0].indexOf("//") >= 0) {
    // nginx joins slashes; paths with empty segments are no addresses of ours.
    unknown(r, path);
  } else if (path === "") {
    redirect(r, 302, `${language(r)}/`, "Accept-Language");
  } else if (path === "downloads") {
    redirect(r, 302, `${language(r)}/downloads`, "Accept-Language");
  } else if (path === ".well-known/void") {
    describesDataset(r);
  } else if (path === "sparql") {
    endpoint(r);
  } else if (site.languages.indexOf(path.split("/")[0]) >= 0) {
    htmlPage(r, path);
  } else if (isNegotiated(r, path)) {
    negotiated(r, path);
  } else if (path.indexOf("cite/") === 0) {
    citation(r, path);
  } else {
    file(r, path);
  }
}

function isNegotiated(r, path) {
  const first = path.split("/")[0];
  return (first === "id" || site.named.indexOf(first) >= 0) && there(r, `data/${shortPath(path)}.ttl`);
}

/** Lead readers from the endpoint, which is not there, to what is in its place. */
function endpoint(r) {
  const lang = language(r);
  const page = ["query", "downloads"].filter((name) => there(r, `${lang}/${name}/index.html`))[0];
  const reads = choose(r.headersIn["Accept"], [PLAIN, HTML]) === HTML;
  if (reads && page) redirect(r, 302, `${lang}/${page}`, "Accept, Accept-Language");
  else unknown(r, "sparql");
}

export default { answer };
