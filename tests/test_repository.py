"""What git keeps: a root that a newcomer understands, names for every system, scripts that explain themselves."""

import re
import runpy
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]

AT_THE_ROOT = {
    # what a visitor reads
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "COPYRIGHT.md",
    "LICENSE",
    "OPERATING.md",
    "SECURITY.md",
    # what the product is
    "docs",
    "newsletter",
    "templates",
    "src",
    "tests",
    "deploy",
    # what tools read
    "Makefile",
    "mkdocs.yml",
    "mkdocs.en.yml",
    "pyproject.toml",
    "requirements",
    ".ci",
    ".devcontainer",
    ".dockerignore",
    ".editorconfig",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".vscode",
}
"""Each for a reason: whoever adds one adds it here too."""


RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names of devices on Windows, whatever comes after a dot."""

SCRIPTS = sorted(
    path.relative_to(ROOT)
    for folder in ("src", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if re.search(r"^if __name__ == .__main__.:", path.read_text("utf-8"), re.MULTILINE)
)


def find_tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project has no git")
    command = ("git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z")
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return listed.rstrip("\0").split("\0")


def test_at_the_root_stands_only_what_belongs_there() -> None:
    assert {PurePosixPath(path).parts[0] for path in find_tracked()} <= AT_THE_ROOT


def test_every_name_can_be_checked_out_and_typed_everywhere() -> None:
    """No `cmd *` takes one for an option, and Windows knows none of them as a device."""
    paths = find_tracked()
    for path in paths:
        for part in PurePosixPath(path).parts:
            assert not part.startswith("-"), path
            assert not RESERVED.fullmatch(part), path
            assert not re.search(r'[<>:"\\|?*\x00-\x1f]|[ .]$', part), path
    assert len({path.casefold() for path in paths}) == len(paths), "two names that differ in capitals only"


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_a_script_explains_itself_and_does_nothing_else(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--help` helps; a name that is an option by mistake becomes no folder."""
    module = ".".join(script.with_suffix("").parts).removeprefix("src.").removesuffix(".__main__")
    monkeypatch.chdir(tmp_path)
    for word, code in ("--help", 0), ("--no-such-option", 2):
        monkeypatch.setattr(sys, "argv", [module, word])
        monkeypatch.delitem(sys.modules, module, raising=False)
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(module, run_name="__main__")
        assert ended.value.code == code
        said = capsys.readouterr()
        assert (said.err if code else said.out).startswith("usage: ")
    assert not list(tmp_path.iterdir())


def test_git_ignores_what_holds_addresses(tmp_path: Path) -> None:
    """A list, an export or a back-up that somebody leaves in the project is not committed by `git add --all`."""
    subprocess.run(("git", "init", "-q", tmp_path), check=True)
    (tmp_path / ".gitignore").write_text((ROOT / ".gitignore").read_text("utf-8"), "utf-8")
    names = (
        *("readers.db", "readers.db-wal", "readers.db-shm", "newsletter.db.senders", "deep/er/list.sqlite"),
        *(
            "readers.csv",
            "rejects.csv",
            "subscribers.json",
            "export.xlsx",
            "newsletter.env",
            "var/x",
            "dkim.pem",
        ),
        *("2026-W48.md", "report.json", "backup/2026-11-27T0900.db", "back-up/x"),
        *(".venv", "me.json", "readers.json", ".readers.csv.4711.new", "deep/er/.list-2026.db.4711.new"),
        *("letters/new/1795978800000000.0a1b2c3d.eml", "new/1795978800000000.0a1b2c3d.eml"),
    )
    command = ("git", "-C", tmp_path, "check-ignore", "--", *names)
    ignored = subprocess.run(command, check=False, capture_output=True, text=True).stdout.split()
    assert set(names) == set(ignored)


def test_nothing_that_git_keeps_is_ignored() -> None:
    """A rule that is too wide would hide the next file of its kind."""
    command = ("git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-ci", "--exclude-standard")
    find_tracked()
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == ""


def test_the_licence_is_mit_and_nothing_else() -> None:
    """So that programs recognise it; COPYRIGHT.md says whose the rest is, and names files that exist."""
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.startswith("MIT License\n")
    assert text.rstrip().endswith("OTHER DEALINGS IN THE\nSOFTWARE.")
    copyright_ = (ROOT / "COPYRIGHT.md").read_text("utf-8")
    for name in re.findall(r"`([a-z][^`]*/[^`]*)`|\]\((?!https)([^)]+)\)", copyright_):
        assert list(ROOT.glob(name[0] or name[1])), name


def test_no_file_has_a_conflict_that_git_left_in_it() -> None:
    for path in find_tracked():
        if (ROOT / path).is_file():  # not one that was deleted since
            assert not re.search(rb"^(<{7}|>{7}|\|{7})( |$)", (ROOT / path).read_bytes(), re.MULTILINE), path


# --- Rooms ---

SOURCE = ROOT / "src/generator"
MOST_MODULES = 16

ABOUT_SEVERAL = {
    "check/rules/test_rules.py",
    "check/test_fuzz.py",
    "check/test_mistakes.py",
    "cli/newsletter/test_subscribers.py",
    "cli/test_generate.py",
    "cli/test_preview_in_browser.py",
    "content/test_bad_input.py",
    "delivery/chain/test_chain.py",
    "delivery/test_kills.py",
    "doctor/test_doctor.py",
    "render/email/test_message_in_browser.py",
    "render/page/test_course.py",
    "recovery/test_drills.py",
    "subscribers/store/test_migrations.py",
    "subscribers/test_concurrency.py",
    "subscribers/test_states.py",
    "web/pages/test_course.py",
    "web/test_crashes.py",
    "web/test_fuzz.py",
    "web/test_hook_floods.py",
    "web/test_journey_in_browser.py",
    "web/test_load.py",
    "web/test_new_reader_in_browser.py",
    "web/test_parts.py",
    "writing/test_journey.py",
    "writing/test_crashes.py",
    "writing/test_threats.py",
}
"""Tests of more than one module."""


def test_a_test_has_the_path_of_its_module() -> None:
    strays = set()
    for package in (path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()):
        for path in (ROOT / "tests" / package).rglob("test_*.py"):
            name = path.relative_to(ROOT / "tests")
            module = SOURCE / name.with_name(name.stem.removeprefix("test_"))
            if not module.with_suffix(".py").exists() and name.parts[:2] != ("web", "threats"):
                strays.add(name.as_posix())
    assert strays == ABOUT_SEVERAL


def test_no_room_is_crowded() -> None:
    crowded = {
        str(folder.relative_to(SOURCE))
        for folder in SOURCE.rglob("*")
        if folder.is_dir() and sum(1 for _ in folder.glob("*.py")) > MOST_MODULES
    }
    assert crowded == set()


def test_the_version_is_the_newest_in_the_changelog() -> None:
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(version)} - \d{{4}}-\d\d-\d\d", heads[1])
