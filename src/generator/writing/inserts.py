"""What an editor puts into a text: a fact, a link, another thought or a picture; and a picture that no text uses."""

from __future__ import annotations

import re
import unicodedata
from http import HTTPStatus
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from generator.atomic import publish_artifacts, publish_together
from generator.cache import digest
from generator.content.archive import FOLDER as ISSUES
from generator.content.images import FORMATS, LargePictureError, take_picture
from generator.errors import PublishError
from generator.model import Artifact
from generator.reading import list_folder, read_bytes
from generator.writing.refusals import Refusal
from generator.writing.states import name_certainty
from generator.writing.texts import HOME, find_place, read_source
from generator.writing.versions import find_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Language
    from generator.writing.texts import Text

MOST = 30
"""How many answers a search has."""

_LONGEST_NAME = 40
"""Characters of the name of a picture."""


def find_facts(newsletter: Newsletter, query: str, language: Language) -> list[dict[str, Any]]:
    """The facts that may be cited and have all words of a query, each with the mark that cites it.

    Of a fact that must be cited with one of its caveats, `caveat` is the first one, and `caveats` are all.
    """
    found = []
    for fact in newsletter.playbook.facts.values():
        texts = (fact.id, fact.name[language], fact.claim[language], fact.studied[language], fact.source)
        if fact.use == "avoid" or not _has_words(query, texts):
            continue
        caveats = list(fact.caveat.get(language, ()))
        found.append(
            {
                "id": fact.id,
                "name": fact.name[language],
                "claim": fact.claim[language],
                "limits": fact.limits[language],
                "source": fact.source,
                "caveat": caveats[0] if caveats else "",
                "caveats": caveats,
                "certainty": fact.certainty,
                "insert": f"[^{fact.id}]",
            }
        )
    return found[:MOST]


def find_links(newsletter: Newsletter, query: str, language: Language) -> list[dict[str, str]]:
    """The pages and letters that have all words of a query, each with the link to it from a letter or a thought."""
    found = []
    for kind, title, page, words in _list_pages(newsletter, language):
        if _has_words(query, (title, page, words)):
            # All texts stand three folders deep, and what is made of letters may be linked to as if it stood in docs/.
            path = f"../../../docs/{language}/{page}"
            found.append(
                {
                    "title": title,
                    "path": path,
                    "kind": kind,
                    "insert": f"[{_escape(title)}]({quote(path, '/.-_')})",
                }
            )
    return found[:MOST]


def _list_pages(newsletter: Newsletter, language: Language) -> Iterator[tuple[str, str, str, str]]:
    """Kind, title, path below the folder of the language, and more words of all that can be linked to."""
    playbook = newsletter.playbook
    for certainty in playbook.certainties[language]:
        yield "certainty", certainty.title, certainty.page, certainty.summary
    for template in playbook.templates.get(language, ()):
        yield "template", template.title, template.page, template.summary
    for page in playbook.pages[language]:
        yield "page", page.title, f"{page.name}.md", page.summary
    for edition in newsletter.archive.editions(language):
        yield "letter", edition.title, edition.page, f"{edition.week} {edition.summary}"


def find_thoughts(newsletter: Newsletter, query: str, language: Language) -> list[dict[str, str]]:
    """The finished thoughts that have all words of a query, with their text."""
    found = []
    for thought in newsletter.playbook.thoughts[language]:
        if _has_words(query, (thought.slug, thought.title, thought.summary, thought.certainty)):
            found.append(
                {
                    "id": f"thoughts/{thought.certainty}/{thought.slug}",
                    "title": thought.title,
                    "summary": thought.summary,
                    "certainty": name_certainty(newsletter, thought.certainty, language),
                    "insert": thought.markdown,
                }
            )
    return found[:MOST]


def _has_words(query: str, texts: Iterable[str]) -> bool:
    folded = _fold(" ".join(texts))
    return all(word in folded for word in _fold(query).split())


def _fold(text: str) -> str:
    """A text without capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one))


def read_picture(text: Text, content: bytes, *, shrink: bool) -> tuple[str, bytes]:
    """A picture as a letter can have it, with the ending of its name; nothing is written.

    Raises Refusal for what is no picture, or one that a letter cannot have; with the status 413 when that can `shrink`.
    """
    if text.week is None:
        raise Refusal("picture_in_thought")
    try:
        return take_picture(content, shrink=shrink)
    except LargePictureError:
        raise Refusal("picture_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
    except ValueError as error:
        raise Refusal("no_picture", reason=error.args[0]) from None


def keep_picture(  # noqa: PLR0913 (what a picture has)
    root: Path, text: Text, name: str, alt: str, content: bytes, *, shrink: bool = False
) -> dict[str, str]:
    """Write a picture beside a letter, under a name that nothing has yet, and give the Markdown that shows it.

    Raises Refusal like read_picture.
    """
    ending, content = read_picture(text, content, shrink=shrink)
    alt = " ".join(alt.split())
    if not alt:
        raise Refusal("no_alt")
    folder = PurePath(ISSUES, str(text.week))
    find_place(root, root / folder / "picture")
    taken = {path.name.casefold() for path in list_folder(root / folder)}
    stem = _name(name)
    chosen = f"{stem}{ending}"
    number = 2
    while chosen.casefold() in taken:
        chosen, number = f"{stem}-{number}{ending}", number + 1
    path = PurePath(folder, chosen).relative_to(HOME)
    try:
        publish_together({}, new={root / HOME: [Artifact(PurePosixPath(path), content)]})
    except PublishError as error:
        raise Refusal(
            "not_written", reason=getattr(error.__cause__, "strerror", None) or str(error)
        ) from error
    return {"name": chosen, "insert": f"![{_escape(alt)}]({chosen})"}


def list_loose(root: Path, text: Text) -> list[str]:
    """The pictures beside a letter that no language of it names. Raises Refusal when a text cannot be read."""
    if text.week is None:
        return []
    sources = [read_source(root, path).text for path in text.files.values()]
    return [
        path.name
        for path in list_folder(root / ISSUES / str(text.week))
        if path.suffix.lower() in FORMATS
        and not any(name in source for source in sources for name in (path.name, quote(path.name)))
    ]


def remove_picture(root: Path, text: Text, name: str) -> None:
    """Take away a picture that no language of a letter names; it is kept with the versions of the letter.

    Raises Refusal for any other file, and when it cannot be kept.
    """
    if name not in list_loose(root, text):
        raise Refusal("picture_in_use", file=name[:60])
    take_away(root, text, [root / ISSUES / str(text.week) / name])


def take_away(root: Path, text: Text, paths: Iterable[Path]) -> None:
    """Move files to the versions of a text; of a link, what it shows.

    Raises Refusal, also for what leads out of `newsletter/`; then nothing is gone that was not kept.
    """
    kept = {}
    for path in paths:
        find_place(root, path)
        if (found := read_bytes(path, [])) is not None:
            kept[path] = Artifact(PurePosixPath(f"{digest(found).hex()[:8]}-{path.name}"), found)
    try:
        publish_artifacts(kept.values(), find_folder(root, text))
        for path in kept:
            path.unlink()
    except (PublishError, OSError) as error:
        raise Refusal("not_written", reason=getattr(error, "strerror", None) or str(error)) from None


def _name(name: str) -> str:
    """A name for a file that every system and every mail program takes, like that of the file that was dropped."""
    stem = PurePath(name.replace("\\", "/")).stem
    plain = re.sub(r"[^a-z0-9]+", "-", _fold(stem)).strip("-")[:_LONGEST_NAME].strip("-")
    return f"picture-{plain}" if not plain or plain in _RESERVED or plain.isdigit() else plain


_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{one}{number}" for one in ("com", "lpt") for number in range(10))}
)
"""Names that no file of Windows can have."""


def _escape(text: str) -> str:
    """A text that stands between the brackets of a link."""
    return re.sub(r"([\\\[\]])", r"\\\1", text)
