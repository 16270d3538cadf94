"""The book as tests read it: of the real project, and of one that a test may change."""

from functools import cache
from pathlib import Path

from generator.content import Newsletter, load_newsletter
from generator.content.needs import need_book
from generator.model import Language
from generator.render.book.text import Book, render_book
from tests.languages import NL

ROOT = Path(__file__).parents[3]
EDITION = "\n[book]\nedition = 2\ndate = 2026-11-30\n"


@cache
def load_project() -> Newsletter:
    """The real one."""
    return load_newsletter(ROOT, needs=need_book(ROOT))


@cache
def load_book(language: Language) -> Book:
    return render_book(load_project(), language)


def add_edition(root: Path) -> None:
    path = root / "newsletter/settings.toml"
    path.write_text(path.read_text("utf-8") + EDITION, "utf-8")


def read_book(root: Path, language: Language = NL) -> Book:
    return render_book(load_newsletter(root, needs=need_book(root)), language)


def say(book: Book) -> str:
    """All words of the chapters and the notes."""
    trees = [tree for one in book.chapters for tree in (one.lead, one.body) if tree is not None]
    trees += [note.body for note in book.notes]
    return " ".join(" ".join(tree.text_content().split()) for tree in trees)
