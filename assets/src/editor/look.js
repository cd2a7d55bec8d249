// How the editor looks. Colours are custom properties of the page, light and dark.

import { HighlightStyle, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace,Menlo,Consolas,monospace", lineHeight: "1.45", overflow: "auto" },
  ".cm-content": { padding: ".5rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 .5rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--soft)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 .2rem 0 .5rem", minWidth: "2.2ch" },
  ".cm-wrong-line": { backgroundColor: "var(--wrong-tint)" },
  ".cm-wrong-number": { backgroundColor: "var(--wrong)", color: "var(--paper)", fontWeight: "700" },
  ".cm-wrong-place": { textDecoration: "underline wavy var(--wrong)", textDecorationSkipInk: "none" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--tint)", outline: "1px solid var(--soft)" },
  ".cm-tooltip": {
    backgroundColor: "var(--card)",
    color: "var(--ink)",
    border: "1px solid var(--soft)",
    borderRadius: ".3rem",
    maxWidth: "min(40rem, 94vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "none", overflow: "hidden", maxWidth: "100%", minWidth: "12rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".25rem .6rem", whiteSpace: "normal", lineHeight: "1.35" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--tint)", color: "var(--ink)", boxShadow: "inset 3px 0 var(--link)" },
  ".cm-completionLabel": { fontFamily: "system-ui,sans-serif" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", fontSize: ".85em", color: "var(--soft)", marginLeft: ".6em" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--keyword)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--variable)" },
  { tag: [tags.url, tags.namespace, tags.typeName], color: "var(--name)" },
  { tag: tags.string, color: "var(--string)" },
  { tag: [tags.integer, tags.float, tags.bool], color: "var(--literal)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

// The grammar leaves prefixed names as they are.
const names = styleTags({ "Pname_ns Pname_ln PrefixedName": tags.namespace, A_predicate: tags.keyword });
const language = new LanguageSupport(SparqlLanguage.configure({ props: [names] }));

export const look = [theme, language, syntaxHighlighting(colours)];
