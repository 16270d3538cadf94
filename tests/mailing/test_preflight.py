"""What keeps a letter from being sent: git and the settings."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.content import Newsletter
from generator.mailing import preflight
from generator.mailing.preflight import find_commit, find_missing
from generator.model import Week

WEEK = Week(2026, 46)
"""A letter of the sample with nothing wrong in it; that of the week after has errors."""
NOW = datetime(2026, 11, 13, 6, 30, tzinfo=UTC)
SERVICE = "https://letter.example.org/"


# --- git ---


def git(root: Path, *words: str) -> str:
    author = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *author, *words), cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for folder in preflight.FOLDERS:
        (root / folder).mkdir(parents=True)
        (root / folder / "file.txt").write_text("text", encoding="utf-8")
    git(root, "init", "-q")
    return root


def commit(root: Path) -> str:
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "text")
    return git(root, "rev-parse", "HEAD")


def test_what_is_committed_is_named_by_its_commit(repository):
    head = commit(repository)
    (repository / "notes.txt").write_text("beside", encoding="utf-8")
    assert find_commit(repository) == (head, "")


@pytest.mark.parametrize("folder", preflight.FOLDERS)
def test_what_is_not_committed_is_named(repository, folder):
    commit(repository)
    (repository / folder / "file.txt").write_text("changed", encoding="utf-8")
    (repository / folder / "new ë.txt").write_text("new", encoding="utf-8")
    said = find_commit(repository)[1]
    assert said == (f"not committed: {folder}/file.txt, {folder}/new ë.txt; commit before sending")


def test_a_renamed_file_is_named_by_its_old_and_its_new_name(repository):
    commit(repository)
    (repository / "docs/file.txt").rename(repository / "docs/ab c.txt")
    git(repository, "add", ".")
    assert find_commit(repository)[1].startswith("not committed: docs/ab c.txt, docs/file.txt; commit before")
    (repository / "docs/ab c.txt").rename(repository / "docs/file.txt")
    (repository / "docs/file.txt").rename(repository / "docs/d e.txt")
    assert "docs/d e.txt" in find_commit(repository)[1]


def test_many_files_are_counted(repository):
    commit(repository)
    for number in range(6):
        (repository / "docs" / f"{number}.md").write_text("new", encoding="utf-8")
    assert "not committed: docs/0.md, docs/1.md, docs/2.md and 3 more files;" in find_commit(repository)[1]


def test_a_project_without_git_says_what_to_do(repository, tmp_path, monkeypatch):
    assert (
        "the repository has no commits; to send without recording the commit, add --without-git"
        in find_commit(repository)[1]
    )
    shutil.rmtree(repository / ".git")
    assert (
        "is not in git; to send without recording the commit, add --without-git" in find_commit(repository)[1]
    )
    (repository / ".git").write_text("gitdir: /nowhere", encoding="utf-8")
    assert "--without-git" in find_commit(repository)[1] or "git refuses" in find_commit(repository)[1]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (
        "git is not installed; to send without recording the commit, add --without-git"
        in find_commit(repository)[1]
    )


def test_a_repository_of_somebody_else_is_what_git_says_of_it(repository, tmp_path, monkeypatch):
    program = tmp_path / "git"
    program.write_text(
        "#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\nexit 128\n", encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_commit(repository) == (
        "",
        f"git does not work in {repository}: run `git status` there to see why",
    )


# --- Settings and window ---


def test_a_relay_and_a_service_are_needed(newsletter: Newsletter):
    settings = newsletter.settings
    assert [sentence.split(" ")[0] for sentence in find_missing(settings, WEEK, "")] == [
        "NEWSLETTER_MAIL",
        "newsletter/settings.toml",
    ]
    assert find_missing(settings, WEEK, "maildir:var/mail") == []
    settings = replace(settings, service_url=SERVICE, skip=frozenset({WEEK.next()}))
    assert find_missing(settings, WEEK, "smtp://relay.example.org") == []
    assert find_missing(settings, WEEK.next(), "smtp://relay.example.org") == [
        f"newsletter/settings.toml skips {WEEK.next()}; to make or send its letter, remove the week from “skip”"
    ]


def test_letters_are_not_signed_here_for_a_relay_that_signs_them(newsletter: Newsletter) -> None:
    settings = replace(newsletter.settings, service_url=SERVICE, dkim=("s1", "example.org"))
    assert find_missing(settings, WEEK, "smtp://relay.example.org") == []
    (said,) = find_missing(settings, WEEK, "ses://eu-west-1")
    assert said.endswith("Amazon SES (API) signs letters itself; remove the table")
