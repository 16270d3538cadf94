"""Our own programs, each in a process of its own.

So who writes meanwhile does not wait, and `generate` itself never sees a subscriber.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.content.archive import FOLDER as ISSUES
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.model import Problem, Severity
from generator.render.preview.guide import read_guide
from generator.render.preview.sources import read_source, show_problem
from generator.writing.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.model import Week

_PATIENCE = 120
"""Seconds after which a program is stopped: a relay that does not answer has its own, shorter limits."""


def check_all(root: Path) -> dict[str, Any]:
    """What `generate check` says of everything, by file: values of the page of problems. Raises Refusal."""
    done = _run(root, "generate", "check", "--format", "json")
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise Refusal("program_failed", reason=_say_last(done.stderr)) from None
    problems = [_read_problem(one) for one in found["problems"]]
    guide = read_guide(root)
    files = []
    for path, of_file in groupby(problems, key=lambda problem: problem.path):
        lines = read_source(root, path)
        shown = [
            show_problem(root, problem, lines, guide.get(problem.rule or "", ""), editor=False)
            for problem in of_file
        ]
        files.append({"path": path.as_posix(), "text": find_id(path), "problems": shown})
    return {"files": files, "errors": found["errors"], "warnings": found["warnings"]}


def _read_problem(found: Mapping[str, Any]) -> Problem:
    return Problem(
        Path(found["path"]),
        found["line"],
        found["message"],
        found["rule"],
        severity=Severity(found["severity"]),
        column=found["column"],
        length=found["length"],
        remedy=found["remedy"],
        waived=found["waived"],
    )


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
    done = _run(root, "newsletter", "send", str(week), f"--to={address}")
    if done.returncode != 0:
        raise Refusal("program_failed", reason=_say_last(done.stderr))
    if "NEWSLETTER_MAIL" in done.stdout:  # a trial names the variable that is not set
        raise Refusal("no_mail_server")


def _run(root: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `generate` or `newsletter`. Raises Refusal when it takes too long."""
    start = [sys.executable, "-P", "-c", f"from generator import {program}; {program}()"]
    try:
        return subprocess.run(  # noqa: S603 (our own program; an address is one argument, and no option)
            [*start, f"--root={root}", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal("program_failed", reason=f"{program} did not end in {_PATIENCE} seconds") from None


def _say_last(said: str) -> str:
    """The last word of a program about what went wrong."""
    lines = [line.removeprefix("Error: ").strip() for line in said.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "no reason was given"
