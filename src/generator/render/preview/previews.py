"""The preview of an issue: inbox, letter, text parts and problems, on one page.

The same files are served while an editor writes, and written to a folder to show to others. Every path is relative,
and nothing else is loaded.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from generator.cache import digest
from generator.model import ENGLISH, Artifact, Edition
from generator.render.dates import say_date, say_not_out
from generator.render.email.message import render_draft_with_parts
from generator.render.feed.entries import render_entry
from generator.render.page.pages import render_edition, render_lesson
from generator.render.preview.frames import (
    CHANGED,
    Scheme,
    frame_entry,
    frame_letter,
    mark_change,
    read_pictures,
)
from generator.render.preview.guide import read_guide
from generator.render.preview.inbox import decode_headers, render_inbox
from generator.render.preview.sources import (
    Shown,
    count_kinds,
    mark_lines,
    read_source,
    show_problem,
    source_name,
)
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.model import Issue, Lesson, Problem, Week

PAGE = PurePosixPath("index.html")
"""The page of an issue; everything else is below its folder."""

MARK = '<meta name="generator" content="generate preview">'
"""Identifies a page as a preview of ours."""

_FONT = "site/assets/fonts/newsreader-display.woff2"


@dataclass(frozen=True, slots=True)
class Served:
    """The values of a preview that is served on the machine of the editor."""

    state: str
    """A digest of the files; the page polls whether it has changed."""
    site: str = ""
    """The URL of the local site, where links in the letter then lead; or empty."""
    before: Mapping[str, bytes] = field(default_factory=dict)
    """The pages of this issue before the last save, so that a letter opens where it changed."""


def render_preview(
    newsletter: Newsletter,
    issue: Issue,
    problems: Sequence[Problem],
    now: datetime,
    served: Served | None = None,
) -> tuple[Artifact, ...]:
    """The page of an issue and its frames; `problems` are the findings of the checks.

    An issue that is not published at `now` is labelled. Raises ContentError when a letter cannot be rendered.
    """
    newer, older = _neighbours(newsletter, issue) if served else (None, None)
    published = issue.first.published.astimezone(newsletter.settings.timezone)
    return _render_texts(
        newsletter,
        list(issue.editions.values()),
        problems,
        served,
        not_out=say_not_out(published, newsletter.settings.languages.editors, newsletter.root)
        if published > now
        else "",
        draft=issue.draft,
        newer=newer,
        older=older,
    )


def render_lesson_preview(
    newsletter: Newsletter, lessons: Sequence[Lesson], problems: Sequence[Problem]
) -> tuple[Artifact, ...]:
    """The page of a lesson in each language and its frames, as for an issue."""
    return _render_texts(newsletter, lessons, problems, None, not_out="", draft=False, newer=None, older=None)


def _render_texts(
    newsletter: Newsletter,
    texts: Sequence[Edition | Lesson],
    problems: Sequence[Problem],
    served: Served | None,
    **values: Any,
) -> tuple[Artifact, ...]:
    """The page of a text in several languages, the first of which says what it is."""
    first, editors = texts[0], newsletter.settings.languages.editors
    rendered = [_render_edition(newsletter, text, served) for text in texts]
    page, sources = _render_page(
        newsletter.root,
        problems,
        served,
        also=[text.source.relative_to(newsletter.root) for text in texts],
        letter=newsletter.settings.letter,
        week=str(first.mailing),
        date=say_date(first.published.astimezone(newsletter.settings.timezone), ENGLISH),
        certainty=newsletter.playbook.certainty(editors, first.certainty).title,
        editions=[shown for _, shown in rendered],
        others=len(newsletter.ignored) if served else 0,
        **values,
    )
    return (page, *sources, *(frame for frames, _ in rendered for frame in frames))


def render_broken(
    root: Path, problems: Sequence[Problem], failure: str, served: Served
) -> tuple[Artifact, ...]:
    """The page without a letter: its files have problems, or something else failed."""
    page, sources = _render_page(root, problems, served, letter="", failure=failure, editions=[])
    return (page, *sources)


def page_policy(root: Path, *, served: bool) -> str:
    """The Content-Security-Policy of a page: its own style and script, and its frames."""
    style, script = _style(root), _script(root)
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "font-src data:",
            # Each file: URL is an origin of its own, which browsers may not take for 'self'.
            "frame-src 'self'" if served else "frame-src 'self' file:",
            "connect-src 'self'" if served else "connect-src 'none'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def dress_page(root: Path, *, served: bool) -> dict[str, Any]:
    """The values of every page of the preview."""
    return {
        "mark": MARK,
        "policy": page_policy(root, served=served),
        "style": _style(root),
        "script": _script(root),
    }


def _render_page(
    root: Path,
    problems: Sequence[Problem],
    served: Served | None,
    *,
    also: Iterable[Path] = (),
    **values: Any,
) -> tuple[Artifact, list[Artifact]]:
    """The page, and a page with the source of each file that a problem names or that is in `also`."""
    guide = read_guide(root)
    paths = dict.fromkeys([*also, *(problem.path for problem in problems)])
    files = {path: lines for path in paths if (lines := read_source(root, path)) is not None}
    shown = [
        show_problem(
            root, found, files.get(found.path), guide.get(found.rule or "", ""), editor=served is not None
        )
        for found in problems
    ]
    frame = dress_page(root, served=served is not None)
    page = render_template(
        root,
        "preview/page.html",
        **{"failure": "", "others": 0, **values},
        **frame,
        problems={kind: [one for one in shown if one.kind == kind] for kind in count_kinds(problems)},
        state=served.state if served else "",
        schemes=list(Scheme),
    )
    sources = [
        _render_source(
            root,
            path,
            lines,
            [one for one in zip(problems, shown, strict=True) if one[0].path == path],
            frame,
        )
        for path, lines in files.items()
    ]
    return Artifact(PAGE, page.encode()), sources


def _render_source(
    root: Path,
    path: Path,
    lines: Sequence[str],
    problems: Sequence[tuple[Problem, Shown]],
    frame: Mapping[str, Any],
) -> Artifact:
    page = render_template(
        root,
        "preview/source.html",
        path=path.as_posix(),
        lines=mark_lines(lines, problems),
        language=path.stem.rpartition(".")[2] if path.suffix == ".md" else "",
        **frame,
    )
    return Artifact(PurePosixPath(source_name(path)), page.encode())


def _render_edition(
    newsletter: Newsletter, edition: Edition | Lesson, served: Served | None
) -> tuple[list[Artifact], dict[str, Any]]:
    """The frames of an edition, and its values for the page."""
    html, text, message = render_draft_with_parts(newsletter, edition)
    entry = render_entry(newsletter, edition)
    settings = newsletter.settings
    pictures, folder = read_pictures(newsletter, edition), PurePosixPath(edition.language)
    frames: list[Artifact] = []
    for scheme in Scheme:
        for images, suffix in ((pictures, ""), (None, "-no-images")):
            made = {
                "letter": frame_letter(html, scheme, images),
                "entry": frame_entry(newsletter, entry, scheme, images),
            }
            for name, content in made.items():
                path = folder / f"{name}-{scheme}{suffix}.html"
                frames.append(Artifact(path, _settle(content, path, settings.site_url, served).encode()))
    values = {
        "language": edition.language,
        "name": load_words(newsletter.root)[edition.language]["language"]["name"],
        "title": edition.title,
        "inbox": render_inbox(newsletter, edition, message),
        "text": text,
        "headers": decode_headers(message),
        "raw": message.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n", "\n"),
        "size": f"{len(html.encode()) / 1000:.1f} KB of HTML",
        "entry": entry,
        "page": _render_source_of_page(newsletter, edition).decode(),
        "page_url": settings.page_url(edition.language, edition.page).replace(settings.site_url, served.site)
        if served and served.site
        else "",
        "source": source_name(edition.source.relative_to(newsletter.root)),
        "version": digest(*(frame.content for frame in frames)).hex()[:12] if served else "",
        "anchor": f"#{CHANGED}" if served and served.before else "",
    }
    return frames, values


def _render_source_of_page(newsletter: Newsletter, text: Edition | Lesson) -> bytes:
    if isinstance(text, Edition):
        return render_edition(newsletter, text)
    return render_lesson(newsletter, text, (None, None))


def _settle(html: str, path: PurePosixPath, site_url: str, served: Served | None) -> str:
    """A frame as it is served: links to the site lead to the local one, and it opens where it changed."""
    if served and served.site:
        html = html.replace(f'href="{site_url}', f'href="{served.site}')
    if served and (before := served.before.get(str(path))):
        return mark_change(html, before.decode())
    return html


def _neighbours(newsletter: Newsletter, issue: Issue) -> tuple[Week | None, Week | None]:
    weeks = [one.week for one in newsletter.archive.issues]
    place = weeks.index(issue.week)
    return (weeks[place - 1] if place else None), (weeks[place + 1] if place + 1 < len(weeks) else None)


def _style(root: Path) -> str:
    font = b64encode((root / "templates" / _FONT).read_bytes()).decode()
    return render_template(root, "preview/preview.css", font=f"data:font/woff2;base64,{font}")


def _script(root: Path) -> str:
    return render_template(root, "preview/preview.js")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
