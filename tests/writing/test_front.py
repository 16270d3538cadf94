"""A field of the front matter changes on its own lines; every other byte stays."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.writing.front import change_front, change_waiver, read_front
from generator.writing.refusals import Refusal
from generator.writing.texts import LETTER

ORDER = [field.key for field in LETTER]

LATER = "2026-12-11T07:00:00+01:00"
TITLE = 'title: "How often # do you call?"   # the working title'
FRONT = f"""\
# A remark above
{TITLE}
summary: >-
  One line
  and another

certainty: referral
thought: 'who-calls-you' # from the plan
actions:
- ref-1
- ref-2
# Before the moment
published: 2026-12-04T07:00:00+01:00
draft: true
waive:
  section-length: "because"
"""


def change(front: str, **values: object) -> list[str]:
    """The lines that differ, as of `diff`."""
    after = change_front(front, values, ORDER)  # type: ignore[arg-type]
    lines = difflib.unified_diff(front.split("\n"), after.split("\n"), lineterm="", n=0)
    return [line for line in lines if line[:3] not in {"---", "+++"} and not line.startswith("@@")]


@pytest.mark.parametrize(
    "values, expected",
    [
        ({"title": "Call: now"}, [f"-{TITLE}", '+title: "Call: now"   # the working title']),
        ({"title": ""}, [f"-{TITLE}", '+title: ""   # the working title']),
        ({"summary": "Short"}, ["-summary: >-", "-  One line", "-  and another", "+summary: Short"]),
        ({"subject": "New"}, ["+subject: New"]),
        ({"thought": "it-s"}, ["-thought: 'who-calls-you' # from the plan", "+thought: 'it-s' # from the plan"]),
        ({"draft": False}, ["-draft: true", "+draft: false"]),
        ({"published": ""}, ["-published: 2026-12-04T07:00:00+01:00", "+published:"]),
        ({"published": LATER}, ["-published: 2026-12-04T07:00:00+01:00", f"+published: {LATER}"]),
        ({"updated": "2026-12-05T08:00:00+01:00"}, ["+updated: 2026-12-05T08:00:00+01:00"]),
    ],
)  # fmt: skip
def test_only_the_lines_of_the_key_change(values, expected):
    assert change(FRONT, **values) == expected


def test_a_list_changes_and_what_follows_stays():
    after = change_front(FRONT, {"actions": ["ref-3"]}, ORDER)
    assert read_front(after) == {**(read_front(FRONT) or {}), "actions": ["ref-3"]}
    assert "# Before the moment\npublished:" in after


@pytest.mark.parametrize(
    "front",
    [
        "title: a\nactions: [x, # why\n  y]\ndraft: true\n",
        "title: a\nactions:\n  - x # why\n  - y\ndraft: true\n",
        "title: a\nactions:\n  - x\n  # why\n  - y\ndraft: true\n",
    ],
)
def test_a_remark_inside_a_value_is_never_lost(front):
    """It stays, or the change is refused: who wrote it finds it again."""
    try:
        after = change_front(front, {"actions": ["y"]}, ORDER)
    except Refusal:
        return
    assert "# why" in after


def test_a_new_key_stands_where_readers_of_the_file_expect_it():
    front = "title: a\nsummary: b\ncertainty: referral\n"
    assert (
        change_front(front, {"subject": "c"}, ORDER)
        == "title: a\nsubject: c\nsummary: b\ncertainty: referral\n"
    )
    assert change_front(front, {"draft": True}, ORDER) == f"{front}draft: true\n"
    assert change_front(front, {"draft": False, "actions": []}, ORDER) in {
        front,
        f"{front}actions: []\ndraft: false\n",
    }


@pytest.mark.parametrize(
    "front",
    [
        "title: &name a\n",
        "title: !!str a\n",
        "{title: a, subject: b}\n",
        "title: a\ntitle: b\n",
        "title: a\n  b: c\n",
        "title: [a\n",
        "- title: a\n",
        "just a text\n",
        "title: a # lost\n",
    ],
)
def test_what_is_not_understood_is_refused(front):
    with pytest.raises(Refusal):
        change_front(front, {"title": "x"}, ORDER)


def test_a_key_in_quotes_is_not_written_twice():
    front = 'title: a\n"subject": b\n'
    with pytest.raises(Refusal):
        change_front(front, {"subject": "x"}, ORDER)
    assert change_front(front, {"title": "x"}, ORDER) == 'title: x\n"subject": b\n'


ODD = ["null", "~", "yes", "no", "on", "123", "1.5", "0x10", "1e3", "1_000", "12:30", "2026-01-01", "- x", "? x", ": x",
       "a: b", "a :b", "a # b", "#b", "&a", "*a", "!a", "@a", "`a", "%a", "|", ">", "[a]", "{a}", "a]", "a, b", "'",
       '"', "''", '""', "'a", '"a', "a'", "\\", "\\n", "---", "...", "--- a", "<<", "=", "-", "?", ":", " a", "a ",
       "a\tb", "😀", "é", "e\u0301", "\u00a0", "“a”", "a" * 500]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["title: a", "title: 'a'", 'title: "a"', "title: >\n  a\n  b", "title:", "title:   a"]
)
def test_every_text_comes_back_as_it_was(line):
    for text in ODD:
        front = f"# first\n{line}\n# last\ncertainty: referral\n"
        after = change_front(front, {"title": text}, ORDER)
        assert read_front(after) == {"title": text, "certainty": "referral"}, after
        assert after.startswith("# first\ntitle:")
        assert after.endswith("\n# last\ncertainty: referral\n")


TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)


@given(st.lists(st.tuples(st.sampled_from(["title", "subject", "summary", "thought"]), TEXT), max_size=6))
def test_any_texts_one_after_the_other(edits):
    front, meant = FRONT, dict(read_front(FRONT) or {})
    for key, text in edits:
        try:
            front = change_front(front, {key: text}, ORDER)
        except Refusal:
            continue
        meant[key] = text
        found = read_front(front) or {}
        assert {**found, key: found.get(key) or ""} == meant  # emptied, a key is left out, or has no value
        meant = dict(found)
    for remark in (
        "# A remark above\n",
        "# the working title\n",
        "# from the plan\n",
        "# Before the moment\n",
    ):
        assert remark in front


@pytest.mark.parametrize(
    "front, after",
    [
        ("title: A\ndraft: true\n", "title: A\ndraft: true\nwaive:\n  size: Goed zo\n"),
        ("title: A\nwaive:\n    emoji: x\n", "title: A\nwaive:\n    emoji: x\n    size: Goed zo\n"),
        ("title: A\nwaive: {}\n", "title: A\nwaive:\n  size: Goed zo\n"),
        ("waive:\n  size: >\n    oud\n    en lang\ntitle: A\n", "waive:\n  size: Goed zo\ntitle: A\n"),
        ("waive: {emoji: x}\ntitle: A\n", None),
        ("waive: [x]\n", None),
    ],
)
def test_a_waiver_is_written_as_an_editor_would(front, after):
    order = ["title", "draft", "waive"]
    if after is None:
        with pytest.raises(Refusal, match="odd_field"):
            change_waiver(front.rstrip("\n"), "size", "Goed zo", order)
        return
    written = change_waiver(front.rstrip("\n"), "size", "Goed zo", order)
    assert written == after.rstrip("\n")
    assert "size" not in change_waiver(written, "size", "", order)
