// Addresses of queries and of their answers.

import { data } from "./texts.js";

/** Longer addresses are refused by servers and cut by mail programs. */
const LONGEST = 8000;

/** Return the address of the page with a query, or null where it would be too long. */
export function pageAddress(query, lang = data.lang) {
  if (data.pages) return short(`${data.pages[lang]}?${new URLSearchParams({ query })}`);
  return short(`${data.endpoint}?${new URLSearchParams({ query, lang })}`);
}

/** Return the address of the answer to a query in a format, or null where it would be too long. */
export function answerAddress(query, format) {
  return short(`${data.endpoint}?${new URLSearchParams({ query, format })}`);
}

/** Return the address of the page without a query. */
export function emptyAddress(lang = data.lang) {
  return data.pages ? data.pages[lang] : `${data.endpoint}?lang=${lang}`;
}

/** Return the query that an address of the page has, or null. */
export function queryOf(address) {
  return new URL(address, location.href).searchParams.get("query");
}

function short(address) {
  return address.length > LONGEST ? null : address;
}
