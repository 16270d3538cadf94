"""The source for Typst; tests/publication/test_book.py has it set."""

import re
from pathlib import Path

import pytest

from generator.errors import TemplateError
from generator.render.book.markup import render_markup
from tests.render.book.books import add_edition, read_book


def test_no_word_of_a_text_is_read_as_markup(sample: Path) -> None:
    add_edition(sample)
    page = sample / "docs/nl/glossary.md"
    odd = r'#panic("x") \#let $a$ [b] "c" <d> @e'
    page.write_text(page.read_text("utf-8") + f"\n    {odd}\n\nEn `{odd}` hier.\n", "utf-8")
    markup = render_markup(sample, read_book(sample))
    quoted = r"#panic(\"x\") \\#let $a$ [b] \"c\" <d> @e"
    assert markup.count(quoted) == 2
    assert "#panic(" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", markup)


def test_an_element_without_a_form_is_refused(sample: Path) -> None:
    add_edition(sample)
    book = read_book(sample)
    book.chapters[0].body[0].append(book.chapters[0].body.makeelement("video", {}))
    with pytest.raises(TemplateError, match=r"templates/book/book\.typ: the book has no form .* “video”"):
        render_markup(sample, book)
