"""The tasks of VS Code: what they run exists, and they find the problems in what it prints."""

import json
import re
from pathlib import Path
from typing import Any

import click

from generator.cli.generate import main
from generator.cli.reports import report_text
from generator.model import Problem, Severity

VSCODE = Path(__file__).parents[1] / ".vscode"


def read_jsonc(path: Path) -> Any:
    return json.loads(re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE))


def test_the_tasks_run_commands_that_exist() -> None:
    for task in read_jsonc(VSCODE / "tasks.json")["tasks"]:
        assert task["command"].endswith("/.venv/bin/generate")
        assert task["args"][0] in main.commands


def test_the_problem_matchers_read_the_report(tmp_path: Path) -> None:
    (task,) = (
        task for task in read_jsonc(VSCODE / "tasks.json")["tasks"] if task["label"] == "Check this letter"
    )
    lined, whole = (matcher["pattern"] for matcher in task["problemMatcher"])
    path = Path("newsletter/issues/2026-W48/nl.md")
    for problem, groups in (
        (
            Problem(path, 3, "a: b", "a-rule", Severity.WARNING, column=7, length=2),
            (str(path), "3", "7", "warning", "a: b (a-rule)"),
        ),
        (Problem(path, 3, "no column"), (str(path), "3", None, "error", "no column")),
    ):
        lines = [click.unstyle(line) for line in report_text([problem], tmp_path)]
        (match,) = filter(None, (re.match(lined["regexp"], line) for line in lines))
        assert match.groups() == groups
        assert not any(re.match(whole["regexp"], line) for line in lines)
    head, *_ = (
        click.unstyle(line) for line in report_text([Problem(path, None, "the file is missing")], tmp_path)
    )
    assert re.match(whole["regexp"], head).groups() == (str(path), "error", "the file is missing")
    assert not re.match(lined["regexp"], head)
