// The card that offers the data, says how far they are, and lets them be loaded.

import { element, get } from "../page/element.js";
import { text } from "../page/texts.js";

/** Let the button load the data of an engine; `loaded` is called once they are there.
 *
 * Return a function that says whether the data are missing, and if so sends the reader there.
 */
export function setUpLoading(engine, loaded) {
  const button = get("load-data");
  const status = get("load-status");
  const say = (sentence) => status.replaceChildren(sentence);
  button.addEventListener("click", async () => {
    button.disabled = true;
    get("load").setAttribute("aria-busy", "true");
    say(text("loading"));
    try {
      const statements = await engine.load();
      say(text("ready", { number: statements }));
      const hadFocus = document.activeElement === button || document.activeElement === document.body;
      button.parentElement.remove();
      if (hadFocus) get("run").focus();
      loaded();
    } catch (error) {
      button.disabled = false;
      status.replaceChildren(element("span", { role: "alert" }, text("cannotLoad")));
      // Without a network fetch throws a TypeError; anything else is a mistake of ours.
      if (!(error instanceof TypeError)) throw error;
    } finally {
      get("load").removeAttribute("aria-busy");
    }
  });
  return () => {
    if (engine.isLoaded) return false;
    get("status").textContent = text("loadFirst");
    get("load").scrollIntoView({ block: "nearest" });
    button.focus();
    return true;
  };
}
