"""What stood in a file is kept: every five minutes, for ninety days, and always when somebody else wrote it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.model import Language
from generator.writing.texts import find_text
from generator.writing.versions import FOLDER, keep_version, list_versions, read_version
from tests.clocks import NOW
from tests.writing.conftest import THOUGHT, WEEK, Editor, letter


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def writer(sample: Path, time: Time) -> Editor:
    return Editor(sample, time)


def read(editor: Editor, text: str = WEEK) -> list[str]:
    """The bodies that are kept of the Dutch text, the newest first."""
    found = editor.call("versions", text=text).data["versions"]
    sources = [
        editor.call("version", text=text, language=one["language"], digest=one["digest"]).data["source"]
        for one in found
        if one["language"] == "nl"
    ]
    return [source.partition("\n---\n")[2].strip() for source in sources]


def test_a_version_is_kept_every_five_minutes(writer, time):
    for minute in range(12):
        time.now = NOW + timedelta(minutes=minute)
        assert writer.save(body=f"\nMinuut {minute}.\n").status == 200
    kept = read(writer)
    assert kept[:2] == ["Minuut 9.", "Minuut 4."]
    assert "Stel dat je beste vriend" in kept[2]  # as it was before the first save
    assert len(kept) == 3


def test_a_version_is_given_as_it_was(writer, time):
    before = letter(writer.root).read_text()
    writer.save(body="\nNieuw.\n")
    found = writer.call("versions", text=WEEK).data["versions"]
    assert [(one["at"], one["language"]) for one in found] == [(NOW.isoformat(), "nl")]
    asked = {"text": WEEK, "language": "nl", "digest": found[0]["digest"]}
    assert writer.call("version", **asked).data == {"source": before}
    for other in ({"language": "en"}, {"digest": "0" * 32}, {"digest": ""}, {"text": THOUGHT}):
        refused = writer.call("version", **asked | other)
        assert refused.status in {400, 404}
        assert refused.message


def test_what_somebody_else_wrote_is_always_kept(writer, time):
    writer.save(body="\nVan mij.\n")
    for number in range(3):
        path = letter(writer.root)
        path.write_text(path.read_text().partition("\n---\n")[0] + f"\n---\n\nVan een ander, {number}.\n")
        assert writer.save(body=f"\nVan mij, {number}.\n").status == 200
    kept = {text for text in read(writer) if text.startswith("Van een ander")}
    assert kept == {f"Van een ander, {number}." for number in range(3)}


def test_what_an_earlier_version_replaces_is_always_kept(writer):
    before = letter(writer.root).read_text()
    writer.save(body="\nEerst.\n")
    writer.save(body="\nNet getypt.\n")
    assert "Net getypt." not in read(writer)
    digest = writer.open()["digest"]
    assert writer.call("resolve", text=WEEK, language="nl", base=digest, source=before).status == 200
    assert "Net getypt." in read(writer)


def test_versions_are_deleted_after_ninety_days(writer, time):
    writer.save(body="\nOud.\n")
    time.now += timedelta(days=89)
    writer.save(body="\nJonger.\n")
    assert len(read(writer)) == 2
    time.now += timedelta(days=2)
    writer.save(body="\nNieuw.\n")
    assert read(writer) == ["Jonger.", "Oud."]


def test_versions_stand_where_git_does_not_see_them(writer):
    writer.save(body="\nNieuw.\n")
    assert [path.parent for path in (writer.root / FOLDER).rglob("*.md")] == [writer.root / FOLDER / WEEK]
    ignored = Path(__file__).parents[2].joinpath(".gitignore").read_text().split()
    assert "/var" in ignored


def test_other_files_among_the_versions_are_nobodys(sample):
    text = find_text(sample, WEEK)
    keep_version(sample, text, Language("nl"), b"Een tekst.\n", NOW)
    folder = sample / FOLDER / WEEK
    for name in (
        "nl.md",
        "nl-20261301T000000Z-" + "0" * 32 + ".md",
        "de-20261101T000000Z-" + "0" * 32 + ".md",
        ".x",
    ):
        (folder / name).write_text("x")
    assert [version.at for version in list_versions(sample, text)] == [NOW.astimezone(UTC)]
    assert read_version(sample, text, "nl", "0" * 32) is None


def test_a_folder_of_versions_that_cannot_be_written_does_not_stop_a_save(writer):
    """What the page had goes on; what somebody else wrote meanwhile is not replaced without its version."""
    (writer.root / "var").mkdir(exist_ok=True)
    (writer.root / FOLDER).write_text("a file is in the way")
    assert writer.save(body="\nVan mij.\n").status == 200
    assert writer.save(body="\nOok van mij.\n").status == 200
    opened, path = writer.open(), letter(writer.root)
    path.write_text(opened["source"] + "Van een ander.\n")
    assert writer.save(base=opened["digest"]).status == 409
    digest = writer.open()["digest"]
    refused = writer.call("resolve", text=WEEK, language="nl", base=digest, source=opened["source"])
    assert refused.status == 400
    assert refused.message
    assert path.read_text().endswith("Van een ander.\n")
