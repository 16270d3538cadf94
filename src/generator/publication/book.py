"""The playbook as a book: build/book/, with a PDF and an EPUB in each language, made anew when the text has changed.

The site takes the books that are there; it never makes one, and so needs no Typst.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from generator.atomic import publish_artifacts
from generator.errors import GeneratorError, PublishError
from generator.model import Artifact, Language
from generator.publication.texts import BUILD
from generator.render.book.epub import render_epub
from generator.render.book.markup import DESIGN, FONTS, render_markup
from generator.render.book.text import render_book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from generator.content import Newsletter
    from generator.render.book.text import Book

FOLDER = PurePosixPath("book")
"""Where the books are, below build/ and below the folder of a language on the site."""

FORMS = {"pdf": "application/pdf", "epub": "application/epub+zip"}
"""The forms of the book, by the end of their files, with their media types."""

_STANDARD: Final = "ua-1"
"""PDF/UA-1 (ISO 14289-1): tags, title and language. Typst refuses to write a file that is not."""

_MADE = "made.json"
"""What the books that are there were made from."""

INSTALL = "run `make book`, which installs it first"


@dataclass(frozen=True, slots=True)
class BookFile:
    """One form of the book in one language."""

    language: Language
    form: str
    path: Path
    """Where it is."""
    size: int

    @property
    def address(self) -> PurePosixPath:
        """Where it is published, below the folder of its language on the site."""
        return FOLDER / self.path.name

    @property
    def media_type(self) -> str:
        """What a server says that it is."""
        return FORMS[self.form]

    @property
    def kilobytes(self) -> int:
        """Its size for readers: a whole number, which every language writes in the same way."""
        return round(self.size / 1000)


@dataclass(frozen=True, slots=True)
class MadeBook:
    """The book in one language, and whether it was made now."""

    language: Language
    title: str
    pages: int
    files: tuple[BookFile, ...]
    seconds: float
    new: bool


def make_books(
    newsletter: Newsletter,
    languages: Iterable[Language],
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[MadeBook, ...]:
    """Make the book in these languages where its text has changed since. `tell` hears what is being done.

    Raises RequestError without an edition, and PublishError without Typst, or when Typst refuses the text.
    """
    typst = _find_typst()
    made = []
    for language in languages:
        began = monotonic()
        book = render_book(newsletter, language)
        digest = _digest(newsletter.root, render_markup(newsletter.root, book), typst)
        epub = render_epub(newsletter.root, book)
        pages = _is_made(newsletter.root, book, digest, epub)
        new = pages is None
        if pages is None:
            tell(f"Setting “{book.title}”…")
            pdf, pages = _set_type(newsletter.root, book)
            _publish(newsletter.root, book, digest, pages, {"pdf": pdf, "epub": epub})
        files = tuple(one for one in find_books(newsletter.root) if one.language == language)
        made.append(MadeBook(language, book.title, pages, files, monotonic() - began, new))
    return tuple(made)


def find_books(root: Path) -> tuple[BookFile, ...]:
    """The books that were made and are whole."""
    return tuple(
        BookFile(Language(code), form, path, path.stat().st_size)
        for code, about in _read(root).items()
        for form in FORMS
        if (path := root / BUILD / FOLDER / code / f"{about['name']}.{form}").is_file()
    )


def find_changed(newsletter: Newsletter) -> tuple[Language, ...]:
    """The languages whose book was made from another text than there is now."""
    known = _read(newsletter.root)
    found = {one.language for one in find_books(newsletter.root)}
    changed = []
    for language in newsletter.settings.languages:
        if language not in found:
            continue
        try:
            text = _hash(render_markup(newsletter.root, render_book(newsletter, language)).encode())
        except GeneratorError:  # `generate book` says what is wrong
            text = ""
        if known[language].get("text") != text:
            changed.append(language)
    return tuple(changed)


def _find_typst() -> str:
    """The version of Typst. Raises PublishError without it."""
    try:
        import typst  # noqa: F401, PLC0415 (who makes no book may not have it)
    except ImportError:
        raise PublishError(f"the book is set by Typst, which is not installed; {INSTALL}") from None
    return version("typst")


def _set_type(root: Path, book: Book) -> tuple[bytes, int]:
    """The PDF and the number of its pages."""
    import typst  # noqa: PLC0415 (who makes no book may not have it)

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(root / "templates" / folder) for folder in FONTS],
    )
    try:
        with TemporaryDirectory() as folder:  # Typst can only ask a file for the number of its pages
            source = Path(folder, "book.typ")
            source.write_text(render_markup(root, book), encoding="utf-8")
            compiler = typst.Compiler(source, root=folder, font_paths=fonts)
            pdf, warnings = compiler.compile_with_warnings(
                format="pdf", pdf_standards=[_STANDARD], timestamp=int(book.day.timestamp())
            )
            pages = int(json.loads(compiler.query("<page-count>", field="value", one=True)))
    except typst.TypstError as error:
        raise PublishError(f"templates/{DESIGN}: Typst cannot set the book: {error.message}") from error
    if not isinstance(pdf, bytes):
        raise PublishError(f"templates/{DESIGN}: Typst gave no PDF")
    if warnings:  # such as a font that is missing
        raise PublishError(f"templates/{DESIGN}: Typst warns: {warnings[0].message}")
    return pdf, pages


def _publish(root: Path, book: Book, digest: str, pages: int, contents: Mapping[str, bytes]) -> None:
    """Put the files in the place of the old ones, and note what they were made from."""
    folder = FOLDER / book.language
    artifacts = [Artifact(folder / f"{book.name}.{form}", contents[form]) for form in FORMS]
    made = _read(root)
    made[book.language] = {
        "name": book.name,
        "digest": digest,
        "text": _hash(render_markup(root, book).encode()),
        "pages": pages,
        **{form: _hash(content) for form, content in contents.items()},
    }
    note = json.dumps(made, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    publish_artifacts([*artifacts, Artifact(FOLDER / _MADE, note.encode())], root / BUILD)


def _is_made(root: Path, book: Book, digest: str, epub: bytes) -> int | None:
    """How many pages the book has that is there, or None when it has to be made."""
    about = _read(root).get(book.language, {})
    if about.get("digest") != digest or about.get("epub") != _hash(epub) or about.get("name") != book.name:
        return None
    for form in FORMS:
        path = root / BUILD / FOLDER / book.language / f"{book.name}.{form}"
        if not path.is_file() or _hash(path.read_bytes()) != about.get(form):
            return None
    return int(about["pages"])


def _digest(root: Path, markup: str, typst: str) -> str:
    """What a PDF depends on: the text, its form and fonts, and the version of Typst."""
    fonts = [path for folder in FONTS for path in sorted((root / "templates" / folder).glob("*.ttf"))]
    return _hash(markup.encode(), typst.encode(), *(path.read_bytes() for path in fonts))


def _hash(*parts: bytes) -> str:
    found = blake2b(digest_size=16)
    for part in parts:
        found.update(len(part).to_bytes(8) + part)
    return found.hexdigest()


def _read(root: Path) -> dict[str, dict[str, Any]]:
    """What is known of the books that are there; what cannot be read is made anew."""
    try:
        made = json.loads((root / BUILD / FOLDER / _MADE).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(made, dict):
        return {}
    return {
        code: about
        for code, about in made.items()
        if isinstance(about, dict) and {"name", "pages"} <= about.keys()
    }
