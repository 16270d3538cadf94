"""A block of a letter in a frame carries the line of its file, so that the frame can follow the cursor."""

import re

from generator.render.preview.views import render_views
from tests.languages import EN, NL

_ID = re.compile(r'<(\w+)[^>]* id="line-(\d+)"[^>]*>(.*?)</\1>', re.DOTALL)


def test_each_block_carries_its_line(newsletter):
    edition = newsletter.archive.issues[0].editions[NL]
    lines = edition.source.read_text().split("\n")
    for name in ("letter-light.html", "letter-dark.html", "entry-light.html"):
        html = render_views(newsletter, edition)[name].decode()
        found = [(int(line), re.sub(r"<[^>]*>", " ", text)) for _, line, text in _ID.findall(html)]
        numbers = [line for line, _ in found]
        assert len(numbers) >= 12
        assert numbers == sorted(set(numbers))
        for line, text in found:
            word = re.findall(r"\w+", text)[0]
            assert word in " ".join(lines[line - 1 : line + 4]), (line, text)


def test_all_forms_are_there_for_each_language_and_scheme(newsletter):
    for language in (NL, EN):
        frames = render_views(newsletter, newsletter.archive.issues[0].editions[language])
        expected = {f"{f}-{s}.html" for f in ("letter", "entry", "text", "page") for s in ("light", "dark")}
        assert frames.keys() == expected
        for content in frames.values():
            assert b"<script" not in content
            assert content.count(b"<!DOCTYPE html>") + content.count(b"<!doctype html>") == 1
