"""Every mistake that an editor can make is one sentence with file and line, and nothing else is said with it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.content import load_newsletter
from generator.errors import ContentError

Change = Callable[[Path], object]

LETTER = "newsletter/issues/2026-W45/nl.md"
PAGE = "docs/nl/certainties/referral.md"
THOUGHT = "newsletter/thoughts/referral/who-goes-on-stage.nl.md"
ACTION = "## Food for action"


def replace(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new, 1))

    return change


def insert(text: str, path: str = LETTER) -> Change:
    """Put a line on line 18 of the letter, before its second section."""
    return replace(path, ACTION, f"{text}\n\n{ACTION}")


def write(path: str, content: bytes) -> Change:
    return lambda root: (root / path).write_bytes(content)


def delete(path: str) -> Change:
    return lambda root: shutil.rmtree(root / path) if (root / path).is_dir() else (root / path).unlink()


def rename(old: str, new: str) -> Change:
    return lambda root: (root / old).rename(root / new)


def copy(old: str, new: str) -> Change:
    return lambda root: shutil.copytree(root / old, root / new)


def swap_sections(root: Path) -> None:
    head, thought, action = (root / LETTER).read_text().partition("## Food for thought")
    text, heading, items = action.partition(ACTION)
    (root / LETTER).write_text(f"{head}{heading}{items}\n{thought}{text}")


def problems_of(root: Path) -> list[str]:
    try:
        load_newsletter(root)
    except ContentError as error:
        return [str(problem) for problem in error.problems]
    return []


MISTAKES: dict[str, tuple[Change, list[str]]] = {
    # keys
    "missing key": (
        replace(LETTER, "summary:", "# summary:"),
        [
            (
                f"{LETTER}:1: the key “summary” is missing; "
                "expected one sentence: preheader, feed summary and description in one"
            )
        ],
    ),
    "misspelt key": (
        replace(LETTER, "summary:", "sumary:"),
        [f"{LETTER}:3: unknown key “sumary”; did you mean “summary”?"],
    ),
    "wrong type": (
        replace(LETTER, "2026-11-06T06:00:00+01:00", "friday"),
        [
            (
                f"{LETTER}:7: “published” has the wrong type: found 'friday'; "
                "expected a date and time with a time zone, like 2026-11-27T06:00:00+01:00"
            )
        ],
    ),
    "time without a zone": (
        replace(LETTER, "T06:00:00+01:00", "T06:00:00"),
        [
            (
                f"{LETTER}:7: “published” is 2026-11-06 06:00:00; "
                "expected a date and time with a time zone, like 2026-11-27T06:00:00+01:00"
            )
        ],
    ),
    "no YAML": (
        replace(LETTER, "title: ", "title: a: "),
        [f"{LETTER}:2: is not YAML: put a value that holds a colon in quotes"],
    ),
    "key twice": (
        replace(LETTER, "title:", "title: x\ntitle:"),
        [f"{LETTER}:3: the key “title” stands here a second time"],
    ),
    "no front matter": (
        write(LETTER, b"# hello\n"),
        [f"{LETTER}:1: the front matter is missing: the first line must be ---"],
    ),
    "front matter without end": (
        write(LETTER, b"---\ntitle: x\n"),
        [f"{LETTER}:1: the front matter does not end: a second line with only --- is missing"],
    ),
    # ids
    "unknown certainty": (
        replace(LETTER, "certainty: relations", "certainty: relation"),
        [f"{LETTER}:4: unknown certainty “relation”; did you mean “relations”?"],
    ),
    "unknown action": (
        replace(LETTER, "actions: [rel-1", "actions: [rel-9"),
        [f"{LETTER}:6: unknown action “rel-9”; did you mean “rel-5”?"],
    ),
    "unknown thought": (
        replace(LETTER, "who-calls-you", "who-call-you"),
        [f"{LETTER}:5: unknown thought “who-call-you” of relations; did you mean “who-calls-you”?"],
    ),
    "unknown source": (
        replace(LETTER, "[^", "[^x"),
        [f"{LETTER}:14: unknown source “xrel-palmatier-2008”; did you mean “rel-palmatier-2008”?"],
    ),
    "source that must not be cited": (
        insert("Zo gezegd.[^ref-84-hbr-2016]"),
        [
            f"{LETTER}:18: the source “ref-84-hbr-2016” must not be cited: newsletter/evidence.yaml says “avoid”"
        ],
    ),
    "item id twice": (
        replace(PAGE, "#ref-2", "#ref-1"),
        [f"{PAGE}:25: the item id “ref-1” is used twice; first in referral.md, line 24"],
    ),
    "item without id": (
        replace(PAGE, " { #ref-2 }", ""),
        [
            (
                f"{PAGE}:25: the item “Eén van hen om een introductie bij één genoemde persoon gevraagd.” has no id; "
                "end the line with one, like { #ref-1 }"
            )
        ],
    ),
    "id in one language only": (
        replace(PAGE, "#ref-2", "#ref-7"),
        [
            "docs/en/certainties/referral.md:25: the item “ref-2” stands in the English text only",
            f"{PAGE}:25: the item “ref-7” stands in the Dutch text only",
        ],
    ),
    "action in one language only": (
        replace(THOUGHT, "actions: [ref-1]", "actions: [ref-2]"),
        [
            f"{THOUGHT.replace('.nl.', '.en.')}:4: the action “ref-1” stands in the English text only",
            f"{THOUGHT}:4: the action “ref-2” stands in the Dutch text only",
        ],
    ),
    "key of a fact": (
        replace("newsletter/evidence.yaml", "limits:", "limit:"),
        ["newsletter/evidence.yaml:10: unknown key “limit”; did you mean “limits”?"],
    ),
    # languages
    "page in one language": (
        delete("docs/en/newsletter.md"),
        ["docs/en/newsletter.md: the file is missing: newsletter.md stands in Dutch only"],
    ),
    "certainty in one language": (
        delete("docs/en/certainties/referral.md"),
        ["docs/en/certainties/referral.md: the page is missing: each certainty has a page in each language"],
    ),
    "thought in one language": (
        delete(THOUGHT.replace(".nl.", ".en.")),
        [
            f"{THOUGHT.replace('.nl.', '.en.')}: the file is missing: {Path(THOUGHT).name} stands in Dutch only"
        ],
    ),
    "letter in one language": (
        delete("newsletter/issues/2026-W46/en.md"),
        ["newsletter/issues/2026-W46/en.md: the file is missing: an issue stands in every language"],
    ),
    # sections
    "section missing": (
        replace(PAGE, "## Idee\n", "Idee\n"),
        [
            f"{PAGE}:8: text stands above the first section; begin with ## Idee",
            (
                f"{PAGE}:12: the section “## Idee” is missing; the order is ## Idee, ## Strategie, ## Uitvoering, "
                "## Checklist, ## Meten, ## Valkuilen, ## Bronnen"
            ),
        ],
    ),
    "section misspelt": (
        replace(LETTER, ACTION, "## Food for actions"),
        [f"{LETTER}:18: unknown section “## Food for actions”; did you mean “## Food for action”?"],
    ),
    "sections out of order": (
        swap_sections,
        [
            (
                f"{LETTER}:10: the section “## Food for action” is out of order; "
                "the order is ## Food for thought, ## Food for action"
            )
        ],
    ),
    # links and images
    "broken link": (
        insert("[x](../../../docs/nl/glosary.md)"),
        [f"{LETTER}:18: there is no file “../../../docs/nl/glosary.md” here; did you mean “glossary.md”?"],
    ),
    "broken anchor": (
        insert("[x](../../../docs/nl/certainties/referral.md#ref-99)"),
        [
            f"{LETTER}:18: “../../../docs/nl/certainties/referral.md” has no anchor “#ref-99”; did you mean “ref-3”?"
        ],
    ),
    "broken image": (
        insert("![x](no.png)"),
        [f"{LETTER}:18: there is no image “no.png” in 2026-W45/; a letter's pictures stand beside it"],
    ),
    "link to what is not published": (
        insert("[x](../../thoughts/referral/who-goes-on-stage.nl.md)"),
        [
            (
                f"{LETTER}:18: “../../thoughts/referral/who-goes-on-stage.nl.md” is not published; "
                "link to a page, to a letter, or to a picture that it shows"
            )
        ],
    ),
    "link that runs": (
        insert("[x](javascript:alert(1))"),
        [
            f"{LETTER}:18: “javascript:alert(1)” is no link that a reader can follow; use https or the path of a file"
        ],
    ),
    "HTML": (
        insert("<b>x</b>"),
        [f"{LETTER}:18: “<b>” is HTML; a letter is Markdown only, and code stands in backticks"],
    ),
    # weeks
    "week that does not exist": (
        rename("newsletter/issues/2026-W46", "newsletter/issues/2026-W54"),
        ["newsletter/issues/2026-W54: there is no week 2026-W54: 2026 has 53 weeks"],
    ),
    "folder and date disagree": (
        rename("newsletter/issues/2026-W46", "newsletter/issues/2026-W44"),
        [
            (
                "newsletter/issues/2026-W44/nl.md:8: “published” is in week 2026-W46 in both editions, "
                "but the folder is 2026-W44"
            )
        ],
    ),
    "two issues in a week, by folder": (
        copy("newsletter/issues/2026-W45", "newsletter/issues/2026-w45"),
        ["newsletter/issues/2026-w45: two issues in one week: 2026-w45 and 2026-W45; a week has one"],
    ),
    "two issues in a week, by date": (
        replace(LETTER, "2026-11-06", "2026-11-13"),
        [
            (
                f"{LETTER}:7: “published” is in week 2026-W46, but the folder is 2026-W45; "
                "that makes two issues in week 2026-W46"
            )
        ],
    ),
    "file that is no edition": (
        write("newsletter/issues/2026-W45/notes.md", b"x"),
        [
            "newsletter/issues/2026-W45/notes.md: is no edition: the files of an issue are nl.md, en.md and pictures"
        ],
    ),
    "file that is no folder": (
        write("newsletter/issues/2026-W44", b"x"),
        ["newsletter/issues/2026-W44: is no issue: an issue is a folder named after its week, like 2026-W48"],
    ),
    # bytes
    "not UTF-8": (
        write(LETTER, b"---\ntitle: caf\xe9\n"),
        [f"{LETTER}:2: the file is not UTF-8: the byte 0xe9; save it with the encoding UTF-8"],
    ),
    "empty file": (write(LETTER, b""), [f"{LETTER}: the file is empty"]),
    "control character": (
        insert("\x07"),
        [f"{LETTER}:18: the control character U+0007 cannot be published; delete it"],
    ),
    "5 MB": (write(LETTER, b"x" * 5_000_000), [f"{LETTER}: the file has 5.0 MB; a text has at most 1 MB"]),
    # settings
    "key of the settings": (
        replace("newsletter/settings.toml", "reply_to", "replyto"),
        ["newsletter/settings.toml:16: unknown key “replyto”; did you mean “reply_to”?"],
    ),
    "no settings": (delete("newsletter/settings.toml"), ["newsletter/settings.toml: the file is missing"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_where_it_is_and_nothing_with_it(sample: Path, name: str) -> None:
    change, expected = MISTAKES[name]
    change(sample)
    assert problems_of(sample) == expected


def test_an_image_without_alt_text_is_told(sample: Path) -> None:
    path = sample / "newsletter/issues/2026-W47/nl.md"
    lines = path.read_text().split("\n")
    number = next(number for number, line in enumerate(lines) if line.startswith("!["))
    target = lines[number].partition("](")[2]
    lines[number] = f"![]({target}"
    path.write_text("\n".join(lines))
    assert problems_of(sample)[0].startswith(
        f"newsletter/issues/2026-W47/nl.md:{number + 1}: the image “two-contacts.png” has no alt text"
    )


def test_all_mistakes_of_all_files_are_told_at_once(sample: Path) -> None:
    names = ["misspelt key", "item id twice", "key of the settings", "key of a fact", "page in one language"]
    for name in names:
        MISTAKES[name][0](sample)
    expected = [problem for name in names for problem in MISTAKES[name][1]]
    assert sorted(problems_of(sample)) == sorted(expected)


def test_a_sound_project_has_no_problems(sample: Path) -> None:
    assert problems_of(sample) == []
