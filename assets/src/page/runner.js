// Running queries, one at a time, and telling what came of it.

import { ask, Refused } from "./answers.js";
import { element, get } from "./element.js";
import { duration, plural, text } from "./texts.js";

/** Runs queries. `editor` may be replaced; `answered` is told the query of each new answer. */
export class Runner {
  #running = null;

  /** `asked` is the query that the shown answer is of; `isMissing` says that nothing can run yet. */
  constructor({ editor, names, asked, answered, isMissing = () => false }) {
    this.isMissing = isMissing;
    this.editor = editor;
    this.names = names;
    this.asked = asked;
    this.answered = answered;
  }

  /** Run a query, by default that of the editor; `push` makes it the address of the page. */
  async run({ query = this.editor.text(), push = true } = {}) {
    if (this.isMissing()) return;
    this.#running?.abort();
    const controller = new AbortController();
    this.#running = controller;
    busy(true);
    this.editor.clear();
    get("error").replaceChildren();
    say(text("running"));
    try {
      const labels = this.names.load().catch(() => null);
      const answer = await ask(query, controller.signal);
      await labels;
      if (this.#running !== controller) return;
      this.asked = query;
      await this.answered(answer, push);
      say(summary(answer));
    } catch (error) {
      if (this.#running === controller) this.#fail(error, query);
    } finally {
      if (this.#running === controller) {
        this.#running = null;
        busy(false);
      }
    }
  }

  /** Stop the query that runs; the server, too, gives it up. Say whether there was one. */
  stop() {
    if (!this.#running) return false;
    this.#running.abort();
    this.#running = null;
    busy(false);
    say(text("stopped"));
    return true;
  }

  /** Fetch the shown answer again, as data: all of it, or in the media type `accept`. */
  async fetchAgain(accept) {
    try {
      const [answer] = await Promise.all([
        ask(this.asked, undefined, accept),
        this.names.load().catch(() => null),
      ]);
      return answer;
    } catch (error) {
      this.#fail(error, this.asked);
      return null;
    }
  }

  #fail(error, query) {
    say("");
    const box = get("error");
    if (!(error instanceof Refused)) {
      box.replaceChildren(element("p", { role: "alert" }, text("failed")));
      // Without a network fetch throws a TypeError; anything else is a mistake of ours.
      if (!(error instanceof TypeError)) throw error;
      return;
    }
    const { line, column } = error.problem;
    const wait = error.wait ? [element("p", {}, text("wait", { seconds: error.wait }))] : [];
    const alert = element("div", { role: "alert" }, element("p", { lang: "en" }, error.message), ...wait);
    box.replaceChildren(alert, ...this.#missingPrefixes());
    if (line) this.editor.mark(line, column ?? 1, error.message);
    // An answer to another query would pass for the answer to this one.
    get("answer").hidden = this.asked !== query;
  }

  /** Return a button for each prefix that the query uses without a PREFIX line and that we know. */
  #missingPrefixes() {
    const declare = (name) => {
      this.editor.declare(name);
      return this.run();
    };
    return this.editor
      .missing()
      .map((name) => element("button", { type: "button", click: () => declare(name) }, text("addPrefix", { name: `${name}:` })));
  }
}

function say(sentence) {
  get("status").textContent = sentence;
}

function busy(is) {
  const stop = get("stop");
  const held = document.activeElement === stop;
  stop.disabled = !is;
  get("answer").setAttribute("aria-busy", String(is));
  // A disabled button lets go of the focus.
  if (held && !is) get("run").focus();
}

function summary(answer) {
  const time = duration(answer.took);
  if (answer.kind === "boolean") return text("answered", { time });
  return plural(answer.kind === "graph" ? "triples" : "rows", answer.rows.length, { time });
}
