"""What `generate site` and `generate serve` do: run MkDocs, exactly as `mkdocs build` and `mkdocs serve` would."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import count
from generator.errors import PublishError
from generator.model import Language
from generator.preview import HOST, is_previewed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from generator.content import Newsletter

SITE = "site"
"""Where the site is published, below the root of the project; git ignores it."""

_STAGING = ".site-staging-"
_CONFIGS = {Language.NL: "mkdocs.yml", Language.EN: "mkdocs.en.yml"}


def build_site(newsletter: Newsletter, until: datetime | None) -> None:
    """Build both languages at the same time, then put the whole site in the place of the old one.

    Letters that are published after `until` are left out. Raises PublishError; the old site is then whole.
    """
    root, began = newsletter.root, time.monotonic()
    try:
        _sweep(root)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=root))
    except OSError as error:
        raise PublishError(f"{root}: cannot be written: {error.strerror}") from error
    try:
        _build(root, staging, until, _count_pages(newsletter))
        pages = len(list((staging / "nl").rglob("index.html"))) + len(
            list((staging / "en").rglob("index.html"))
        )
        (staging / "en").rename(staging / "nl" / "en")
        site = root / SITE
        if site.exists():
            site.rename(staging / "old")
        (staging / "nl").rename(site)
    except OSError as error:
        raise PublishError(
            f"{error.filename or root}: cannot be written: {error.strerror or error}"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    click.echo(
        f"Built {SITE}{os.sep}: {count(pages, 'page')}, {size / 1e6:.1f} MB, in {time.monotonic() - began:.1f} s."
    )
    click.echo("Next: look at it with “generate serve”, or copy the folder to any web server.")


def serve_site(root: Path, port: int, *, open_: bool) -> None:
    """Serve site and letters on this machine until Ctrl-C, building again on every save."""
    _check_port(root, port)
    # Click 8.2 changed how flags get their default, and MkDocs 1.6 then leaves live reload off unless it is named.
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "--open"] if open_ else command, cwd=root, env=_environment())  # noqa: S603
    try:
        code = process.wait()
    except KeyboardInterrupt:  # the terminal has sent it to MkDocs as well, which ends by itself
        code = process.wait()
    raise SystemExit(code)


def _check_port(root: Path, port: int) -> None:
    """Say what is wrong with a port before MkDocs has built the site for it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            what = "generate preview runs there" if is_previewed(root, port) else error.strerror or str(error)
            message = f"the port {port} cannot be used: {what}; name another one with --port"
            raise PublishError(message) from error


def _sweep(root: Path) -> None:
    """Delete what a killed build left behind; if it was killed between the two renames, bring the old site back."""
    for stale in root.glob(f"{_STAGING}*"):
        if (stale / "old").exists() and not (root / SITE).exists():
            (stale / "old").rename(root / SITE)
        shutil.rmtree(stale, ignore_errors=True)


def _build(root: Path, staging: Path, until: datetime | None, pages: int) -> None:
    environment = _environment(TRANSLATIONS="", **({"PUBLISHED_UNTIL": until.isoformat()} if until else {}))
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    running = {
        language: subprocess.Popen(  # noqa: S603
            [*command, "-f", config, "-d", str(staging / language)],
            cwd=root,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=(staging / f"{language}.log").open("wb"),
        )
        for language, config in _CONFIGS.items()
    }
    try:
        _wait(running, staging, pages)
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
        raise PublishError("\n".join(["the site was not built:", *dict.fromkeys(said)]))


def _wait(running: Mapping[Language, subprocess.Popen[bytes]], staging: Path, pages: int) -> None:
    """Wait for all builds, or until one fails; on a terminal, tell how far they are."""
    began, shown = time.monotonic(), sys.stderr.isatty()
    while any(process.poll() is None for process in running.values()):
        if any(process.poll() for process in running.values()):
            break
        time.sleep(0.1)
        if shown and time.monotonic() - began > 1:
            written = sum(1 for _ in staging.rglob("index.html"))
            doing = f"written {written:,} of {pages:,} pages" if written else f"reading {pages:,} pages"
            click.echo(f"\r\033[KBuilding: {doing}, {time.monotonic() - began:.0f} s", nl=False, err=True)
    if shown:
        click.echo("\r\033[K", nl=False, err=True)


def _count_pages(newsletter: Newsletter) -> int:
    playbook = newsletter.playbook
    return sum(
        len(playbook.certainties[language])
        + len(playbook.pages[language])
        + len(newsletter.archive.issues)
        + 1
        for language in Language
    )


def _environment(**more: str) -> dict[str, str]:
    # Material prints a notice about the end of MkDocs 1 on every build; ARCHITECTURE.md tells what we do about it.
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", **more}
