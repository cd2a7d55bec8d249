// Addresses of a query: the page's own, that of the other language, those of the downloads.

import { answerAddress, emptyAddress, pageAddress, queryOf } from "./addresses.js";
import { answerText } from "./answers.js";
import { element, get } from "./element.js";
import { data } from "./texts.js";

/** Make a query the one that the links of the page lead to; `push` makes it the page's address. */
export function showLinks(query, push) {
  const address = pageAddress(query);
  get("link-row").hidden = !address;
  get("too-long").hidden = Boolean(address);
  get("permalink").href = address ?? data.endpoint;
  const here = address ?? emptyAddress();
  if (push && here !== location.pathname + location.search) history.pushState(null, "", here);
  for (const other of document.querySelectorAll("header a[hreflang]")) {
    other.href = pageAddress(query, other.hreflang) ?? emptyAddress(other.hreflang);
  }
}

/** Tell `go` the query of an address that the reader goes back or forward to, null for none. */
export function followHistory(go) {
  let search = location.search;
  addEventListener("popstate", () => {
    // Going to a place on the same page is no going back.
    const same = location.hash && location.search === search;
    search = location.search;
    if (!same) go(queryOf(location.href));
  });
}

/** Let the downloads be of the query that `asked` returns, however long it is. */
export function setUpDownloads(asked) {
  get("exports").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-format]");
    if (!link) return;
    const { format } = link.dataset;
    const address = data.offline ? null : answerAddress(asked(), format);
    if (address) {
      link.href = address;
    } else {
      event.preventDefault();
      void save(asked(), format);
    }
  });
}

/** Save the answer to a query that is too long for an address, or that no address has. */
async function save(query, format) {
  const address = URL.createObjectURL(new Blob([await answerText(query, format)]));
  element("a", { href: address, download: `answer.${format}` }).click();
  URL.revokeObjectURL(address);
}
