"""The workflows on GitHub: what they run exists, and they may do no more than they need."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli.generate import main
from generator.model import Week
from generator.settings import load_settings
from tests.machine import RSYNC

ROOT = Path(__file__).parents[1]
WORKFLOWS = {path.stem: path for path in (ROOT / ".github/workflows").glob("*.yml")}
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


CRON = "1,31 4,5 * * 5"
COMMANDS = {
    "pull-request": {"make check", "generate preview"},
    "test": {"make test"},
    "publish": {"make site"},
    "release": {"make test", "make check", "make issue", "make site", "generate preview"},
}
WRITING = {
    "pull-request": {},
    "test": {},
    "publish": {"pages": {"pages": "write", "id-token": "write"}},
    "release": {"release": {"contents": "write"}},
}
"""What a job may do besides reading."""


def load(name: str) -> dict[str, Any]:
    workflow = yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))
    return {
        ("on" if key is True else key): value for key, value in workflow.items()
    }  # YAML 1.1 reads “on” as true


def scripts(name: str) -> Iterator[str]:
    for job in load(name)["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def test_each_starts_when_it_should() -> None:
    assert {name: load(name)["on"] for name in WORKFLOWS} == {
        "pull-request": {"pull_request": None},
        "test": {"pull_request": None, "push": {"branches": ["main"]}},
        "publish": {
            "push": {"branches": ["main"]},
            "schedule": [{"cron": CRON}],
            "workflow_dispatch": None,
        },
        "release": {"push": {"tags": ["[0-9][0-9][0-9][0-9]-W[0-9][0-9]"]}},
    }


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_command_exists(name: str) -> None:
    """Make's targets, our commands and their options, as an editor's next push would meet them."""
    seen = set()
    for script in scripts(name):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        for line in script.replace("\\\n", "").splitlines():
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
    assert seen == COMMANDS[name]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_they_may_do_no_more_than_they_need(name: str) -> None:
    """Reading is enough for all but the jobs that publish; nothing of a stranger becomes a command.

    Whatever comes from elsewhere is named by the digest of its content, which nobody can move.
    """
    workflow = load(name)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    writing = {key: job["permissions"] for key, job in workflow["jobs"].items() if "permissions" in job}
    assert writing == WRITING[name]
    text = WORKFLOWS[name].read_text("utf-8")
    assert re.findall(r"secrets\.\w+", text) == (["secrets.RSYNC_KEY"] if name == "publish" else [])
    uses = re.findall(r"uses: (.+)", text)
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used) for used in uses), uses
    assert not any("${{" in script for script in scripts(name))
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        assert job["runs-on"] == "ubuntu-24.04"
        for step in (step for step in job["steps"] if "uses" in step):
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


def test_everything_is_tested_on_each_python_that_is_promised() -> None:
    test, everything = load("test")["jobs"].values()
    promised = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert test["strategy"]["matrix"]["python"] == (promised or ["3.11", "3.12", "3.13", "3.14"])
    assert test["steps"][-1]["run"] == "make test"
    assert everything["steps"][1]["with"]["python-version"] == "3.11"
    assert everything["steps"][-1]["run"] == ".ci/run"
    assert os.access(ROOT / ".ci/run", os.X_OK)


# --- Publishing ---


def test_a_letter_is_online_within_half_an_hour_in_summer_and_in_winter() -> None:
    """GitHub reckons in UTC. Each letter until 2030 is out before one of the four starts, and before it is sent."""
    settings = load_settings(ROOT, [])
    assert settings
    minutes, hours, _, _, weekday = CRON.split()
    assert weekday == "5"
    week = Week(2026, 1)
    while week.year < 2030:
        out = settings.send_time(week).astimezone(UTC)
        starts = [
            out.replace(hour=int(hour), minute=int(minute))
            for hour in hours.split(",")
            for minute in minutes.split(",")
        ]
        first = min(start for start in starts if start >= out)
        assert first - out < timedelta(minutes=30)
        assert first < settings.send_window(week).opens
        week = week.next()


@pytest.mark.parametrize("target, jobs", [("", {"pages"}), ("publisher@example.org:/srv/site/", {"rsync"})])
def test_the_site_goes_to_one_place(target: str, jobs: set[str]) -> None:
    """To Pages, unless a host is named: the job of the other is skipped."""
    conditions = {name: job["if"] for name, job in load("publish")["jobs"].items() if "if" in job}
    assert set(conditions) == {"pages", "rsync"}
    wanted = {"${{ vars.RSYNC_TARGET == '' }}": target == "", "${{ vars.RSYNC_TARGET != '' }}": target != ""}
    assert {name for name, condition in conditions.items() if wanted[condition]} == jobs


@pytest.mark.needs(RSYNC)
def test_the_site_is_copied_to_a_host_and_what_has_not_changed_keeps_its_time(tmp_path: Path) -> None:
    """The step as it stands, with a folder in the place of a host."""
    (script,) = (script for script in scripts("publish") if "rsync" in script)
    target, then = tmp_path / "srv", 1_700_000_000
    (target / "archive/2026-W01").mkdir(parents=True)
    (target / "archive/2026-W01/index.html").write_text("withdrawn")
    for run, (page, feed) in enumerate([("page", "feed"), ("page", "new feed")]):
        work = tmp_path / f"run-{run}"
        (made := work / "made/en").mkdir(parents=True)
        (made / "index.html").write_text(page)
        (made / "feed.xml").write_text(feed)
        subprocess.run(["tar", "-cf", work / "artifact.tar", "-C", work / "made", "."], check=True)
        environment = {**os.environ, "TARGET": f"{target}/", "HOST_KEYS": "", "KEY": "secret"}
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (work / "key").stat().st_mode & 0o777 == 0o600
        files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
        assert files == {"en/index.html", "en/feed.xml"}
        assert (target / "en/feed.xml").read_text() == feed
        assert (target / "en/index.html").stat().st_mode & 0o777 == 0o644
        if run:
            assert (target / "en/index.html").stat().st_mtime == then
            assert (target / "en/feed.xml").stat().st_mtime != then
        for path in target.rglob("*.*"):
            os.utime(path, (then, then))
