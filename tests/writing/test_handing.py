"""What changed in `newsletter/` is committed on a branch and pushed; nothing else of the person's work moves."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from generator.writing.handing import find_pending, hand_in, is_handed_in
from generator.writing.refusals import Refusal
from tests.clocks import NOW
from tests.writing.conftest import WEEK, Editor, letter

BRANCH = f"letters/{NOW.astimezone():%Y-%m-%d-%H%M%S}"
ASKED = "/-/merge_requests/new?merge_request%5Bsource_branch%5D="
NL = f"newsletter/issues/{WEEK}/nl.md"


@pytest.fixture(autouse=True)
def _git_of_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings of who runs the tests do not count."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def project(sample: Path, tmp_path: Path) -> Path:
    """The sample under git, with a remote that is a folder."""
    (sample / ".gitignore").write_text("/var\n/build/\n")
    git(sample, "init", "--quiet", "--initial-branch=main")
    git(sample, "config", "user.name", "Editor")
    git(sample, "config", "user.email", "editor@example.org")
    git(sample, "add", "--all")
    git(sample, "commit", "--quiet", "--message=Begin")
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(sample, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(sample, "push", "--quiet", "origin", "main")
    return sample


def remote_of(root: Path) -> Path:
    return root.parent / "remote.git"


def write(root: Path, name: str = NL, more: str = "Een zin erbij.\n") -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + more)


def refuse(root: Path, message: str = "Write a letter") -> str:
    """The name of the refusal, after which nothing has moved."""
    before = git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain"), git(root, "branch", "--all")
    with pytest.raises(Refusal) as refused:
        hand_in(root, message, NOW)
    assert (
        git(root, "rev-parse", "HEAD"),
        git(root, "status", "--porcelain"),
        git(root, "branch", "--all"),
    ) == before
    return refused.value.name


def test_what_was_written_is_on_a_branch_of_the_remote(project):
    write(project)
    assert find_pending(project, NOW).files == [NL]
    handed = hand_in(project, "Schrijf de brief", NOW)
    assert (handed.branch, handed.link) == (BRANCH, "")
    remote = remote_of(project)
    assert git(remote, "log", "--format=%an %s", "-1", BRANCH) == "Editor Schrijf de brief\n"
    assert git(remote, "show", f"{BRANCH}:{NL}") == (project / NL).read_text()
    assert git(project, "branch", "--show-current") == "main\n"
    assert git(remote, "rev-parse", "main") == git(project, "rev-parse", "main")
    assert find_pending(project, NOW).files == []


def test_what_is_new_and_what_is_gone_goes_along_and_other_work_stays(project):
    write(project, "newsletter/issues/2026-W47/foto één.png", "x")
    (project / "newsletter/issues/2026-W46/en.md").unlink()
    write(project, "docs/nl/about-the-numbers.md")
    write(project, "unknown.txt", "x")
    write(project, "templates/email/letter.css", "/* staged */")
    git(project, "add", "templates/email/letter.css")
    hand_in(project, "Schrijf", NOW)
    changed = git(project, "-c", "core.quotePath=false", "show", "--name-status", "--format=", BRANCH).split(
        "\n"
    )
    assert sorted(filter(None, changed)) == [
        "A\tnewsletter/issues/2026-W47/foto één.png",
        "D\tnewsletter/issues/2026-W46/en.md",
    ]
    left = git(project, "status", "--porcelain", "--", ".", ":!newsletter").splitlines()
    assert sorted(left) == [
        " M docs/nl/about-the-numbers.md",
        "?? unknown.txt",
        "M  templates/email/letter.css",
    ]
    assert find_pending(project, NOW).files == []


def test_the_next_one_goes_to_the_same_branch(project):
    write(project)
    hand_in(project, "Eerste", NOW)
    write(project)
    assert hand_in(project, "Tweede", NOW).branch == BRANCH
    assert git(remote_of(project), "log", "--format=%s", BRANCH).split() == ["Tweede", "Eerste", "Begin"]


def test_only_the_files_that_were_chosen_go_along(project):
    write(project)
    write(project, "newsletter/issues/2026-W47/foto.png", "x")
    hand_in(project, "Schrijf", NOW, [NL, "docs/nl/index.md", "../elsewhere"])
    assert git(project, "show", "--name-only", "--format=", BRANCH).split() == [NL]
    assert find_pending(project, NOW).files == ["newsletter/issues/2026-W47/foto.png"]


@pytest.mark.parametrize("way", ["--no-ff", "--squash"])
def test_a_branch_that_was_merged_is_taken_over_by_a_pull_and_the_next_one_is_new(project, tmp_path, way):
    """What was handed in and comes back as it was is no obstacle for `git pull`."""
    new = "newsletter/issues/2026-W47/foto.png"
    write(project)
    write(project, new, "x")
    hand_in(project, "Eerste", NOW)
    git(tmp_path, "clone", "--quiet", "--branch=main", str(remote_of(project)), "other")
    other = tmp_path / "other"
    for name, value in (("name", "Other"), ("email", "other@example.org")):
        git(other, "config", f"user.{name}", value)
    git(other, "merge", "--quiet", way, f"origin/{BRANCH}")
    if way == "--squash":
        git(other, "commit", "--quiet", "--message=Van een ander")
    git(other, "push", "--quiet", "origin", "HEAD:main")
    git(project, "pull", "--quiet", "--ff-only", "origin", "main")
    assert git(project, "status", "--porcelain") == ""
    write(project, more="Later.\n")
    later = NOW + timedelta(days=7)
    handed = hand_in(project, "Tweede", later)
    assert handed.branch != BRANCH
    assert git(project, "rev-list", "--count", f"main..{handed.branch}").strip() == "1"


def test_a_text_that_goes_back_to_what_it_was_is_handed_in_again(project):
    before = (project / NL).read_text()
    write(project)
    hand_in(project, "Eerste", NOW)
    (project / NL).write_text(before)
    assert find_pending(project, NOW).files == [NL]
    hand_in(project, "Toch niet", NOW)
    assert git(remote_of(project), "show", f"{BRANCH}:{NL}") == before
    assert find_pending(project, NOW).files == []


def test_it_is_known_what_was_handed_in(project):
    new = project / "newsletter/issues/2026-W48/nl.md"
    write(project, "newsletter/issues/2026-W48/nl.md")
    assert is_handed_in(project, [project / NL])
    assert not is_handed_in(project, [new])
    hand_in(project, "Schrijf", NOW)
    assert is_handed_in(project, [new])


def test_a_commit_that_could_not_be_pushed_goes_with_the_next_try(project):
    write(project)
    away = remote_of(project).rename(project.parent / "away.git")
    with pytest.raises(Refusal) as refused:
        hand_in(project, "Eerste", NOW)
    assert refused.value.name == "git_failed"
    assert "\n" not in str(refused.value.values["reason"])
    away.rename(remote_of(project))
    assert hand_in(project, "Nog eens", NOW).branch == BRANCH
    assert git(remote_of(project), "log", "--format=%s", BRANCH).split() == ["Eerste", "Begin"]


def test_nothing_is_forced(project, tmp_path):
    """Somebody else has pushed to the branch meanwhile: then they must be asked."""
    write(project)
    hand_in(project, "Eerste", NOW)
    git(tmp_path, "clone", "--quiet", "--branch", BRANCH, str(remote_of(project)), "other")
    other = tmp_path / "other"
    write(other, more="Van een ander.\n")
    git(
        other,
        "-c",
        "user.name=Other",
        "-c",
        "user.email=other@example.org",
        "commit",
        "--quiet",
        "-am",
        "Van een ander",
    )
    git(other, "push", "--quiet")
    theirs = git(remote_of(project), "rev-parse", BRANCH)
    write(project, more="Van mij.\n")
    with pytest.raises(Refusal):
        hand_in(project, "Tweede", NOW)
    assert git(remote_of(project), "rev-parse", BRANCH) == theirs
    assert (project / NL).read_text().endswith("Van mij.\n")


def test_a_hook_that_refuses_loses_nothing(project):
    hook = project / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho 'error: not like this' >&2\nexit 1\n")
    hook.chmod(0o755)
    write(project)
    with pytest.raises(Refusal) as refused:
        hand_in(project, "Schrijf", NOW)
    assert "not like this" in str(refused.value.values["reason"])
    assert (project / NL).read_text().endswith("Een zin erbij.\n")
    assert find_pending(project, NOW).files == [NL]
    assert git(project, "branch", "--format=%(refname:lstrip=2)") == "main\n"


@pytest.mark.parametrize("message", ["", "  ", "\n", "x" * 201])
def test_a_sentence_is_asked_for(project, message):
    write(project)
    assert refuse(project, message) == "no_message"


@pytest.mark.parametrize(
    "message", ["--amend", "-m x", "$(touch x)", "`id`", "; rm -rf .", "“Twee” regels\nin één", "#1 is klaar"]
)
def test_a_message_is_no_option_and_no_command(project, message):
    write(project)
    hand_in(project, message, NOW)
    assert git(project, "log", "-1", "--format=%s", BRANCH).strip() == " ".join(message.split())
    assert not (project / "x").exists()
    assert git(project, "rev-list", "--count", BRANCH).strip() == "2"


def test_without_changes_nothing_is_handed_in(project):
    assert refuse(project) == "nothing_to_hand"


def test_without_a_remote_who_writes_hears_what_to_do(project):
    write(project)
    git(project, "remote", "remove", "origin")
    assert refuse(project) == "no_remote"


def test_without_git_who_writes_hears_what_to_send(editor):
    for refused in (editor.call("hand", message="Schrijf", files=[NL]), editor.call("pending")):
        assert refused.status == 400
        assert "newsletter" in refused.message


def test_a_folder_without_commits_is_one_sentence(sample):
    git(sample, "init", "--quiet")
    git(sample, "remote", "add", "origin", "https://example.org/letters.git")
    with pytest.raises(Refusal):
        hand_in(sample, "Schrijf", NOW)


def test_in_the_middle_of_a_merge_nothing_is_done(project):
    git(project, "switch", "--quiet", "--create", "other")
    write(project, more="Van een ander.\n")
    git(project, "commit", "--quiet", "-am", "Anders")
    git(project, "switch", "--quiet", "main")
    write(project, more="Van mij.\n")
    git(project, "commit", "--quiet", "-am", "Mijn")
    subprocess.run(["git", "merge", "other"], cwd=project, capture_output=True, check=False)
    assert refuse(project) == "git_busy"


def test_without_a_branch_nothing_is_done(project):
    git(project, "switch", "--quiet", "--detach")
    write(project)
    assert refuse(project) == "git_busy"


def test_a_project_in_a_folder_of_the_repository(sample, tmp_path):
    """The repository begins higher than the project."""
    top = sample.parent
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "config", "user.name", "Editor")
    git(top, "config", "user.email", "editor@example.org")
    git(top, "add", "sample")
    git(top, "commit", "--quiet", "--message=Begin")
    git(top, "init", "--quiet", "--bare", "remote.git")
    git(top, "remote", "add", "origin", str(top / "remote.git"))
    write(sample)
    assert find_pending(sample, NOW).files == [NL]
    hand_in(sample, "Schrijf", NOW)
    assert git(top, "show", "--name-only", "--format=", BRANCH).split() == [f"sample/{NL}"]
    assert find_pending(sample, NOW).files == []


@pytest.mark.parametrize(
    "address, link",
    [
        ("https://github.com/example/letters.git", f"https://github.com/example/letters/pull/new/{BRANCH}"),
        ("git@github.com:example/letters.git", f"https://github.com/example/letters/pull/new/{BRANCH}"),
        ("ssh://git@gitlab.example.org:2222/a/b.git", f"https://gitlab.example.org/a/b{ASKED}{quote(BRANCH, safe='')}"),
        ("https://codeberg.org/a/b", f"https://codeberg.org/a/b/compare/main...{BRANCH}"),
        ("https://user:secret@github.com/a/b.git", f"https://github.com/a/b/pull/new/{BRANCH}"),
        ("https://example.org/a/b.git", ""),
    ],
)  # fmt: skip
def test_a_pull_request_is_opened_where_the_host_has_it(project, address, link):
    """The push goes to the folder; the address is that of the host."""
    remote = remote_of(project)
    git(project, "remote", "set-url", "origin", address)
    git(project, "remote", "set-url", "--push", "origin", str(remote))
    write(project)
    assert hand_in(project, "Schrijf", NOW).link == link


def test_a_server_that_asks_for_a_password_is_one_sentence(project):
    """Nobody looks at the terminal, so nothing may wait for an answer there."""
    git(project, "remote", "set-url", "origin", "https://127.0.0.1:9/letters.git")
    write(project)
    with pytest.raises(Refusal) as refused:
        hand_in(project, "Schrijf", NOW)
    assert refused.value.name == "git_failed"


def test_it_is_handed_in_from_the_page(project):
    editor = Editor(project)
    assert editor.save(body=editor.open()["body"] + "\nEen zin erbij.\n").status == 200
    assert editor.call("pending").data == {"files": [NL], "unpushed": False}
    assert editor.call("hand", message="Schrijf de brief", files=[3]).status == 400
    answer = editor.call("hand", message="Schrijf de brief", files=[NL])
    assert answer.data == {"branch": BRANCH, "link": ""}
    assert git(remote_of(project), "show", f"{BRANCH}:{NL}") == letter(project).read_text()


def test_what_was_handed_in_is_not_deleted(project):
    editor = Editor(project, lambda: NOW - timedelta(days=14))
    assert editor.call("open", text=WEEK).data["handed"] is True
    assert editor.call("delete", text=WEEK).status == 400
    assert letter(project).exists()
