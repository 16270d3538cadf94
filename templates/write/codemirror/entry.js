/* The parts of CodeMirror that write/editor.js uses. `make editor` bundles them into write/codemirror.js. */
export { defaultKeymap, history, historyField, historyKeymap, invertedEffects, isolateHistory, redo, undo } from "@codemirror/commands";
export { defineLanguageFacet, HighlightStyle, Language, languageDataProp, syntaxHighlighting } from "@codemirror/language";
export { openSearchPanel, search, searchKeymap } from "@codemirror/search";
export { Annotation, EditorSelection, EditorState, StateEffect, StateField, Transaction } from "@codemirror/state";
export { Decoration, drawSelection, EditorView, hoverTooltip, keymap, placeholder, showTooltip } from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { parser as markdownParser, Strikethrough, Table, TaskList } from "@lezer/markdown";
