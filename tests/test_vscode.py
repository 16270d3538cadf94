"""The workspace of VS Code: what its front matter extension finds, completes and explains, in Chromium's engine.

extension.js, which needs VS Code, only passes on what these functions say.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from playwright.sync_api import Browser, Page

from generator.cli.generate import main
from generator.cli.letter.schema import KINDS, make_schema
from generator.cli.reports import report_text
from generator.model import Problem, Severity

ROOT = Path(__file__).parents[1]
VSCODE = ROOT / ".vscode"
EXTENSION = VSCODE / "extensions/front-matter"

LETTER = """\
---
title: "They only heard from accounts"
summary: "Put everything a customer received after signing in order, and look at who sent it."
certainty: repeating
thought: last-heard-through-an-invoice
actions: [rpt-2]
published: 2026-11-27T06:00:00+01:00
---

## Food for thought
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=EXTENSION / "front-matter.js")
    yield page
    page.close()


def ask(page: Page, function: str, *arguments: Any) -> Any:
    return page.evaluate(f"given => FrontMatter.{function}(...given)", list(arguments))


def diagnose(page: Page, text: str, kind: str = "letter") -> list[tuple[int, str]]:
    """Each problem as a line, counted from 1, and its message."""
    return [(found["line"] + 1, found["message"]) for found in ask(page, "diagnose", text, make_schema(kind))]


def test_nothing_is_wrong_with_our_own_texts(page: Page) -> None:
    """Nor with any other that the generator reads: all that it knows about keys is in the schema."""
    seen = set()
    for path in sorted([*(ROOT / "docs").rglob("*.md"), *(ROOT / "newsletter").rglob("*.md")]):
        if kind := ask(page, "kindOf", path.as_posix()):
            seen.add(kind)
            assert diagnose(page, path.read_text("utf-8"), kind) == [], path
    assert seen == set(KINDS)


@pytest.mark.parametrize(
    "path, kind",
    [
        ("newsletter/issues/2026-W48/nl.md", "letter"),
        ("C:\\work\\newsletter\\issues\\2026-W48\\en.md", "letter"),
        ("newsletter/thoughts/referral/a-name.en.md", "thought"),
        ("docs/nl/certainties/referral.md", "certainty"),
        ("docs/en/index.md", "page"),
        ("newsletter/GUIDE.md", None),
        ("README.md", None),
        ("docs/pictures/notes.md", None),
        ("newsletter/issues/2026-W48/notes.md", None),
    ],
)
def test_the_place_of_a_file_tells_what_it_is(page: Page, path: str, kind: str | None) -> None:
    assert ask(page, "kindOf", path) == kind


@pytest.mark.parametrize(
    "old, new, line, said",
    [
        ("summary:", "sumary:", 3, "unknown key “sumary”; did you mean “summary”?"),
        ("summary:", "# summary:", 1, "the key “summary” is missing; expected one sentence; used as preheader"),
        ("title:", "nonsense: a\ntitle:", 2, "unknown key “nonsense”"),
        ("title:", "title: a\ntitle:", 3, "duplicate key “title”; delete one of the two"),
        ("repeating", "reveneu", 4, "unknown certainty “reveneu”; did you mean “revenue”?"),
        ("repeating", "money", 4, "unknown certainty “money”; known are: relations, reputation"),
        ("[rpt-2]", "rpt-2", 6, "“actions” is rpt-2; expected one to three item ids"),
        ("[rpt-2]", "[]", 6, "“actions” has 0 entries; expected one to three"),
        ("[rpt-2]", "[rpt-1, rpt-2, rpt-3, rpt-4]", 6, "“actions” has 4 entries"),
        ("[rpt-2]", "[rpt2]", 6, "“rpt2” does not match the form of “actions”"),
        ("[rpt-2]", "\n  - rpt-2\n  - rpt2", 8, "“rpt2” does not match the form of “actions”"),
        ("[rpt-2]", "[rpt-2", 6, "the brackets do not match"),
        ("06:00:00+01:00", "06:00:00", 7, "“published” is 2026-11-27T06:00:00; expected a date and time with a time"),
        ("2026-11-27T06:00:00+01:00", "friday", 7, "“published” is friday; expected a date"),
        ("2026-11-27T06:00:00+01:00", "2026-11-27", 7, "“published” is 2026-11-27; expected a date"),
        ("2026-11-27T06:00:00+01:00", '"2026-11-27T06:00:00+01:00"', 7, "without quotes"),
        ("title: ", "title: a: ", 2, "put a value that contains a colon in quotes"),
        ('accounts"', "accounts", 2, 'the quotes " do not match'),
        ("title: ", "title:", 2, "use a key, a colon and a space, like “title: …”"),
        ("certainty: ", "\tcertainty: ", 4, "the line starts with a tab; use spaces"),
        ('"They only heard from accounts"', "2026", 2, "“title” is 2026; put it in quotes"),
        ('"They only heard from accounts"', "yes", 2, "“title” is yes; put it in quotes"),
        ('"They only heard from accounts"', "", 2, "“title” is empty; expected the title of the letter"),
        ('"They only heard from accounts"', '" "', 2, "“title” is empty"),
        ('"They only heard from accounts"', "@home", 2, "put a value that starts with @ in quotes"),
        ("published:", "draft: maybe\npublished:", 7, "“draft” is maybe; expected true or false"),
        ("published:", "waive:\n  siz: a reason\npublished:", 8, "unknown key “siz”; did you mean “size”?"),
        ("published:", "waive: size\npublished:", 7, "“waive” is size; expected the name of a check and the reason"),
        ("published:", "waive:\n  size:\npublished:", 8, "“size” is empty"),
        ("title:", "subject: Short\ntitle:", 2, "“subject” has 5 characters; 10 to 60 are recommended"),
        ("---\n\n##", "\n##", 1, "the front matter is not closed: a second line with only --- is missing"),
        ("---\ntitle", "title", 1, "the front matter is missing: the first line must be ---"),
    ],
)  # fmt: skip
def test_a_mistake_is_marked_while_somebody_types(
    page: Page, old: str, new: str, line: int, said: str
) -> None:
    assert old in LETTER
    found = diagnose(page, LETTER.replace(old, new, 1))
    assert found[0][0] == line
    assert said in found[0][1]
    assert len(found) == 1, found


@pytest.mark.parametrize(
    "old, new",
    [
        ("[rpt-2]", "[ rpt-2, 'rpt-3' ]  # two"),
        ("[rpt-2]", "\n- rpt-2\n- rpt-3"),
        ("[rpt-2]", "[rpt-2,\n  rpt-3]"),
        ("[rpt-2]", "*alias"),
        ("title: ", "# a comment: with a colon\n\ntitle: "),
        ('"They only heard from accounts"', "They only\n  heard from accounts # really"),
        ('"They only heard from accounts"', ">-\n  They only: heard\n  from accounts"),
        ('"They only heard from accounts"', "'It''s a title: yes'"),
        ('"They only heard from accounts"', '"a \\"quoted\\" title"'),
        ("2026-11-27T06:00:00+01:00", "2026-11-27 06:00:00 +01:00"),
        ("2026-11-27T06:00:00+01:00", "2026-11-27T05:00:00Z"),
        ("published:", "draft: true\nupdated:\nsubject:\npublished:"),
        ("published:", "waive:\n  size: a reason\n  contrast: 'another: one'\npublished:"),
        ("certainty:", '"certainty" :'),
        ("---\ntitle", "\ufeff---\ntitle"),
        ("---\ntitle", "---  \ntitle"),
        ("---\n\n##", "---\t\n\n##"),
        ("\n", "\r\n"),
    ],
)
def test_what_yaml_allows_is_not_marked(page: Page, old: str, new: str) -> None:
    """A false alarm would teach people to look away."""
    text = LETTER.replace(old, new) if old == "\n" else LETTER.replace(old, new, 1)
    assert diagnose(page, text) == []


@pytest.mark.parametrize(
    "text", ["", "---", "---\n", "---\n---", "---\n:\n---\n", "---\n  a: [\n", "\x00", "x" * 100_000]
)
def test_half_a_file_is_no_reason_to_fail(page: Page, text: str) -> None:
    for kind in KINDS:
        diagnose(page, text, kind)
        assert ask(page, "complete", text, 1, 0, make_schema(kind)) is not None
        ask(page, "hover", text, 1, 0, make_schema(kind))


def complete(page: Page, text: str, kind: str = "letter") -> dict[str, dict[str, Any]]:
    """What could stand at the ‸ of a text."""
    before = text[: text.index("‸")]
    line, column = before.count("\n"), len(before.rpartition("\n")[2])
    found = ask(page, "complete", text.replace("‸", ""), line, column, make_schema(kind))
    return {one["label"]: one for one in found}


def test_keys_that_are_not_there_yet_are_offered_the_needed_ones_first(page: Page) -> None:
    offered = complete(page, "---\ntitle: a\n‸\n---\n")
    assert "title" not in offered
    assert sorted(offered, key=lambda key: offered[key]["sort"])[:2] == ["summary", "certainty"]
    assert offered["summary"]["insert"] == "summary: $0"
    assert offered["actions"]["insert"] == "actions: [$0]"
    assert offered["draft"]["insert"] == "draft: true"
    assert offered["published"]["insert"].startswith("published: ${0:2026-")
    assert offered["waive"]["insert"] == "waive:\n  $0"
    assert offered["subject"]["about"] == "The subject of the email, when it is not the title."


def test_a_key_is_offered_in_the_place_of_what_was_typed(page: Page) -> None:
    offered = complete(page, "---\nsum‸\n---\n")["summary"]
    assert (offered["start"], offered["end"]) == (0, 3)
    changed = complete(page, '---\nsu‸mmary: "It stays."\n---\n')["summary"]
    assert (changed["start"], changed["end"], changed["insert"]) == (0, 9, "summary: ")


def test_a_thought_can_be_a_draft(page: Page) -> None:
    """As its scaffold is, and as what its author fills in."""
    assert complete(page, "---\n‸\n---\n", "thought")["draft"]["insert"] == "draft: true"
    done = "title: a\nsummary: b\nactions: [ref-1]\nsources: []\n"
    assert diagnose(page, f"---\ndraft: true\n{done}---\n", "thought") == []
    assert diagnose(page, f"---\ndraft: maybe\n{done}---\n", "thought") == [
        (2, "“draft” is maybe; expected true while it is not finished: no letter is made from it")
    ]


def test_the_words_that_a_key_knows_are_offered(page: Page) -> None:
    assert list(complete(page, "---\ncertainty: re‸\n---\n"))[:3] == ["relations", "reputation", "referral"]
    assert complete(page, "---\ncertainty: re‸\n---\n")["referral"]["start"] == 11
    assert list(complete(page, "---\ndraft: ‸\n---\n")) == ["true", "false"]


def test_the_checks_are_offered_below_waive(page: Page) -> None:
    offered = complete(page, "---\ntitle: a\nwaive:\n  size: because\n  ‸\n---\n")
    assert "contrast" in offered
    assert "size" not in offered
    assert "title" not in offered
    assert offered["contrast"]["about"].endswith(".")


@pytest.mark.parametrize(
    "text",
    ["‸---\n---\n", "---\na: b\n---\n‸", "---\ntitle: a‸\n---\n", "no front matter ‸", "---\na‸b c\n---\n"],
)
def test_nothing_is_offered_elsewhere(page: Page, text: str) -> None:
    assert complete(page, text) == {}


def test_a_key_says_what_it_means(page: Page) -> None:
    schema = make_schema("letter")
    found = ask(page, "hover", LETTER, 3, 2, schema)
    assert found["text"].startswith(
        "**certainty**\n\nOne of the seven, like referral.\n\nOne of: relations, "
    )
    assert (found["start"], found["end"]) == (0, 9)
    assert "40 to 140 characters" in ask(page, "hover", LETTER, 2, 0, schema)["text"]
    waiving = LETTER.replace("published:", "waive:\n  size: because\npublished:")
    assert (
        ask(page, "hover", waiving, 7, 4, schema)["text"]
        == f"**size**\n\n{schema['properties']['waive']['properties']['size']['description']}"
    )
    assert ask(page, "hover", LETTER, 3, 15, schema) is None
    assert ask(page, "hover", LETTER, 9, 0, schema) is None


# --- The rest of .vscode/ ---


def read_jsonc(path: Path) -> Any:
    return json.loads(re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE))


def test_the_extension_is_complete_and_recommended() -> None:
    """VS Code 1.89 and later install an extension from the workspace by this id; it brings no code of others."""
    package = read_jsonc(EXTENSION / "package.json")
    assert (EXTENSION / package["main"]).is_file()
    assert (
        f"{package['publisher']}.{package['name']}"
        in read_jsonc(VSCODE / "extensions.json")["recommendations"]
    )
    assert not {"dependencies", "devDependencies", "scripts"} & set(package)
    required = set(re.findall(r"require\(\"(.*?)\"\)", (EXTENSION / "extension.js").read_text("utf-8")))
    assert required == {"vscode", "./front-matter.js"}


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
