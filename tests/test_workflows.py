"""The workflows on GitHub: what they run exists, and they may do no more than they need."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli.generate import main
from generator.model import Week

ROOT = Path(__file__).parents[1]
WORKFLOWS = {path.stem: path for path in (ROOT / ".github/workflows").glob("*.yml")}
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def load(name: str) -> dict[str, Any]:
    workflow = yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))
    return {
        ("on" if key is True else key): value for key, value in workflow.items()
    }  # YAML 1.1 reads “on” as true


def scripts(name: str) -> Iterator[str]:
    for job in load(name)["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def test_there_is_one_for_pull_requests_and_one_for_releases() -> None:
    assert set(WORKFLOWS) == {"pull-request", "release"}
    assert set(load("pull-request")["on"]) == {"pull_request"}
    assert set(load("release")["on"]) == {"push"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_command_exists(name: str) -> None:
    """Make's targets, our commands and their options, as an editor's next push would meet them."""
    seen = set()
    for script in scripts(name):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        for line in script.splitlines():
            words = shlex.split(re.sub(r"\$(?:WEEK|week)\b", "2026-W48", line))
            if words[:1] == ["make"]:
                target, *given = words[1:]
                assert target in TARGETS, line
                arguments = shlex.split(given[0].removeprefix("ARGS=")) if given else []
                seen.add(f"make {target}")
            elif words[:1] == [".venv/bin/generate"]:
                target, *arguments = words[1:]
                seen.add(f"generate {target}")
            else:
                continue
            if target in main.commands:  # raises UsageError for an option that there is not
                main.commands[target].make_context(target, list(arguments))
    assert {"make test", "make check", "generate preview"} <= seen


@pytest.mark.parametrize("name", WORKFLOWS)
def test_they_may_do_no_more_than_they_need(name: str) -> None:
    """Reading is enough for all but the job that makes a release; nothing of a stranger becomes a command."""
    workflow = load(name)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    writing = {key: job["permissions"] for key, job in workflow["jobs"].items() if "permissions" in job}
    assert writing == ({"release": {"contents": "write"}} if name == "release" else {})
    assert "secrets." not in WORKFLOWS[name].read_text("utf-8")
    assert not any("${{" in script for script in scripts(name))
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        for step in (step for step in job["steps"] if "uses" in step):
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
            if step["uses"].startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_a_release_is_tagged_like_its_week() -> None:
    (pattern,) = load("release")["on"]["push"]["tags"]
    assert re.fullmatch(pattern, str(Week(2026, 48)))
    assert not re.fullmatch(pattern, "v1.0")


def test_the_weeks_that_changed_are_previewed(tmp_path: Path) -> None:
    """The step as it stands, in a repository where one letter changed and another was deleted."""

    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    for week in ("2026-W45", "2026-W46", "2026-W47"):
        (tmp_path / f"newsletter/issues/{week}").mkdir(parents=True)
        (tmp_path / f"newsletter/issues/{week}/nl.md").write_text("old")
    generate = tmp_path / ".venv/bin/generate"
    generate.parent.mkdir(parents=True)
    generate.write_text('#!/bin/sh\necho "$*" >> asked\n')
    generate.chmod(0o755)
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    (tmp_path / "newsletter/issues/2026-W45/nl.md").unlink()
    for language in ("nl", "en"):
        (tmp_path / f"newsletter/issues/2026-W46/{language}.md").write_text("new")
    (tmp_path / "README.md").write_text("new")
    git("add", "-A")
    git("commit", "-qm", "two")
    (script,) = (script for script in scripts("pull-request") if "git diff" in script)
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, check=True)
    assert (tmp_path / "asked").read_text() == "preview 2026-W46 --static preview/2026-W46\n"
