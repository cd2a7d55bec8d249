// The gallery of examples and the queries that were run here.

import { queryOf } from "./addresses.js";
import { element, get } from "./element.js";
import { forgetQueries, pastQueries, titleOf } from "./past.js";
import { text } from "./texts.js";

/** Let the examples run in place and be filtered; `run` takes a query. */
export function setUpGallery(run) {
  const gallery = get("gallery");
  gallery.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    run(queryOf(link.href));
  });
  const filter = get("filter");
  const opened = new Set(gallery.querySelectorAll("details[open]"));
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of gallery.querySelectorAll("details")) {
      const items = [...group.querySelectorAll("li")];
      for (const item of items) {
        const title = item.textContent.toLowerCase();
        item.hidden = !words.every((word) => title.includes(word));
      }
      const found = items.some((item) => !item.hidden);
      group.hidden = !found;
      group.open = words.length ? found : opened.has(group);
    }
  });
  showTarget();
  addEventListener("hashchange", showTarget);
}

/** Open the group of the example that the address names. */
function showTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const group = target && target.closest("details");
  if (group && !group.open) {
    group.open = true;
    target.scrollIntoView();
  }
}

/** Show the queries that were run here, and let them be forgotten; `open` takes a query. */
export function setUpPast(open) {
  const list = get("past");
  const forget = get("forget");
  const show = () => {
    const queries = pastQueries();
    forget.hidden = !queries.length;
    list.replaceChildren(
      ...(queries.length ? queries : [null]).map((query) =>
        query === null
          ? element("li", { class: "note" }, text("noHistory"))
          : element("li", {}, element("button", { type: "button", class: "linklike", click: () => open(query) }, titleOf(query) || text("untitled"))),
      ),
    );
  };
  forget.addEventListener("click", () => {
    forgetQueries();
    show();
    get("past-title").focus();
  });
  addEventListener("storage", show);
  show();
  return show;
}
