// The page of /sparql where scripts run: the form asks in place, the textarea becomes an editor.

import { setUpLoading } from "../offline/load.js";
import { queryOf } from "./addresses.js";
import { local } from "./answers.js";
import { get } from "./element.js";
import { setUpCopy, setUpPrograms, setUpShortcuts } from "./help.js";
import { followHistory, setUpDownloads, showLinks } from "./links.js";
import { Names } from "./names.js";
import { keepQuery } from "./past.js";
import { Runner } from "./runner.js";
import { setUpGallery, setUpPast } from "./side.js";
import { data, text } from "./texts.js";
import { View } from "./view.js";

const textarea = document.getElementById("query");
const names = new Names(data);
// A page that is a file cannot write the query of its address into the form.
if (local) textarea.value = queryOf(location.href) ?? textarea.value;

/** What the textarea can do: until the editor is there, and where it never comes. */
const plain = {
  text: () => textarea.value,
  set: (query) => (textarea.value = query),
  mark: () => {},
  clear: () => {},
  missing: () => [],
};

const runner = new Runner({
  editor: plain,
  names,
  asked: queryOf(location.href) ?? textarea.value,
  isMissing: local ? setUpLoading(local, () => void runner.run()) : undefined,
  async answered(answer, push) {
    keepQuery(answer.query);
    showPast();
    showLinks(answer.query, push);
    await view.show(answer);
    showPrograms();
  },
});
const view = new View(names, (accept) => runner.fetchAgain(accept));
view.adopt();

const open = (query) => {
  runner.editor.set(query);
  get("form").scrollIntoView({ block: "nearest" });
  return runner.run({ query });
};
const showPast = setUpPast(open);
const programOf = () => ({ query: runner.asked, kind: get("answer").dataset.form });
const showPrograms = get("code") ? setUpPrograms(programOf) : () => {};
setUpGallery(open);
setUpDownloads(() => runner.asked);
setUpShortcuts();
setUpCopy(get("copy"), () => get("permalink").href);

get("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void runner.run();
});
get("stop").addEventListener("click", () => runner.stop());
document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && runner.stop());

followHistory((query) => {
  if (query === null) {
    runner.stop();
    get("answer").hidden = true;
  } else if (query !== runner.asked || get("answer").hidden) {
    runner.editor.set(query);
    void runner.run({ query, push: false });
  }
});

const { createEditor } = await import(data.parts.editor);
runner.editor = createEditor({
  textarea,
  label: get("label"),
  help: text("editorHelp"),
  words: data.texts,
  names,
  run: () => void runner.run(),
  stop: () => runner.stop(),
});
const { line, column } = get("error").dataset;
if (line) runner.editor.mark(Number(line), Number(column), get("error").querySelector("p").textContent, false);
