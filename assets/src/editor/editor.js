// The editor in place of the textarea: CodeMirror in a shadow root, where a strict
// Content-Security-Policy lets it have its styles as constructed style sheets.

import { autocompletion, completionKeymap, completionStatus, startCompletion } from "@codemirror/autocomplete";
import {
  history,
  historyKeymap,
  indentLess,
  indentMore,
  moveLineDown,
  moveLineUp,
  standardKeymap,
  toggleLineComment,
} from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";

import { complete } from "./complete.js";
import { clearMark, markPlace, placeMark } from "./mark.js";
import { declaration, missingPrefixes } from "./prefixes.js";
import { look } from "./look.js";

/** Put an editor in the place of `textarea`, which stays the form's field, and return it.
 *
 * `label` names it; `help` is read to those who cannot see; `words` are texts; `names` knows
 * the terms; `run` and `stop` do what the keys for them ask, `stop` says whether it did.
 */
export function createEditor({ textarea, label, help, words, names, run, stop }) {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open", delegatesFocus: true });
  const hint = document.createElement("div");
  hint.id = "hint";
  hint.hidden = true;
  hint.textContent = help;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          // On a PC too, where people type Ctrl-Space to change how they write Chinese.
          { key: "Alt-/", run: startCompletion },
          // Suggestions that show go first.
          { key: "Escape", run: ({ state }) => completionStatus(state) !== "active" && stop() },
          ...completionKeymap,
          { key: "Mod-/", run: toggleLineComment },
          { key: "Mod-[", run: indentLess },
          { key: "Mod-]", run: indentMore },
          { key: "Alt-ArrowUp", run: moveLineUp },
          { key: "Alt-ArrowDown", run: moveLineDown },
          ...historyKeymap,
          ...standardKeymap,
        ]),
        lineNumbers(),
        history(),
        bracketMatching(),
        autocompletion({
          override: [complete(names, words)],
          icons: false,
          defaultKeymap: false,
          // So few that the list need not scroll: it follows the arrow keys.
          maxRenderedOptions: matchMedia("(max-width: 36rem)").matches ? 4 : 8,
        }),
        EditorState.languageData.of(() => [{ commentTokens: { line: "#" } }]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": label.textContent,
          "aria-describedby": "hint",
          autocapitalize: "off",
          // It is focusable as it is, but not to every checker: it scrolls what is around it.
          tabindex: "0",
        }),
        EditorState.phrases.of({ Completions: words.completions }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) textarea.value = state.doc.toString();
        }),
        EditorView.domEventHandlers({
          focus: () => void names.load().catch(() => null),
          beforeinput: replaceSelection,
        }),
        placeMark,
        look,
      ],
    }),
  });
  root.append(hint);
  const hadFocus = document.activeElement === textarea;
  textarea.hidden = true;
  textarea.before(host);
  label.removeAttribute("for");
  label.addEventListener("click", () => view.focus());
  if (hadFocus) view.focus();

  const text = () => view.state.doc.toString();
  return {
    text,
    set(query) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query }, selection: { anchor: 0 }, scrollIntoView: true });
    },
    mark(line, column, reason, focus = true) {
      hint.textContent = `${reason} ${help}`;
      markPlace(view, line, column);
      if (focus) view.focus();
    },
    clear() {
      hint.textContent = help;
      clearMark(view);
    },
    missing: () => missingPrefixes(text(), names.prefixes),
    declare(name) {
      view.dispatch({ changes: declaration(text(), name, names.prefixes[name]), userEvent: "input" });
    },
  };
}

/** Type over a selection ourselves: Chromium would write its styles into the text, against the policy. */
function replaceSelection(event, view) {
  const { state } = view;
  if (event.inputType !== "insertText" || !event.data || state.selection.main.empty || view.composing) return false;
  event.preventDefault();
  view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}
