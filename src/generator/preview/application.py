"""The preview beside the site as a small WSGI application: it renders a page when asked, and again after a save.

A path never becomes the name of a file: it is looked up among the pages that were rendered.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from generator.assemble import plan_weeks
from generator.cache import Cache, digest
from generator.check import check_issue
from generator.content import load_newsletter
from generator.content.needs import need_letter, need_nothing
from generator.errors import ContentError, GeneratorError
from generator.model import Archive
from generator.preview.guard import FOLDER, answer, redirect
from generator.render.preview.frames import POLICY
from generator.render.preview.plans import render_plan
from generator.render.preview.previews import PAGE, Served, page_policy, render_broken, render_preview
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any
    from wsgiref.types import StartResponse, WSGIEnvironment

    from generator.content import Newsletter
    from generator.content.documents import Document
    from generator.model import Artifact, Problem, Week

WATCHED = ("newsletter", "docs", "templates")
"""The folders of a project that a letter is made from."""

_PROBLEMS = "problems"
"""The folder of the page that is shown when no letter can be read."""

_PLAN, _WEEKS = "plan", 60
"""The folder of the page with the coming weeks, and how many it shows."""

_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"


def find_week(newsletter: Newsletter, now: datetime) -> Week | None:
    """The letter that an editor works on: the coming one when it exists, else the newest; None when there is none.

    A letter that cannot be read counts too: an editor is probably writing it.
    """
    weeks = sorted(list_weeks(newsletter), reverse=True)
    coming = newsletter.settings.coming_week(now)
    return coming if coming in weeks else next(iter(weeks), None)


def list_weeks(newsletter: Newsletter) -> set[Week]:
    """The weeks with a letter, readable or not."""
    return {issue.week for issue in newsletter.archive.issues}.union(newsletter.list_unread())


@dataclass(frozen=True, slots=True)
class _State:
    """What was read from the files, and the pages that were rendered from it so far."""

    files: str
    """See `digest_files`."""
    newsletter: Newsletter | None
    problems: Sequence[Problem] = ()
    before: Mapping[Week | None, Mapping[str, bytes]] = field(default_factory=dict)
    """The pages as they were before the last save."""
    pages: dict[Week | None, Mapping[str, bytes]] = field(default_factory=dict)
    digest: str = ""
    """Changes when the pages must be rendered again; see `Preview._digest`."""


class Preview:
    """A WSGI application below FOLDER. Any thread may call it: one page is rendered at a time."""

    def __init__(
        self,
        root: Path,
        clock: Callable[[], datetime],
        *,
        site: str = "",
    ) -> None:
        """Preview the project in `root`; `site` is the URL of its site, or empty."""
        self._root, self._clock, self._site = root.resolve(), clock, site
        self._lock = threading.Lock()
        self._documents: Cache[Document[Any]] = Cache()
        self._state: _State | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that `guard` allowed. A problem in a file or template becomes a page."""
        path = environ.get("PATH_INFO", "")
        if path in {"/", FOLDER.rstrip("/")}:
            return redirect(start_response, FOLDER)
        if path == f"{FOLDER}changes":
            with self._lock:
                state = self._state or self._read()
            return answer(start_response, self._digest(digest_files(self._root), state))
        if not path.startswith(FOLDER):
            return answer(start_response, "There is no such page.", status=HTTPStatus.NOT_FOUND)
        with self._lock:
            return self._show(path.removeprefix(FOLDER), start_response)

    def _show(self, path: str, start_response: StartResponse) -> Iterable[bytes]:
        state = self._read()
        name, slash, file = path.partition("/")
        if state.newsletter is None:
            if not slash:
                return redirect(start_response, f"{FOLDER}{_PROBLEMS}/")
            pages = self._render(state, None)
        elif path == _PLAN:
            return redirect(start_response, f"{FOLDER}{_PLAN}/")
        elif path == f"{_PLAN}/":
            return self._show_plan(state.newsletter, state.digest, start_response)
        elif name in {"", _PROBLEMS}:
            week = find_week(state.newsletter, self._clock())
            if week is None:
                message = "There is no letter yet. Run `generate issue` to make the first one."
                return answer(start_response, message, status=HTTPStatus.NOT_FOUND)
            return redirect(start_response, f"{FOLDER}{week}/")
        else:
            week = next((one for one in list_weeks(state.newsletter) if str(one) == name), None)
            if week is None:
                return answer(start_response, "There is no such letter.", status=HTTPStatus.NOT_FOUND)
            if not slash:
                return redirect(start_response, f"{FOLDER}{week}/")
            pages = self._render(state, week)
        file = file or PAGE.name
        if file not in pages:
            return answer(start_response, "There is no such page.", status=HTTPStatus.NOT_FOUND)
        framed = file.partition("/")[0] in load_languages(self._root)
        policy = f"{POLICY}; {_SANDBOX}" if framed else page_policy(self._root, served=True)
        return answer(start_response, pages[file], "text/html; charset=utf-8", policy)

    def _show_plan(
        self, newsletter: Newsletter, state: str, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The page of the coming weeks. Not cached: it takes milliseconds, and changes when a Friday has passed."""
        settings, first = newsletter.settings, newsletter.settings.next_friday(self._clock())
        plans = plan_weeks(newsletter.playbook, newsletter.archive, first, _WEEKS, settings.skip)
        try:
            page = render_plan(newsletter, plans, state)
        except GeneratorError as error:  # a template with a slip in it
            return answer(start_response, f"{error}\n", status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return answer(start_response, page, "text/html; charset=utf-8", page_policy(self._root, served=True))

    def _read(self) -> _State:
        """The state of the files; reads them again only when one has changed."""
        found, state = digest_files(self._root), self._state
        if state is None or state.files != found:
            before = {**state.before, **state.pages} if state else {}
            try:
                newsletter = load_newsletter(
                    self._root, self._documents, now=self._clock(), needs=need_nothing
                )
            except ContentError as error:
                state = _State(found, None, error.problems, before)
            else:
                state = _State(found, newsletter, (), before)
            self._documents = self._documents.again()
        version = self._digest(found, state)
        if state.digest != version:
            state = replace(state, pages={}, digest=version)
        self._state = state
        return state

    def _digest(self, files: str, state: _State) -> str:
        """What pages depend on: the files, and how many letters are published by now."""
        archive = state.newsletter.archive.until(self._clock()) if state.newsletter else Archive(())
        return f"{files}-{len(archive.issues)}"

    def _render(self, state: _State, week: Week | None) -> Mapping[str, bytes]:
        if week not in state.pages:
            artifacts = self._make(state, week)
            state.pages[week] = {
                str(one.path): one.content for one in artifacts if isinstance(one.content, bytes)
            }
        return state.pages[week]

    def _make(self, state: _State, week: Week | None) -> Sequence[Artifact]:
        served = Served(state.digest, self._site, state.before.get(week, {}))
        problems, failure = state.problems, ""
        if state.newsletter and week:
            problems = state.newsletter.find_problems(need_letter(self._root, week))
        if state.newsletter and week and not problems and (issue := state.newsletter.archive.issue(week)):
            try:
                problems = check_issue(state.newsletter, issue)
                return render_preview(state.newsletter, issue, problems, self._clock(), served)
            except ContentError as error:
                problems = error.problems
            except (
                GeneratorError,
                OSError,
            ) as error:  # a template with a slip in it, a picture that has just gone
                failure = str(error)
        return render_broken(self._root, problems, failure, served)


def digest_files(root: Path, watched: Iterable[str] = WATCHED, without: str = "") -> str:
    """A digest of the names, sizes and times of all files that a letter is made from: cheap, for a page polls it.

    They are those in the folders `watched` of the project, but not in the one that is named by `without`.
    """
    found: list[tuple[str, int, int]] = []
    folders = [str(root / name) for name in watched]
    skipped = str(root / without) if without else ""
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.path == skipped:
                        continue
                    if entry.is_dir():
                        folders.append(entry.path)
                    else:
                        stat = entry.stat()
                        found.append((entry.path, stat.st_size, stat.st_mtime_ns))
        except OSError:
            continue  # deleted meanwhile: the next call sees that
    return digest(sorted(found)).hex()
