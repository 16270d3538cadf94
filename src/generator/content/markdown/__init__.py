"""Markdown as its author wrote it: marks, code, brackets, anchors and headings, found without parsing."""
