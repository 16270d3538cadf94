"""Our own programs, each in a process of its own.

So who writes meanwhile does not wait, and `generate` itself never sees a subscriber.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.content import load_newsletter
from generator.content.archive import FOLDER as ISSUES
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.publication.check import check_project
from generator.publication.texts import load_documents
from generator.render.preview.guide import read_guide
from generator.render.preview.sources import count_kinds, read_source, show_problem
from generator.words import load_forms
from generator.writing.refusals import Refusal

if TYPE_CHECKING:
    from generator.model import Language, Problem, Week

_PATIENCE = 120
"""Seconds after which a program is stopped: a relay that does not answer has its own, shorter limits."""


def check_all(root: Path, now: datetime, language: Language) -> dict[str, Any]:
    """What `generate check` finds in everything, said in a language, by file: values of the page of problems.

    Raises Refusal.
    """
    done = _run("import generator.writing.programs as own; own.print_problems()", str(root), now.isoformat())
    if done.returncode != 0:
        raise Refusal("program_failed", reason=_say_last(done.stderr))
    problems: list[Problem] = pickle.loads(done.stdout)  # noqa: S301 (our own process has written it)
    problems.sort(key=lambda problem: (problem.path.as_posix(), problem.line or 0, problem.column or 0))
    guide, forms, counts = read_guide(root), load_forms(root, language), count_kinds(problems)
    files = []
    for path, of_file in groupby(problems, key=lambda problem: problem.path):
        lines = read_source(root, path)
        shown = [
            show_problem(root, one, lines, guide.get(one.rule or "", ""), editor=False, forms=forms)
            for one in of_file
        ]
        files.append({"path": path.as_posix(), "text": find_id(path), "problems": shown})
    return {"files": files, "errors": counts["error"], "warnings": counts["warning"]}


def print_problems() -> None:
    """Write what is found in everything, for check_all in another process, which names the project and the moment."""
    root, moment = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    load = partial(load_newsletter, root, load_documents(root))
    pickle.dump([*check_project(root, load, (), root, moment).problems], sys.stdout.buffer)


def find_id(path: Path) -> str:
    """The id of the text that a file belongs to, or nothing."""
    if path.parent.parent == Path(ISSUES) and path.suffix == ".md":
        return path.parent.name
    if path.parent.parent == Path(THOUGHTS) and path.suffix == ".md":
        return f"thoughts/{path.parent.name}/{path.name.partition('.')[0]}"
    return ""


def send_proof(root: Path, week: Week, address: str) -> None:
    """Send the letter of a week to one address, as `newsletter send WEEK --to ADDRESS` does.

    Raises Refusal: with what that says when it fails, and when no mail server is set up, so that nothing was sent.
    """
    arguments = (f"--root={root}", "send", str(week), f"--to={address}")
    done = _run("from generator import newsletter; newsletter()", *arguments)
    if done.returncode != 0:
        raise Refusal("program_failed", reason=_say_last(done.stderr))
    if b"NEWSLETTER_MAIL" in done.stdout:  # a trial names the variable that is not set
        raise Refusal("no_mail_server")


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run some Python of ours. Raises Refusal when it takes too long."""
    try:
        return subprocess.run(  # noqa: S603 (our own program; an address is one argument, and no option)
            [sys.executable, "-P", "-c", program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal("too_slow", seconds=_PATIENCE) from None


def _say_last(said: bytes) -> str:
    """The last word of a program about what went wrong."""
    lines = [
        line.removeprefix("Error: ").strip()
        for line in said.decode(errors="replace").splitlines()
        if line.strip()
    ]
    return lines[-1].rstrip(".") if lines else "no reason was given"
