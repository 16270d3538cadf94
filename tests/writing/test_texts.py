"""A text is saved whole or not at all, and what another program wrote is never overwritten."""

import os
import stat
from datetime import datetime
from pathlib import Path

import pytest

from tests.writing.conftest import THOUGHT, WEEK, Editor, letter


def snapshot(root: Path) -> dict[Path, bytes]:
    """All files below `newsletter/`."""
    return {path: path.read_bytes() for path in (root / "newsletter").rglob("*") if path.is_file()}


# --- Saved ---


def test_a_body_replaces_what_stands_below_the_front_matter(editor):
    before = letter(editor.root).read_text()
    saved = editor.save(body="\nEen zin.\n")
    assert saved.status == 200
    front = before[: before.index("\n---\n") + 5]
    assert letter(editor.root).read_text() == f"{front}\nEen zin.\n"
    assert saved.data["digest"] == editor.open()["digest"]


def test_saving_what_was_opened_changes_no_byte(editor):
    for text in (WEEK, THOUGHT):
        for language in ("nl", "en"):
            before = snapshot(editor.root)
            assert editor.save(text, language).status == 200
            assert snapshot(editor.root) == before


def test_a_field_changes_its_line_only(editor):
    before = letter(editor.root).read_text()
    assert editor.save(subject="Wie ken jij: één naam?").status == 200
    after = letter(editor.root).read_text()
    changed = [
        pair for pair in zip(before.split("\n"), after.split("\n"), strict=True) if len(set(pair)) == 2
    ]
    assert changed == [("subject: Zou je jezelf introduceren?", 'subject: "Wie ken jij: één naam?"')]


def test_a_shared_field_is_saved_in_all_languages(editor):
    bodies = [editor.open(language=language)["body"] for language in ("nl", "en")]
    assert editor.save(actions=["ref-2"]).status == 200
    for language, body in zip(("nl", "en"), bodies, strict=True):
        assert "actions: [ref-2]\n" in letter(editor.root, language).read_text()
        assert editor.open(language=language)["body"] == body


def test_a_shared_field_is_saved_nowhere_when_the_other_file_cannot_have_it(editor):
    other = letter(editor.root, "en")
    other.write_text(other.read_text().replace("title:", "title: [", 1))
    before = snapshot(editor.root)
    assert "en.md" in (refused := editor.save(actions=["ref-2"])).message
    assert refused.status == 400
    assert snapshot(editor.root) == before


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_keeps_its_line_ends_and_its_mark(editor, bom, end):
    path = letter(editor.root)
    path.write_bytes(bom + path.read_text().replace("\n", end).encode())
    assert "\r" not in editor.open()["body"]
    assert editor.save(body="\nEen zin.\n\nNog een.\n", title="Twee zinnen").status == 200
    content = path.read_bytes()
    assert content.startswith(bom + b"---")
    assert content.count(b"\n") == (content.count(b"\r\n") if end == "\r\n" else content.count(end.encode()))
    assert content.endswith(f"Een zin.{end}{end}Nog een.{end}".encode())


def test_a_file_that_ends_at_its_fence_gets_a_body_below_it(editor):
    path = letter(editor.root)
    front = path.read_text().partition("\n---\n")[0]
    path.write_text(f"{front}\n---")
    assert editor.save(body="Een zin.\n").status == 200
    assert editor.open()["body"].strip() == "Een zin."
    assert editor.open()["fields"]["certainty"] == "referral"


def test_a_file_without_front_matter_is_its_body(editor):
    path = letter(editor.root)
    path.write_text("Alleen een zin.\n")
    opened = editor.open()
    assert (opened["fields"], opened["body"], opened["raw"]) == ({}, "Alleen een zin.\n", True)
    assert editor.save(body="Een andere.\n").status == 200
    assert path.read_text() == "Een andere.\n"
    assert editor.save(title="Een titel").status == 400
    assert path.read_text() == "Een andere.\n"


def test_an_emoji_and_a_long_text_come_back_whole(editor):
    body = "\n" + "Zin met 😀, é en “aanhaling”. " * 10_000 + "\n"
    assert editor.save(body=body).status == 200
    assert editor.open()["body"] == body


def test_the_rights_of_a_file_stay(editor):
    path = letter(editor.root)
    path.chmod(0o600)
    assert editor.save(body="\nEen zin.\n").status == 200
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "een \x00 niets\n"},
        {"title": "een \x07 bel"},
        {"published": "morgen"},
        {"published": "2026-02-30T06:00:00+01:00"},
        {"title": ""},
    ],
)
def test_what_is_wrong_is_saved_too_and_remarked_upon(editor, changes):
    """No word is lost because it is not right yet."""
    assert editor.save(**changes).status == 200
    opened = editor.open()
    assert changes.items() <= {**opened["fields"], "body": opened["body"]}.items()
    checked = editor.call("check", text=WEEK).data
    severity = "open" if changes == {"title": ""} else "error"
    assert (severity, "nl") in {(one["severity"], one["language"]) for one in checked["remarks"]}
    assert checked["state"] == "draft"


# --- Refused; nothing is written ---


def refuse(editor: Editor, status: int = 400, **changes: object) -> str:
    before = snapshot(editor.root)
    refused = editor.save(**changes)
    assert refused.status == status, refused.content
    assert snapshot(editor.root) == before
    return refused.message


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "twee\nregels"},
        {"title": "twee\u2028regels"},
        {"title": ["lijst"]},
        {"title": None},
        {"title": 5},
        {"title": {"a": "b"}},
        {"title": "half \ud800 teken"},
        {"actions": "ref-1"},
        {"actions": [["ref-1"]]},
        {"actions": ["a\nb"]},
        {"draft": "ja"},
        {"waive": {"length": "omdat"}},
        {"nobody": "x"},
    ],
)
def test_a_value_that_a_field_cannot_have_is_refused(attacked, changes):
    assert refuse(attacked, **changes)


def test_half_a_character_cannot_be_saved(attacked):
    assert refuse(attacked, body="half \ud800 teken")


def test_a_text_that_is_too_long_is_refused(attacked):
    assert refuse(attacked, 413, body="x" * 1_000_001)


def test_a_text_that_changed_elsewhere_is_shown_and_kept(editor):
    opened, path = editor.open(), letter(editor.root)
    path.write_text(path.read_text() + "Van een ander.\n")
    before = snapshot(editor.root)
    refused = editor.save(body="\nVan mij.\n", base=opened["digest"])
    assert refused.status == 409
    assert refused.message
    assert refused.data["theirs"] == path.read_text()
    assert snapshot(editor.root) == before

    chosen = opened["source"] + "Van mij en een ander.\n"
    wrong = {"text": WEEK, "language": "nl", "base": opened["digest"], "source": chosen}
    assert editor.call("resolve", **wrong).status == 409
    assert editor.call("resolve", **wrong | {"base": refused.data["digest"]}).status == 200
    assert path.read_text() == chosen
    kept = editor.call("versions", text=WEEK).data["versions"]
    assert refused.data["digest"] in [version["digest"] for version in kept]


def test_a_text_that_is_gone_is_not_made_again_by_itself(editor):
    opened, path = editor.open(), letter(editor.root)
    path.unlink()
    refused = editor.call("save", text=WEEK, language="nl", base=opened["digest"], fields={}, body="x")
    assert (refused.status, refused.data["digest"], path.exists()) == (409, "", False)
    assert refused.message
    again = editor.call("resolve", text=WEEK, language="nl", base="", source=opened["source"])
    assert again.status == 200
    assert path.read_text() == opened["source"]


def test_two_tabs_do_not_overwrite_each_other(editor):
    base = editor.open()["digest"]
    assert editor.save(base=base, body="\nVan de eerste.\n").status == 200
    assert editor.save(base=base, body="\nVan de tweede.\n").status == 409
    assert letter(editor.root).read_text().endswith("\nVan de eerste.\n")


@pytest.mark.parametrize("place", ["/etc/hostname", "../../settings.toml", "../../../README.md", "/dev/zero"])
def test_a_link_is_followed_inside_newsletter_only(editor, place, tmp_path):
    path = letter(editor.root)
    content = path.read_bytes()
    path.unlink()
    path.symlink_to(place)
    inside = place == "../../settings.toml"
    asked = editor.call("open", text=WEEK)
    if not inside:
        assert asked.status == 400
        assert asked.message
    refused = editor.call("save", text=WEEK, language="nl", base="", fields={}, body="x")
    assert refused.status in {400, 409}
    path.unlink()
    path.write_bytes(content)


def test_a_folder_that_is_a_link_elsewhere_is_refused(editor, tmp_path):
    folder = letter(editor.root).parent
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    before = (tmp_path / "elsewhere/nl.md").read_bytes()
    refused = editor.call("save", text=WEEK, language="nl", base="", fields={}, body="x")
    assert refused.status == 400
    assert refused.message
    assert (tmp_path / "elsewhere/nl.md").read_bytes() == before


@pytest.mark.parametrize("kind", ["fifo", "folder", "latin-1", "huge"])
def test_what_is_no_text_is_refused(editor, kind):
    path = letter(editor.root)
    path.unlink()
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes("é".encode("latin-1") if kind == "latin-1" else b"x" * 1_000_001)
    assert editor.call("open", text=WEEK).message
    refused = editor.call("save", text=WEEK, language="nl", base="", fields={}, body="x")
    assert refused.status == 400
    assert refused.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_refused(editor):
    folder = letter(editor.root).parent
    folder.chmod(0o500)
    try:
        assert refuse(editor, body="\nEen zin.\n")
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize(
    "id_",
    [
        "",
        ".",
        "..",
        "2026-W47/",
        "2026-W47/../2026-W46",
        "2026-W99",
        "2026-w47",
        "../issues/2026-W47",
        "thoughts",
        "thoughts/referral",
        "thoughts/referral/..",
        "thoughts/referral/../referral/would-you-introduce-yourself",
        "thoughts/referral/would-you-introduce-yourself.nl.md",
        "thoughts/nothing/would-you-introduce-yourself",
        "thoughts/referral/would-you-introduce-yourself\n",
        "thoughts/referral/would-you-introduce-yourself\x00",
        "settings.toml",
        "/etc/passwd",
        "x" * 100_000,
        "２０２６-W47",
    ],
)
def test_an_id_is_looked_up_and_never_a_path(attacked, id_):
    for name, more in (
        ("open", {}),
        ("save", {"language": "nl", "base": "", "fields": {}, "body": "x"}),
        ("resolve", {"language": "nl", "base": "", "source": "x"}),
        ("check", {}),
        ("changes", {"digests": {}}),
        ("versions", {}),
        ("version", {"language": "nl", "digest": "../../settings"}),
    ):
        refused = attacked.call(name, text=id_, **more)
        assert refused.status == 404, (name, refused.content)
        assert len(refused.message) < 200


@pytest.mark.parametrize("language", ["", "de", "NL", "../nl", "nl.md", None, 5])
def test_a_language_is_one_of_the_project(attacked, language):
    asked = {"text": WEEK, "language": language, "base": "", "fields": {}, "body": "x"}
    refused = attacked.call("save", **asked)
    assert refused.status == 400
    assert refused.message


# --- Replaced and deleted ---


def test_a_thought_replaces_what_a_letter_says_and_nothing_else(editor):
    before = {language: letter(editor.root, language).read_bytes() for language in ("nl", "en")}
    bases = {language: editor.open(language=language)["digest"] for language in ("nl", "en")}
    asked = {"text": WEEK, "certainty": "repeating", "thought": "last-heard-through-an-invoice"}
    stale = editor.call("retell", **asked, bases=bases | {"en": "0"})
    assert stale.status == 409
    assert {language: letter(editor.root, language).read_bytes() for language in before} == before
    assert editor.call("retell", **asked, bases=bases).status == 200
    opened = editor.open()
    assert opened["fields"]["title"] == "Ze hoorden alleen nog de boekhouding"
    assert opened["fields"]["published"] == "2026-11-20T06:00:00+01:00"
    assert opened["fields"]["subject"] == ""
    assert opened["fields"]["waive"], "what the editor decided stays"
    kept = [path.read_bytes() for path in (editor.root / f"var/drafts/{WEEK}").iterdir()]
    assert sorted(kept) == sorted(before.values())


@pytest.mark.parametrize("thought", ["nothing", "", "../../x"])
def test_a_thought_that_is_not_there_replaces_nothing(attacked, thought):
    bases = {language: attacked.open(language=language)["digest"] for language in ("nl", "en")}
    asked = {"certainty": "repeating", "thought": thought, "bases": bases}
    refused = attacked.call("retell", text=WEEK, **asked)
    assert refused.status == 400
    assert refused.message
    assert attacked.call("retell", text=THOUGHT, **asked).status == 400


def test_a_letter_that_is_not_out_is_deleted_with_its_pictures_and_all_is_kept(sample):
    editor = Editor(sample, lambda: datetime.fromisoformat("2026-11-16T12:00:00+01:00"))
    folder = letter(sample).parent
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert editor.call("delete", text=WEEK).status == 200
    assert not folder.exists()
    kept = [path.read_bytes() for path in (sample / f"var/drafts/{WEEK}").iterdir()]
    assert sorted(kept) == sorted(before.values())


@pytest.mark.parametrize("obstacle", ["var", "var/drafts"])
def test_what_cannot_be_kept_is_not_deleted(sample, obstacle):
    editor = Editor(sample, lambda: datetime.fromisoformat("2026-11-16T12:00:00+01:00"))
    path = sample / obstacle
    path.parent.mkdir(exist_ok=True)
    path.write_text("in the way")
    before = snapshot(sample)
    assert editor.call("delete", text=WEEK).message
    (letter(sample).parent / "loose.png").write_bytes(b"x")
    assert editor.call("remove", text=WEEK, picture="loose.png").message
    assert snapshot(sample) == before | {letter(sample).parent / "loose.png": b"x"}


def test_of_a_link_only_the_link_is_deleted(sample):
    editor = Editor(sample, lambda: datetime.fromisoformat("2026-11-16T12:00:00+01:00"))
    other = letter(sample, week="2026-W46").parent / "other.png"
    other.write_bytes(b"x")
    (letter(sample).parent / "link.png").symlink_to(other)
    outside = letter(sample).parent / "outside.png"
    outside.symlink_to("/etc/hostname")
    assert editor.call("remove", text=WEEK, picture="link.png").status == 200
    assert other.read_bytes() == b"x"
    for refused in (
        editor.call("remove", text=WEEK, picture="outside.png"),
        editor.call("delete", text=WEEK),
    ):
        assert refused.status == 400
    assert outside.is_symlink()
    assert letter(sample).exists()


def test_a_letter_that_is_out_is_not_deleted_when_it_cannot_be_read(editor):
    path = letter(editor.root)
    path.write_text(path.read_text().replace("title:", "title: [", 1))
    assert editor.call("open", text=WEEK).data["out"] is True
    assert editor.call("delete", text=WEEK).status == 400
    assert path.exists()


def test_what_is_out_or_in_use_is_not_deleted(attacked):
    for text in (WEEK, THOUGHT):
        refused = attacked.call("delete", text=text)
        assert refused.status == 400
        assert refused.message
