// The dialog of shortcuts, copying, and the query as a program.

import { programs } from "./code.js";
import { element, get } from "./element.js";
import { data, text } from "./texts.js";

/** Let `?` outside of text fields, and the button, open the dialog. */
export function setUpShortcuts() {
  const dialog = get("keys");
  const open = () => dialog.open || dialog.showModal();
  get("help").addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const at = event.composedPath()[0];
    const writes = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
    if (event.key === "?" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
}

/** Let a button copy what `what` returns; without a clipboard it is not there. */
export function setUpCopy(button, what) {
  if (!navigator.clipboard) {
    button.hidden = true;
    return;
  }
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(what());
    button.textContent = text("copied");
    setTimeout(() => (button.textContent = label), 2000);
  });
}

/** Show the query as a program when the reader asks for it; `state` returns query and kind. */
export function setUpPrograms(state) {
  const details = get("code");
  let chosen = 0;
  const show = () => {
    const { query, kind } = state();
    const all = programs(new URL(data.endpoint, location.href).href, query, kind);
    get("languages").replaceChildren(
      ...all.map(([name], place) =>
        element(
          "button",
          {
            type: "button",
            "aria-pressed": String(place === chosen),
            click: () => {
              chosen = place;
              show();
              get("languages").children[place].focus();
            },
          },
          name,
        ),
      ),
    );
    get("snippet").textContent = all[chosen][1];
  };
  details.addEventListener("toggle", () => details.open && show());
  setUpCopy(get("copy-code"), () => get("snippet").textContent);
  return () => details.open && show();
}
