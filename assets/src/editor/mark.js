// Where the server says that the query goes wrong: the line, and the place in it.

import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, gutterLineClass, GutterMarker } from "@codemirror/view";

const setPlace = StateEffect.define();

class WrongLine extends GutterMarker {
  elementClass = "cm-wrong-number";
}
const wrongNumber = new WrongLine();
const wrongLine = Decoration.line({ class: "cm-wrong-line" });
const wrongPlace = Decoration.mark({ class: "cm-wrong-place" });

const NONE = { decorations: Decoration.none, gutter: RangeSet.empty, wrong: false };

/** Keeps the marked place until the text changes. */
export const placeMark = StateField.define({
  create: () => NONE,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setPlace)) return effect.value === null ? NONE : marked(transaction.state.doc, effect.value);
    }
    return transaction.docChanged ? NONE : value;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.decorations),
    gutterLineClass.from(field, (value) => value.gutter),
    EditorView.contentAttributes.from(field, (value) => (value.wrong ? { "aria-invalid": "true" } : {})),
  ],
});

function marked(doc, place) {
  const line = doc.lineAt(place);
  const [from, to] = wordAt(line.text, place - line.from).map((offset) => line.from + offset);
  const ranges = [wrongLine.range(line.from), ...(to > from ? [wrongPlace.range(from, to)] : [])];
  return { decorations: Decoration.set(ranges), gutter: RangeSet.of([wrongNumber.range(line.from)]), wrong: true };
}

/** Return where the word at a place begins and ends; at a blank or the end, the word before. */
function wordAt(text, place) {
  const next = /^\S+/.exec(text.slice(place));
  if (next) return [place, place + next[0].length];
  const before = text.slice(0, place).trimEnd();
  return [before.search(/\S*$/), before.length];
}

/** Mark a place and put the cursor there: `line` and `column` from 1, columns in code points. */
export function markPlace(view, line, column) {
  const { doc } = view.state;
  const { from, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const place = from + [...text].slice(0, column - 1).join("").length;
  view.dispatch({ effects: setPlace.of(place), selection: { anchor: place }, scrollIntoView: true });
}

/** Take the mark away. */
export function clearMark(view) {
  view.dispatch({ effects: setPlace.of(null) });
}
