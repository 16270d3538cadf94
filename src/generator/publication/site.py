"""Build the site, or serve it: run MkDocs, exactly as `mkdocs build` and `mkdocs serve` would."""

from __future__ import annotations

import ctypes
import fcntl
import filecmp
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from generator.clock import parse_moment
from generator.content import load_newsletter
from generator.content.configuration import find_configuration_problems, list_configurations
from generator.content.needs import need_site
from generator.errors import ContentError, PublishError, explain_network
from generator.preview import HOST, is_written
from generator.publication.book import find_changed
from generator.publication.search import build_index
from generator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.model import Issue, Language, Problem, Week

SITE = "site"
"""Where the site is published, below the root of the project; git ignores it."""

_STAGING, _OLD = ".site-staging-", "old"
_UNTIL = "PUBLISHED_UNTIL"
"""The variable in which mkdocs.yml looks for the moment to build for."""


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """A site that was built, and the letters that readers do not find in it."""

    pages: int
    size: int
    """In bytes."""
    seconds: float
    """How long it took."""
    waiting: Sequence[Week]
    """The letters that are not published yet, the first one first."""
    unpublished: Sequence[Issue]
    """The letters that are skipped, or drafts, although their moment has come; the oldest first."""
    ignored: Sequence[Problem]
    """In files that the site does without."""
    changed: Sequence[Language]
    """Whose book, which is on the site, is of another text than the pages."""


def build_site(
    root: Path,
    now: datetime,
    *,
    future: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    watch: Callable[[int, int], None] | None = None,
) -> BuiltSite:
    """Build both languages at the same time, then put the whole site in the place of the old one.

    Letters that are published after `now` are left out, or shown with a mark; what is wrong with one of them stops
    nothing. PUBLISHED_UNTIL names another moment. Of two builds at once the second waits for the first, and `tell`
    hears so. `watch` is called ten times a second with the number of pages that are written, and that of all pages.

    Raises ContentError, and PublishError; the old site is then whole.
    """
    began = time.monotonic()
    settings = load_settings(root, [])  # what is wrong with it is said below
    if until := os.environ.get(_UNTIL):
        try:
            now = parse_moment(until, settings.timezone if settings else UTC)
        except ValueError as error:
            raise PublishError(str(error)) from None
    newsletter = load_newsletter(root, needs=need_site(root, now))
    _require_configuration(root)
    site = _find_site(root)
    try:
        with _alone_in(site.parent, tell):
            _sweep(site)
            with tempfile.TemporaryDirectory(
                prefix=_STAGING, dir=site.parent, ignore_cleanup_errors=True
            ) as name:
                staging = Path(name)
                _build(newsletter, staging, now, watch, future=future)
                new = staging / newsletter.settings.languages.default
                for language in newsletter.settings.languages.others:
                    (staging / language).rename(new / language)
                build_index(new, newsletter)
                pages = sum(1 for _ in new.rglob("index.html"))
                size = sum(path.stat().st_size for path in new.rglob("*") if path.is_file())
                _keep_times(site, new)
                _swap(new, site, staging / _OLD)
    except OSError as error:
        raise PublishError(
            f"{error.filename or site.parent}: cannot be written: {error.strerror or error}"
        ) from error
    archive, language = newsletter.archive, newsletter.settings.languages.default
    return BuiltSite(
        pages=pages,
        size=size,
        seconds=time.monotonic() - began,
        waiting=[one.week for one in reversed(list(archive.editions(language))) if one.published > now],
        unpublished=[one for one in reversed(archive.until(now).issues) if one.skipped or one.draft],
        ignored=newsletter.ignored,
        changed=find_changed(newsletter),
    )


def serve_site(root: Path, port: int, *, open_: bool) -> int:
    """Serve site and letters on this machine until Ctrl-C, building again on every save; gives the code of MkDocs.

    Raises ContentError, and PublishError when the port cannot be used.
    """
    _require_configuration(root)
    _check_port(root, port)
    # Click 8.2 changed how flags get their default, and MkDocs 1.6 then leaves live reload off unless it is named.
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "--open"] if open_ else command, cwd=root, env=_environment())  # noqa: S603 (ours)
    try:
        return process.wait()
    except KeyboardInterrupt:  # the terminal has sent it to MkDocs as well, which ends by itself
        return process.wait()


def _require_configuration(root: Path) -> None:
    """Raise ContentError when MkDocs would not understand its configuration."""
    if problems := find_configuration_problems(root):
        raise ContentError(problems)


def _check_port(root: Path, port: int) -> None:
    """Say what is wrong with a port before MkDocs has built the site for it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            what = "`generate write` is running on it" if is_written(root, port) else explain_network(error)
            message = f"cannot listen on port {port}: {what}; choose another one with --port"
            raise PublishError(message) from error


def _find_site(root: Path) -> Path:
    """Where the site is: below the root, or where a link leads, to the folder of the account that publishes.

    What another account puts there, root included, that one can neither replace nor remove.
    """
    site = (root / SITE).resolve()
    if (root / SITE).is_symlink() and site.parent.exists() and site.parent.stat().st_uid != os.geteuid():
        try:
            owner = site.parent.owner()
        except KeyError:
            owner = f"with the ID {site.parent.stat().st_uid}"
        raise PublishError(
            f"{SITE} is a link to a folder of another account, {owner}; build the site as that account"
        )
    return site


@contextmanager
def _alone_in(folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """Wait for another build that is at work in a folder. One that was killed holds no lock any more."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another build is running; waiting for it to finish.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _sweep(site: Path) -> None:
    """Delete what a killed build left behind; if it was killed between two renames, bring the old site back."""
    for stale in site.parent.glob(f"{_STAGING}*"):
        if (stale / _OLD).exists() and not site.exists():
            (stale / _OLD).rename(site)
        shutil.rmtree(stale, ignore_errors=True)


def _keep_times(old: Path, new: Path) -> None:
    """Give each file that has not changed the time of the old one: browsers and feed readers then keep their copy."""
    for path in new.rglob("*"):
        before = old / path.relative_to(new)
        if path.is_file() and before.is_file() and filecmp.cmp(path, before, shallow=False):
            os.utime(path, ns=(path.stat().st_atime_ns, before.stat().st_mtime_ns))


def _swap(new: Path, site: Path, old: Path) -> None:
    """Put the new site in the place of the old one, in a single step where the system has one."""
    if not _exchange(new, site):
        if site.exists():
            site.rename(old)
        new.rename(site)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places at once, and tell whether they did: Linux can, for two that are there."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _build(
    newsletter: Newsletter,
    staging: Path,
    now: datetime,
    watch: Callable[[int, int], None] | None,
    *,
    future: bool,
) -> None:
    root, pages = newsletter.root, _count_pages(newsletter, now, future=future)
    environment = _environment(
        TRANSLATIONS="", SEARCH_INDEX="", FUTURE="1" if future else "", **{_UNTIL: now.isoformat()}
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    running: dict[Language, subprocess.Popen[bytes]] = {}

    def look() -> None:
        if watch is not None:
            watch(sum(1 for _ in staging.rglob("index.html")), pages)

    try:
        for language, config in list_configurations(root).items():
            arguments = [*command, "-f", config, "-d", str(staging / language)]
            with (staging / f"{language}.log").open("wb") as log:
                running[language] = subprocess.Popen(  # noqa: S603 (ours)
                    arguments, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=log
                )
        _wait(running, look)
    finally:
        for process in running.values():
            process.terminate()
            process.wait()
    if any(process.returncode for process in running.values()):
        logs = [
            (staging / f"{language}.log").read_text(encoding="utf-8", errors="replace")
            for language in running
        ]
        said = [line for line in "\n".join(logs).splitlines() if line.strip() and not line.startswith("INFO")]
        raise PublishError("\n".join(["the site could not be built; MkDocs reports:", *dict.fromkeys(said)]))


def _wait(running: Mapping[Language, subprocess.Popen[bytes]], look: Callable[[], None]) -> None:
    """Wait for all builds, or until one fails; `look` is called ten times a second."""
    while any(process.poll() is None for process in running.values()):
        if any(process.poll() for process in running.values()):
            break
        time.sleep(0.1)
        look()


def _count_pages(newsletter: Newsletter, now: datetime, *, future: bool) -> int:
    playbook, archive = newsletter.playbook, newsletter.archive if future else newsletter.archive.until(now)
    return sum(
        len(playbook.certainties[language])
        + len(playbook.pages[language])
        + len(playbook.templates[language])
        + len(playbook.lessons[language])
        + sum(1 for _ in archive.editions(language))
        + 1
        for language in newsletter.settings.languages
    )


def _environment(**more: str) -> dict[str, str]:
    # Material prints a notice about the end of MkDocs 1 on every build; ARCHITECTURE.md tells what we do about it.
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", **more}
