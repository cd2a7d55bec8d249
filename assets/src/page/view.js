// The answer on the page: in which forms it can be shown, and showing it.

import { element, get } from "./element.js";
import { hasChart } from "./numbers.js";
import { tableView } from "./table.js";
import { data, text } from "./texts.js";

const MOST_RAW = 200_000;

/** Shows one answer at a time; `more` fetches what a form needs and the answer has not. */
export class View {
  constructor(names, more) {
    this.names = names;
    this.more = more;
    this.form = "";
    this.section = get("answer");
    this.place = get("view");
  }

  /** Take over the answer that the server wrote into the page, if it did. */
  adopt() {
    const kind = this.section.dataset.form;
    if (!kind) return;
    this.form = kind === "graph" ? "raw" : "table";
    const forms = kind === "table" ? ["table", ...("chart" in this.section.dataset ? ["chart"] : []), "raw"] : [];
    this.#offer(kind === "graph" ? ["table", "graph", "raw"] : forms);
  }

  /** Show a new answer, in the form that the last one had where it fits. */
  async show(answer) {
    this.answer = answer;
    this.section.hidden = false;
    this.section.dataset.form = answer.kind;
    const forms = formsOf(answer);
    this.#offer(forms);
    get("notices").replaceChildren(
      ...(answer.limit
        ? [element("p", { class: "notice" }, text(answer.kind === "graph" ? "cutGraph" : "cut", { limit: answer.limit }))]
        : []),
    );
    this.#offerExports(answer.kind);
    await this.choose(forms.includes(this.form) ? this.form : forms[0]);
  }

  /** Show the answer in another form. */
  async choose(form) {
    const answer = this.answer ?? (await this.more());
    if (!answer) return;
    this.answer = answer;
    this.form = form;
    for (const button of get("views").children) {
      button.setAttribute("aria-pressed", String(button.dataset.form === form));
    }
    const nodes = await this.#nodes(answer, form);
    // A slower form may come back after the reader chose another one.
    if (this.answer === answer && this.form === form) this.place.replaceChildren(...nodes);
  }

  async #nodes(answer, form) {
    if (answer.kind === "boolean") return [element("p", { class: "big" }, text(String(answer.value)))];
    if (form === "chart" || form === "graph") {
      const { chartView, graphView } = await import(data.parts.pictures);
      return form === "chart" ? chartView(answer, this.names) : graphView(answer, this.names, this.place.clientWidth);
    }
    if (form === "raw") return rawView(await this.#raw(answer));
    return tableView(answer, this.names);
  }

  async #raw(answer) {
    if (answer.kind !== "graph") return answer.body;
    answer.turtle ??= (await this.more("text/turtle"))?.body;
    return answer.turtle ?? answer.body;
  }

  #offer(forms) {
    get("views").replaceChildren(
      ...(forms.length > 1 ? forms : []).map((form) =>
        element(
          "button",
          { type: "button", "data-form": form, "aria-pressed": String(form === this.form), click: () => this.choose(form) },
          text(form),
        ),
      ),
    );
  }

  #offerExports(kind) {
    get("exports").replaceChildren(
      ...(data.exports[kind] ?? []).flatMap(([name, extension]) => [
        element("a", { href: "#", "data-format": extension, download: `answer.${extension}` }, name),
        " ",
      ]),
    );
  }
}

function formsOf(answer) {
  if (answer.kind === "boolean") return ["table"];
  if (answer.kind === "graph") return ["table", "graph", "raw"];
  return ["table", ...(hasChart(answer) ? ["chart"] : []), "raw"];
}

function rawView(body) {
  const shown = body.slice(0, MOST_RAW);
  return [
    ...(shown.length < body.length
      ? [element("p", { class: "note" }, text("rawCut", { shown: shown.length, all: body.length }))]
      : []),
    element("pre", { class: "raw", role: "group", tabindex: "0", "aria-label": text("raw") }, shown),
  ];
}
