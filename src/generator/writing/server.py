"""The server of the editor, and how another run finds one that is there already."""

from __future__ import annotations

import gc
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from generator.content.archive import list_written
from generator.errors import GeneratorError, PublishError, RequestError, explain_network
from generator.files import write_new
from generator.preview import HOST, WRITING, find_week, is_written, open_server
from generator.sentences import say_no_letter
from generator.writing.application import Writer
from generator.writing.remarks import find_problems, list_remarks
from generator.writing.texts import find_text

if TYPE_CHECKING:
    from pathlib import Path

    from generator.clock import Clock
    from generator.model import Week
    from generator.preview import Server
    from generator.writing.project import Project

NOTE = "var/write.json"
"""Where a run notes its port and its token for the next one, below the root of the project; for its owner only."""

PORT = 8000


@dataclass(frozen=True, slots=True)
class Opened:
    """An editor that answers."""

    address: str
    """The page to open, with the token."""
    server: Server | None
    """None when another run serves it."""


def open_writer(root: Path, week: Week | None, port: int | None, clock: Clock) -> Opened:
    """Open the editor of the project in `root`; without a week, its page is that of the coming letter.

    Without a port it takes PORT, or a free one while another program uses that. Raises PublishError when the port that
    is named cannot be used, and RequestError for a week without a letter.
    """
    if week is not None and week not in (weeks := list_written(root)):
        raise RequestError(say_no_letter(root, week, weeks))
    wanted = port or PORT
    page = f"{week}/" if week else ""
    writer = Writer(root, clock)
    try:
        server = open_server(writer, wanted, writes=WRITING)
    except OSError as error:
        if is_written(root, wanted) and (base := _read_note(root, wanted)):
            return Opened(f"http://{HOST}:{wanted}{base}{page}", None)
        if port is not None:
            reason = f"cannot listen on port {port}: {explain_network(error)}; choose another one with --port"
            raise PublishError(reason) from error
        server = open_server(writer, 0, writes=WRITING)
    _note(root, server.server_port, writer.base)
    Thread(target=warm_up, args=(writer.project, str(week or "")), daemon=True).start()
    return Opened(f"http://{HOST}:{server.server_port}{writer.base}{page}", server)


def warm_up(project: Project, id_: str = "") -> None:
    """Read the project and check a letter, so that the first remarks come as fast as all others.

    What is in memory then stays to the end. Looking through it for garbage again and again would double the time that a
    check takes.
    """
    with project.lock, suppress(GeneratorError):
        newsletter = project.require()
        week = find_week(newsletter, project.clock())
        text = find_text(project.root, id_ or str(week))
        list_remarks(project.root, text, find_problems(project, text), newsletter.settings.languages.default)
        project.render(text)
    gc.collect()
    gc.freeze()


def _read_note(root: Path, port: int) -> str:
    """The beginning of the addresses of the run on a port, or nothing when there is no note of it."""
    with suppress(OSError, ValueError):
        found = json.loads((root / NOTE).read_text("utf-8"))
        if isinstance(found, dict) and found.get("port") == port:
            return str(found.get("base", ""))
    return ""


def _note(root: Path, port: int, base: str) -> None:
    """Note where this run is. Without the note, the next run cannot open its page; nothing else needs it."""
    path = root / NOTE
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f".write-{os.getpid()}.new")
        new.unlink(missing_ok=True)
        write_new(new, json.dumps({"port": port, "base": base}).encode())
        new.replace(path)
