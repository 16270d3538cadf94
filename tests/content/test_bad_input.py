"""Every mistake that an editor can make is one sentence with file and line, and nothing else is said with it."""

# ruff: noqa: E501 (a message stands on one line, as it is printed)

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.content import load_newsletter
from generator.errors import ContentError

Change = Callable[[Path], object]

LETTER = "newsletter/issues/2026-W45/nl.md"
LETTER_EN = "newsletter/issues/2026-W45/en.md"
PAGE = "docs/nl/certainties/referral.md"
THOUGHT = "newsletter/thoughts/referral/who-goes-on-stage.nl.md"
THOUGHT_EN = THOUGHT.replace(".nl.", ".en.")
TEMPLATE = "docs/nl/templates/after-delivery.md"
TEMPLATE_EN = TEMPLATE.replace("/nl/", "/en/")
NO = "newsletter/thoughts/rebound/a-no-with-a-date"
ASSESSMENT = "newsletter/assessment.nl.yaml"
ACTION = "## Food for action"


def replace(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new, 1))

    return change


def copy_to_new_folder(path: Path, name: str) -> None:
    """Put a copy of a file in a folder beside it."""
    folder = path.parent / name
    folder.mkdir()
    shutil.copy(path, folder)


def in_both(old: str, new: str) -> Change:
    """Change the template in both languages."""

    def change(root: Path) -> None:
        for path in (TEMPLATE, TEMPLATE_EN):
            replace(path, old, new)(root)

    return change


def insert(text: str, path: str = LETTER) -> Change:
    """Put a line on line 18 of the letter, before its second section."""
    return replace(path, ACTION, f"{text}\n\n{ACTION}")


def season(name: str) -> Change:
    """Give the thought a season in both languages, on line 6."""

    def change(root: Path) -> None:
        for path in (THOUGHT, THOUGHT_EN):
            replace(path, "]\n---", f"]\nseason: [{name}]\n---")(root)

    return change


def append(text: str) -> Change:
    """Add to the end of the thought."""

    def change(root: Path) -> None:
        (root / THOUGHT).write_text((root / THOUGHT).read_text() + text)

    return change


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
                "expected one sentence; used as preheader, feed summary and description"
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
                f"{LETTER}:7: “published” has the wrong type: found “friday”; "
                "expected a date and time with a time zone, like 2026-11-27T06:00:00+01:00"
            )
        ],
    ),
    "day in another order": (
        replace(LETTER, "2026-11-06T06:00:00+01:00", "06-11-2026"),
        [
            (
                f"{LETTER}:7: “published” has the wrong type: found “06-11-2026”; "
                "expected a date and time with a time zone, like 2026-11-27T06:00:00+01:00"
            )
        ],
    ),
    "moment in quotes": (
        replace(LETTER, "2026-11-06T06:00:00+01:00", '"2026-11-06T06:00:00+01:00"'),
        [
            (
                f"{LETTER}:7: “published” has the wrong type: found “2026-11-06T06:00:00+01:00”; "
                "expected a date and time with a time zone, like 2026-11-27T06:00:00+01:00; write it without quotes"
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
        [f"{LETTER}:2: is not YAML: put a value that contains a colon in quotes"],
    ),
    "key twice": (
        replace(LETTER, "title:", "title: x\ntitle:"),
        [f"{LETTER}:3: duplicate key “title”; delete one of the two"],
    ),
    "no front matter": (
        write(LETTER, b"# hello\n"),
        [f"{LETTER}:1: the front matter is missing: the first line must be ---"],
    ),
    "front matter without end": (
        write(LETTER, b"---\ntitle: x\n"),
        [f"{LETTER}:1: the front matter is not closed: a second line with only --- is missing"],
    ),
    # more than a letter can be
    "a text without end": (
        insert("Een woord. " * 2_000),
        [f"{LETTER}:9: the text has 22,975 characters; at most 12,000 are allowed"],
    ),
    "brackets that nobody closes": (
        insert("[" * 51),
        [f"{LETTER}:18: more than 50 open brackets “[”; close them"],
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
    "unknown thought with the language behind its name": (
        replace(LETTER, "who-calls-you", "who-calls-you.nl"),
        [f"{LETTER}:5: unknown thought “who-calls-you.nl” of relations; did you mean “who-calls-you”?"],
    ),
    "unknown thought of which another is the beginning": (
        replace(LETTER, "who-calls-you", "who-calls"),
        [f"{LETTER}:5: unknown thought “who-calls” of relations; did you mean “who-calls-you”?"],
    ),
    "action twice": (
        replace(LETTER, "actions: [rel-1, rel-5]", "actions: [rel-1, rel-5, rel-1]"),
        [f"{LETTER}:6: “actions” contains “rel-1” twice; expected one to three item ids, like [ref-2]"],
    ),
    "action twice in a thought": (
        replace(THOUGHT, "actions: [ref-1]", "actions: [ref-1, ref-1]"),
        [f"{THOUGHT}:5: “actions” contains “ref-1” twice; expected one or two item ids, like [ref-2]"],
    ),
    "source twice": (
        replace(THOUGHT, "sources: [", "sources: [ref-kumar-2013, "),
        [
            f"{THOUGHT}:6: “sources” contains “ref-kumar-2013” twice; expected the facts that the text cites, like [ref-kumar-2007]"
        ],
    ),
    "title that nobody sees": (
        lambda root: (root / LETTER).write_text(
            re.sub("^title: .*", 'title: "\u200b"', (root / LETTER).read_text(), flags=re.MULTILINE)
        ),
        [f"{LETTER}:2: “title” is empty; expected the title of the letter"],
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
            "docs/en/certainties/referral.md:25: the item “ref-2” is in the English text only",
            f"{PAGE}:25: the item “ref-7” is in the Dutch text only",
        ],
    ),
    "action in one language only": (
        replace(THOUGHT, "actions: [ref-1]", "actions: [ref-2]"),
        [
            f"{THOUGHT.replace('.nl.', '.en.')}:5: the action “ref-1” is in the English text only",
            f"{THOUGHT}:5: the action “ref-2” is in the Dutch text only",
        ],
    ),
    "key of a fact": (
        replace("newsletter/evidence.yaml", "limits:", "limit:"),
        ["newsletter/evidence.yaml:10: unknown key “limit”; did you mean “limits”?"],
    ),
    "fact that does not say whom it studied": (
        replace("newsletter/evidence.yaml", "studied:", "studies:"),
        ["newsletter/evidence.yaml:13: unknown key “studies”; did you mean “studied”?"],
    ),
    "fact that says in one language what its authors conclude": (
        replace("newsletter/evidence.yaml", "concludes:\n    nl:", "concludes:\n    #"),
        ["newsletter/evidence.yaml:16: the key “concludes.nl” is missing; expected the text in Dutch"],
    ),
    "fact without a stance": (
        replace("newsletter/evidence.yaml", "  stance: qualifies\n", ""),
        [
            "newsletter/evidence.yaml:4: the key “stance” is missing; expected against, qualifies, supports or silent"
        ],
    ),
    "stance that is none": (
        replace("newsletter/evidence.yaml", "stance: qualifies", "stance: agrees"),
        [
            "newsletter/evidence.yaml:20: “stance” is “agrees”; expected against, qualifies, supports or silent"
        ],
    ),
    "business customers without quotes": (
        replace("newsletter/evidence.yaml", 'business: "yes"', "business: yes"),
        [
            (
                "newsletter/evidence.yaml:19: “business” is true (so are yes and on without quotes); "
                "expected “yes”, “partly”, “no” or “unknown”, in quotes"
            )
        ],
    ),
    # languages
    "page in one language": (
        delete("docs/en/newsletter.md"),
        ["docs/en/newsletter.md: the file is missing; newsletter.md exists in Dutch only"],
    ),
    "certainty in one language": (
        delete("docs/en/certainties/referral.md"),
        ["docs/en/certainties/referral.md: the page is missing; each certainty has a page in each language"],
    ),
    "thought in one language": (
        delete(THOUGHT.replace(".nl.", ".en.")),
        [
            f"{THOUGHT.replace('.nl.', '.en.')}: the file is missing; {Path(THOUGHT).name} exists in Dutch only"
        ],
    ),
    "letter in one language": (
        delete("newsletter/issues/2026-W46/en.md"),
        ["newsletter/issues/2026-W46/en.md: the file is missing; a letter has both languages"],
    ),
    # sections
    "section missing": (
        replace(PAGE, "## Idee\n", "Idee\n"),
        [
            f"{PAGE}:8: text before the first section; start with ## Idee",
            (
                f"{PAGE}:12: the section “## Idee” is missing; the order is ## Idee, ## Strategie, ## Uitvoering, "
                "## Checklist, ## Meten, ## Voor wie leidt, ## Valkuilen, ## Bronnen"
            ),
        ],
    ),
    "section misspelt": (
        replace(LETTER, ACTION, "## Food for actions"),
        [f"{LETTER}:18: unknown section “## Food for actions”; did you mean “## Food for action”?"],
    ),
    "heading that nobody meant": (
        insert("Een tekst\n---"),
        [f"{LETTER}:18: the dashes below “Een tekst” make it a heading; insert an empty line above them"],
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
        [f"{LETTER}:18: no such file: “../../../docs/nl/glosary.md”; did you mean “glossary.md”?"],
    ),
    "broken anchor": (
        insert("[x](../../../docs/nl/certainties/referral.md#ref-99)"),
        [
            f"{LETTER}:18: “../../../docs/nl/certainties/referral.md” has no anchor “#ref-99”; did you mean “ref-3”?"
        ],
    ),
    "broken image": (
        insert("![x](no.png)"),
        [f"{LETTER}:18: no image “no.png” in 2026-W45/; put the pictures of a letter in its folder"],
    ),
    "link to what is not published": (
        insert("[x](../../thoughts/referral/who-goes-on-stage.nl.md)"),
        [
            (
                f"{LETTER}:18: “../../thoughts/referral/who-goes-on-stage.nl.md” is not published; "
                "link to a page, a letter, or a picture in a letter"
            )
        ],
    ),
    "link that runs": (
        insert("[x](javascript:alert(1))"),
        [
            f"{LETTER}:18: “javascript:alert(1)” is not a link that a letter or a page can have; use https, mailto or the path of a file"
        ],
    ),
    "address without its beginning": (
        insert("[x](www.example.com)"),
        [f"{LETTER}:18: “www.example.com” is not a file; start an address with https://"],
    ),
    "address of a page without its beginning": (
        insert("[x](example.nl/pagina)"),
        [f"{LETTER}:18: “example.nl/pagina” is not a file; start an address with https://"],
    ),
    "telephone number": (
        insert("[x](tel:+31201234567)"),
        [
            f"{LETTER}:18: “tel:+31201234567” is not a link that a letter or a page can have; use https, mailto or the path of a file"
        ],
    ),
    "HTML": (
        insert("<b>x</b>"),
        [f"{LETTER}:18: “<b>” is HTML, which is not allowed; put code in backticks, or write &lt; for <"],
    ),
    # weeks
    "week that does not exist": (
        rename("newsletter/issues/2026-W46", "newsletter/issues/2026-W54"),
        ["newsletter/issues/2026-W54: there is no week 2026-W54; 2026 has 53 weeks"],
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
        ["newsletter/issues/2026-w45: two letters in one week: 2026-w45 and 2026-W45; delete one of the two"],
    ),
    "two issues in a week, by date": (
        replace(LETTER, "2026-11-06", "2026-11-13"),
        [
            (
                f"{LETTER}:7: “published” is in week 2026-W46, but the folder is 2026-W45; "
                "that makes two letters in week 2026-W46"
            )
        ],
    ),
    "file that is no edition": (
        write("newsletter/issues/2026-W45/notes.md", b"x"),
        [
            "newsletter/issues/2026-W45/notes.md: is not an edition; the files of a letter are nl.md, en.md and pictures"
        ],
    ),
    "file that is no folder": (
        write("newsletter/issues/2026-W44", b"x"),
        [
            "newsletter/issues/2026-W44: is not a letter; a letter is a folder named after its week, like 2026-W48"
        ],
    ),
    # bytes
    "not UTF-8": (
        write(LETTER, b"---\ntitle: caf\xe9\n"),
        [f"{LETTER}:2: the file is not UTF-8 (the byte 0xe9); save it with the encoding UTF-8"],
    ),
    "empty file": (write(LETTER, b""), [f"{LETTER}: the file is empty"]),
    "control character": (
        insert("\x07"),
        [f"{LETTER}:18: the control character U+0007 cannot be published; delete it"],
    ),
    "invisible character in a title": (
        replace(LETTER, "title: Wie belt", "title: Wie\u200b belt"),
        [
            f"{LETTER}:2: “title” contains the invisible character U+200B; delete it; expected the title of the letter"
        ],
    ),
    "soft hyphen in a summary": (
        replace(LETTER, "summary: Een", "summary: Een\u00ad"),
        [
            f"{LETTER}:3: “summary” contains the invisible character U+00AD; delete it; expected one sentence; used as preheader, feed summary and description"
        ],
    ),
    "invisible character on a page": (
        replace("docs/nl/glossary.md", "\n\n", "\n\u202e\n"),
        ["docs/nl/glossary.md:5: the invisible character U+202E stands here; delete it"],
    ),
    "5 MB": (write(LETTER, b"x" * 5_000_000), [f"{LETTER}: the file has 5.0 MB; at most 1 MB is allowed"]),
    # and the rarer ones, in the order of the code that finds them
    "thought under a wrong certainty": (
        replace(LETTER, "certainty: relations", "certainty: referral"),
        [f"{LETTER}:5: the thought “who-calls-you” belongs to relations, not to referral"],
    ),
    "action of another certainty": (
        replace(LETTER, "actions: [rel-1", "actions: [ref-1"),
        [f"{LETTER}:6: the action “ref-1” belongs to referral, not to relations"],
    ),
    "item that is no action": (
        replace(LETTER, "actions: [rel-1, rel-5]", "actions: [rel-1]"),
        [
            "newsletter/issues/2026-W45/en.md:6: “actions” is rel-1, rel-5, but rel-1 in nl.md; both editions must have the same",
            f"{LETTER}:21: the item “rel-5” is not one of the actions: rel-1",
        ],
    ),
    "item that stands twice": (
        insert("- [ ] Nog eens. { #rel-1 }\n- [ ] Nog eens. { #rel-1 }"),
        [
            f"{LETTER}:19: duplicate item “rel-1”; delete one of the two",
            f"{LETTER}:23: duplicate item “rel-1”; delete one of the two",
        ],
    ),
    "action that does not stand in the text": (
        replace(LETTER, "{ #rel-5 }", ""),
        [
            f"{LETTER}:21: the item “Een tweede contact gesproken bij een klant waar ik er maar één had.” has no id; end the line with one, like {{ #rel-5 }}"
        ],
    ),
    "item id of a strange form": (
        replace(PAGE, "#ref-2", "#Ref2"),
        [f"{PAGE}:25: the item id “Ref2” is not like ref-1"],
    ),
    "item with a link": (
        replace(PAGE, "Eén van hen", "[Eén](../index.md) van hen"),
        [f"{PAGE}:25: an item must be plain text without links, because it becomes a link itself"],
    ),
    "big heading in a letter": (
        insert("# Groot"),
        [f"{LETTER}:18: a letter must not have a “#” heading; its title is the key “title”"],
    ),
    "letter with a comment": (
        insert("<!-- straks -->"),
        [f"{LETTER}:18: “<!-- straks -->” is a comment, which readers could see; delete it"],
    ),
    "year that nobody means": (
        replace(LETTER, "2026-11-06", "1026-11-06"),
        [
            f"{LETTER}:7: “published” is in the year 1026; expected a date and time with a time zone, like 2026-11-27T06:00:00+01:00"
        ],
    ),
    "date that does not exist": (
        replace(LETTER, "2026-11-06", "2026-02-30"),
        [f"{LETTER}:7: “published: 2026-02-30T06:00:00+01:00” is not a date, time or number that exists"],
    ),
    "updated before published": (
        lambda root: [
            replace(path, "published:", "updated: 2026-11-01T06:00:00+01:00\npublished:")(root)
            for path in (LETTER, LETTER_EN)
        ],
        [f"{path}:7: “updated” is earlier than “published”" for path in (LETTER_EN, LETTER)],
    ),
    "updated in one edition": (
        replace(LETTER, "published:", "updated: 2026-11-08T06:00:00+01:00\npublished:"),
        [f"{LETTER}:7: “updated” is missing in en.md; both editions must have it, or neither"],
    ),
    "updated in the other edition": (
        replace(LETTER_EN, "published:", "updated: 2026-11-08T06:00:00+01:00\npublished:"),
        [f"{LETTER_EN}:7: “updated” is missing in nl.md; both editions must have it, or neither"],
    ),
    "editions that differ": (
        replace(LETTER, "T06:00", "T07:00"),
        [
            "newsletter/issues/2026-W45/en.md:7: “published” is 2026-11-06 06:00:00+01:00, but 2026-11-06 07:00:00+01:00 in nl.md; both editions must have the same"
        ],
    ),
    "week without its zero": (
        rename("newsletter/issues/2026-W46", "newsletter/issues/2026W46"),
        ["newsletter/issues/2026W46: “2026W46” is not a week; write it like 2026-W46"],
    ),
    "image of another kind": (
        lambda root: (
            (root / "newsletter/issues/2026-W45/x.svg").write_text("<svg/>"),
            insert("![x](x.svg)")(root),
        ),
        [f"{LETTER}:18: some mail programs cannot show “x.svg”; use PNG, JPEG or GIF"],
    ),
    "image that is none": (
        lambda root: (
            (root / "newsletter/issues/2026-W45/x.png").write_text("no"),
            insert("![x](x.png)")(root),
        ),
        [
            "newsletter/issues/2026-W45/x.png: the image cannot be read as PNG; it may be cut off, so save or copy it again"
        ],
    ),
    "image of 2 MB": (
        lambda root: (
            (root / "newsletter/issues/2026-W45/x.png").write_bytes(b"x" * 2_000_000),
            insert("![x](x.png)")(root),
        ),
        ["newsletter/issues/2026-W45/x.png: the image has 2.0 MB; at most 1 MB is allowed"],
    ),
    "image with the wrong name": (
        lambda root: (
            shutil.copy(
                root / "newsletter/issues/2026-W47/two-contacts.png",
                root / "newsletter/issues/2026-W45/x.gif",
            ),
            insert("![x](x.gif)")(root),
        ),
        ["newsletter/issues/2026-W45/x.gif: the image is PNG, but its name says GIF"],
    ),
    "link without an address": (
        insert("[x]()"),
        [f"{LETTER}:18: the link “x” has no address"],
    ),
    "half an address": (
        insert("[x](https://)"),
        [f"{LETTER}:18: “https://” is not a complete address like https://example.org/"],
    ),
    "link with a space in its host": (
        insert("[x](https://exa mple.org/)"),
        [f"{LETTER}:18: “https://exa mple.org/” contains a space; delete it, or write %20"],
    ),
    "link with a port that is none": (
        insert("[x](https://example.org:99999/)"),
        [
            f"{LETTER}:18: “https://example.org:99999/” has the port “99999”; expected a number from 1 to 65535, or none"
        ],
    ),
    "footnote without a text": (
        insert("x[^mijn] y[^ander]\n\n[^ander]: \n\n[^mijn]: Een noot."),
        [f"{LETTER}:20: the footnote “ander” is empty; write after “[^ander]:” where it comes from"],
    ),
    "link that begins with a slash": (
        insert("[x](/glossary/)"),
        [
            f"{LETTER}:18: “/glossary/” starts with a slash; use the relative path of the file, like ../newsletter.md"
        ],
    ),
    "picture from elsewhere": (
        replace("docs/nl/index.md", "---\n\n", "---\n\n![x](https://example.org/x.png)\n\n"),
        [
            "docs/nl/index.md:6: “https://example.org/x.png” is not a file; put the picture in the folder of the page"
        ],
    ),
    "link to a draft": (
        lambda root: [
            replace(f"newsletter/issues/2026-W45/{one}.md", "title:", "draft: true\ntitle:")(root)
            for one in ("nl", "en")
        ],
        [
            "newsletter/issues/2026-W47/en.md:46: “../2026-W45/en.md” is a draft, which is not published",
            "newsletter/issues/2026-W47/nl.md:46: “../2026-W45/nl.md” is a draft, which is not published",
        ],
    ),
    "id of a certainty": (
        replace(PAGE, "id: referral", "id: referal"),
        [f"{PAGE}:2: the id “referal” differs from the file name; expected referral"],
    ),
    "order of a certainty": (
        replace(PAGE, "order: 3", "order: 4"),
        [f"{PAGE}:3: the order is 4; referral is number 3"],
    ),
    "certainty nobody knows": (
        rename("docs/nl/certainties/referral.md", "docs/nl/certainties/referal.md"),
        ["docs/nl/certainties/referal.md: unknown certainty “referal”; did you mean “referral”?"],
    ),
    "checklist without items": (
        lambda root: (root / PAGE).write_text(
            re.sub(r"^- \[ \].*\n", "Tekst.\n", (root / PAGE).read_text(), flags=re.MULTILINE)
        ),
        [f"{PAGE}:22: the checklist has no items; add one like “- [ ] Text {{ #ref-1 }}”"],
    ),
    "certainty without text": (
        lambda root: (root / PAGE).write_text((root / PAGE).read_text().partition("## ")[0]),
        [
            f"{PAGE}:7: the text is missing; the sections are ## Idee, ## Strategie, ## Uitvoering, ## Checklist, ## Meten, ## Voor wie leidt, ## Valkuilen, ## Bronnen"
        ],
    ),
    "section twice": (
        replace(PAGE, "## Valkuilen", "## Idee\n\nNog eens.\n\n## Valkuilen"),
        [f"{PAGE}:39: duplicate section “## Idee”; delete one of the two"],
    ),
    "section empty": (
        lambda root: (root / PAGE).write_text(
            re.sub(r"(## Valkuilen\n).*?(?=## Bronnen)", r"\1\n", (root / PAGE).read_text(), flags=re.DOTALL)
        ),
        [f"{PAGE}:39: the section “## Valkuilen” is empty"],
    ),
    "template for an unknown item": (
        in_both("items: [rpt-2]", "items: [rpt-22]"),
        [
            f"{one}:5: unknown checklist item “rpt-22”; did you mean “rpt-2”?"
            for one in (TEMPLATE_EN, TEMPLATE)
        ],
    ),
    "template of an unknown certainty": (
        in_both("certainty: repeating", "certainty: repeatin"),
        [
            f"{one}:4: unknown certainty “repeatin”; did you mean “repeating”?"
            for one in (TEMPLATE_EN, TEMPLATE)
        ],
    ),
    "template for no item": (
        replace(TEMPLATE, "items: [rpt-2]", "items: []"),
        [f"{TEMPLATE}:5: “items” is []; expected the checklist items that it helps with, like [ref-3]"],
    ),
    "template with other items": (
        replace(TEMPLATE, "items: [rpt-2]", "items: [rpt-2, ref-1]"),
        [f"{TEMPLATE}:5: the item “ref-1” is in the Dutch text only"],
    ),
    "template of another certainty": (
        replace(TEMPLATE, "certainty: repeating", "certainty: referral"),
        [
            f"{TEMPLATE_EN}:4: the certainty “repeating” is in the English text only",
            f"{TEMPLATE}:4: the certainty “referral” is in the Dutch text only",
        ],
    ),
    "template in one language": (
        lambda root: (root / TEMPLATE_EN).unlink(),
        [f"{TEMPLATE_EN}: the file is missing; after-delivery.md exists in Dutch only"],
    ),
    "template without a text to copy": (
        lambda root: (root / TEMPLATE).write_text((root / TEMPLATE).read_text().replace("```", "")),
        [f"{TEMPLATE}:7: there is no text to copy; put one between lines of ```, or in a table"],
    ),
    "template with two texts to copy": (
        replace(TEMPLATE, "Niet om", "| Wie | Wat |\n| --- | --- |\n| Jij | Dit |\n\nNiet om"),
        [f"{TEMPLATE}:18: 2 texts to copy; a template has one"],
    ),
    "template with an empty text to copy": (
        lambda root: (root / TEMPLATE).write_text(
            re.sub("```text.*```", "```text\n\n```", (root / TEMPLATE).read_text(), flags=re.DOTALL)
        ),
        [f"{TEMPLATE}:10: the text to copy is empty; put one between lines of ```, or in a table"],
    ),
    "template that does not say when": (
        replace(TEMPLATE, "Bel met de offerte voor je, niet ervoor.", ""),
        [f"{TEMPLATE}:10: nothing stands above the text to copy; say when to use it"],
    ),
    "template that does not say what not to do": (
        replace(TEMPLATE, "Niet om iets te verkopen.", ""),
        [f"{TEMPLATE}:10: nothing stands below the text to copy; say what not to do with it"],
    ),
    "table to copy with nothing around it": (
        lambda root: (root / TEMPLATE).write_text(
            (root / TEMPLATE).read_text().partition("Bel ")[0]
            + "| Wie | Wat |\n| :-- | --: |\n| Jij | Dit |\n"
        ),
        [
            f"{TEMPLATE}:8: nothing stands above the text to copy; say when to use it",
            f"{TEMPLATE}:8: nothing stands below the text to copy; say what not to do with it",
        ],
    ),
    "template with a name that is no address": (
        lambda root: (root / TEMPLATE).rename(root / "docs/nl/templates/after_delivery.md"),
        [
            "docs/nl/templates/after_delivery.md: the name “after_delivery” must have only lower-case letters, digits and hyphens, like call-back",
        ],
    ),
    "template in a folder of its own": (
        lambda root: copy_to_new_folder(root / TEMPLATE, "mail"),
        [
            "docs/nl/templates/mail/after-delivery.md: is in a folder below templates/, where nobody reads it; move it to templates/"
        ],
    ),
    "items in another order": (
        lambda root: (root / PAGE).write_text(
            (root / PAGE)
            .read_text()
            .replace("#ref-1", "#ref-0")
            .replace("#ref-2", "#ref-1")
            .replace("#ref-0", "#ref-2")
        ),
        [
            "docs/en/certainties/referral.md:24: the items are in another order than in Dutch: ref-2, ref-1, ref-3"
        ],
    ),
    "unknown marker": (
        replace("docs/nl/index.md", "<!-- letters -->", "<!-- leters -->"),
        ["docs/nl/index.md:12: unknown marker “<!-- leters -->”; did you mean “letters”?"],
    ),
    "marker twice": (
        replace("docs/nl/assessment.md", "<!-- assessment -->", "<!-- assessment -->\n\n<!-- assessment -->"),
        ["docs/nl/assessment.md:12: duplicate marker “<!-- assessment -->”; delete one of the two"],
    ),
    "marker in one language": (
        replace("docs/nl/index.md", "<!-- seven -->\n", ""),
        ["docs/en/index.md:8: the marker “seven” is in the English text only"],
    ),
    "heading that the assessment has": (
        replace("docs/en/assessment.md", "## The questions", "## Assessment"),
        [
            "docs/en/assessment.md:6: <!-- assessment --> already uses the anchor “#assessment”; choose another, like { #the-assessment }"
        ],
    ),
    "heading that the team sheet has": (
        replace("docs/nl/team-sheet.md", "## Het blad", "## Team"),
        [
            "docs/nl/team-sheet.md:6: <!-- team --> already uses the anchor “#team”; choose another, like { #the-team }"
        ],
    ),
    "calendar that is not made": (
        replace(
            "docs/nl/index.md",
            "<!-- letters -->",
            "[Zo](assets/calendar/week.ics), [zo](assets/calendar/weeks.ics)\n\n<!-- letters -->",
        ),
        ["docs/nl/index.md:12: no such file: “assets/calendar/weeks.ics”"],
    ),
    "page in the archive": (
        lambda root: [
            ((root / f"docs/{one}/archive").mkdir(), (root / f"docs/{one}/archive/x.md").write_text("x"))
            for one in ("nl", "en")
        ],
        [
            "docs/en/archive/x.md: archive pages are generated from newsletter/issues/; move this page to another folder",
            "docs/nl/archive/x.md: archive pages are generated from newsletter/issues/; move this page to another folder",
        ],
    ),
    "home page missing": (
        lambda root: [(root / f"docs/{one}/index.md").unlink() for one in ("nl", "en")],
        ["docs/en/index.md: the home page is missing", "docs/nl/index.md: the home page is missing"],
    ),
    "sections of a page": (
        replace("docs/en/index.md", "## ", "### "),
        ["docs/en/index.md:5: 0 sections (##) here, but 1 in Dutch; both languages must have the same"],
    ),
    "no docs": (delete("docs"), ["docs/en: the folder is missing", "docs/nl: the folder is missing"]),
    "evidence that is no list": (
        write("newsletter/evidence.yaml", b"id: x\n"),
        ["newsletter/evidence.yaml:1: must be a list of facts, each starting with “- id: …”"],
    ),
    "fact that is a word": (
        replace("newsletter/evidence.yaml", "- id:", "- word\n- id:"),
        ["newsletter/evidence.yaml:4: is not a fact; start with “- id: …”, one key per line"],
    ),
    "fact twice": (
        lambda root: (root / "newsletter/evidence.yaml").write_text(
            (root / "newsletter/evidence.yaml").read_text()
            + "\n"
            + "- id:"
            + (root / "newsletter/evidence.yaml").read_text().split("- id:")[-1]
        ),
        ["newsletter/evidence.yaml:139: duplicate fact “ref-84-hbr-2016”; delete one of the two"],
    ),
    "fact of an unknown certainty": (
        replace("newsletter/evidence.yaml", "certainty: referral", "certainty: referal"),
        ["newsletter/evidence.yaml:50: unknown certainty “referal”; did you mean “referral”?"],
    ),
    "evidence that is no YAML": (
        replace("newsletter/evidence.yaml", "certainty: referral", "certainty: 'referral"),
        ["newsletter/evidence.yaml:50: is not YAML: the quotes ' do not match"],
    ),
    "evidence empty": (
        write("newsletter/evidence.yaml", b""),
        ["newsletter/evidence.yaml: the file is empty"],
    ),
    # the assessment
    "no assessment": (delete(ASSESSMENT), [f"{ASSESSMENT}: the file is missing"]),
    "assessment without text": (write(ASSESSMENT, b"\n"), [f"{ASSESSMENT}: the file is empty"]),
    "assessment that is a list": (
        write(ASSESSMENT, b"- relations\n"),
        [f"{ASSESSMENT}:1: must be keys with values, starting with “aspects:”"],
    ),
    "assessment that is no YAML": (
        replace(ASSESSMENT, '"Waar beginnen', "Waar beginnen"),
        [f"{ASSESSMENT}:32: is not YAML: put a value that contains a colon in quotes"],
    ),
    "assessment that is not UTF-8": (
        write(ASSESSMENT, b"unknown: caf\xe9\n"),
        [f"{ASSESSMENT}:1: the file is not UTF-8 (the byte 0xe9); save it with the encoding UTF-8"],
    ),
    "certainty that nobody asks about": (
        replace(ASSESSMENT, "  rebound:\n", "  rebounds:\n"),
        [f"{ASSESSMENT}:50: unknown key “rebounds”; did you mean “rebound”?"],
    ),
    "certainty without questions": (
        lambda root: (root / ASSESSMENT).write_text(
            (root / ASSESSMENT).read_text().partition("  repetition:")[0]
        ),
        [f"{ASSESSMENT}:29: the key “questions.repetition” is missing; expected three questions"],
    ),
    "aspect that nobody knows": (
        replace(ASSESSMENT, "  execution:\n", "  excecution:\n"),
        [f"{ASSESSMENT}:19: unknown key “excecution”; did you mean “execution”?"],
    ),
    "aspect that is missing": (
        replace(ASSESSMENT, "    execution: Spreekt", "    # execution: Spreekt"),
        [
            f"{ASSESSMENT}:30: the key “questions.relations.execution” is missing; expected a question in one line"
        ],
    ),
    "aspect too many": (
        replace(ASSESSMENT, "  execution:\n", "  luck: {name: Geluk, anchors: [a, b, c, d]}\n  execution:\n"),
        [f"{ASSESSMENT}:19: unknown key “luck”; known are: execution, idea, strategy"],
    ),
    "three anchors": (
        replace(ASSESSMENT, "      - Dan moet ik improviseren.\n", ""),
        [
            f"{ASSESSMENT}:7: “aspects.idea.anchors” has 3 answers; expected 4: of 0 to 3 points, in that order"
        ],
    ),
    "anchor that is a key": (
        replace(ASSESSMENT, "Dan moet ik improviseren.", "Eerlijk: ik improviseer."),
        [
            f"{ASSESSMENT}:7: “aspects.idea.anchors” has the wrong type: found “Eerlijk: ik improviseer.”; expected 4: of 0 to 3 points, in that order; put a value that contains a colon in quotes"
        ],
    ),
    "empty anchor": (
        replace(ASSESSMENT, "- Dan moet ik improviseren.", '- ""'),
        [f"{ASSESSMENT}:7: “aspects.idea.anchors” is empty; expected 4: of 0 to 3 points, in that order"],
    ),
    "empty question": (
        replace(ASSESSMENT, "    idea: Hoe komen jullie aan tafel bij wie beslist?", "    idea:"),
        [f"{ASSESSMENT}:31: “questions.relations.idea” is empty; expected a question in one line"],
    ),
    "question of two lines": (
        replace(
            ASSESSMENT,
            "    idea: Hoe komen jullie aan tafel bij wie beslist?",
            "    idea: |\n      Een\n      twee",
        ),
        [
            f"{ASSESSMENT}:31: “questions.relations.idea” is more than one line; expected a question in one line"
        ],
    ),
    "question twice": (
        replace(ASSESSMENT, "    idea: Hoe komen", "    idea: Wat?\n    idea: Hoe komen"),
        [f"{ASSESSMENT}:32: duplicate key “idea”; delete one of the two"],
    ),
    "key of the assessment": (
        replace(ASSESSMENT, "unknown:", "unkown:"),
        [f"{ASSESSMENT}:27: unknown key “unkown”; did you mean “unknown”?"],
    ),
    "thought of an unknown certainty": (
        rename("newsletter/thoughts/referral", "newsletter/thoughts/referal"),
        ["newsletter/thoughts/referal: unknown certainty “referal”; did you mean “referral”?"],
    ),
    "thought outside the folder of its certainty": (
        rename(NO + ".nl.md", "newsletter/thoughts/a-no-with-a-date.nl.md"),
        [
            "newsletter/thoughts/a-no-with-a-date.nl.md: is outside the folder of its certainty; move it to a folder like newsletter/thoughts/referral/",
            f"{NO}.nl.md: the file is missing; a-no-with-a-date.en.md exists in English only",
        ],
    ),
    "thought with a wrong name": (
        rename(THOUGHT, THOUGHT.replace(".nl.", ".dutch.")),
        [
            "newsletter/thoughts/referral/who-goes-on-stage.dutch.md: the name of a thought must end in .nl.md or .en.md"
        ],
    ),
    "thought with capitals": (
        lambda root: [
            rename(
                f"newsletter/thoughts/rebound/a-no-with-a-date.{one}.md",
                f"newsletter/thoughts/rebound/A no.{one}.md",
            )(root)
            for one in ("nl", "en")
        ],
        [
            "newsletter/thoughts/rebound/A no.en.md: the name “A no” must have only lower-case letters, digits and hyphens, like who-calls-you",
            "newsletter/thoughts/rebound/A no.nl.md: the name “A no” must have only lower-case letters, digits and hyphens, like who-calls-you",
        ],
    ),
    "thought without text": (
        lambda root: (root / THOUGHT).write_text(
            (root / THOUGHT).read_text().rpartition("---\n")[0] + "---\n"
        ),
        [
            f"{THOUGHT}:6: the source “ref-kumar-2013” is not cited; put [^ref-kumar-2013] after the sentence that it supports",
            f"{THOUGHT}:8: the text of the thought is missing",
        ],
    ),
    "thought with a heading": (
        append("\n## Kop\n"),
        [f"{THOUGHT}:15: a thought must not have headings, because it becomes one section of a letter"],
    ),
    "thought with an item": (
        append("\n- [ ] Iets { #ref-1 }\n"),
        [f"{THOUGHT}:15: a thought must not have checklist items; name them in the key “actions”"],
    ),
    "thought with a comment": (
        append("\n<!-- straks -->\n"),
        [f"{THOUGHT}:15: “<!-- straks -->” is a comment, which readers could see; delete it"],
    ),
    "season that is no month": (
        season("decmber"),
        [
            f"{path}:7: “decmber” is not a month or a week, like december or W50; did you mean “december”?"
            for path in (THOUGHT_EN, THOUGHT)
        ],
    ),
    "action that is long": (
        replace(THOUGHT, "dan kies ik eerst", "dan kies ik " + "heel " * 22 + "eerst"),
        [f"{THOUGHT}:4: the action has 36 words; at most 30"],
    ),
    "action of somebody else": (
        replace(THOUGHT, "action: Als ik een", "action: Als je een"),
        [
            f"{THOUGHT}:4: the action must say when the reader does what, in one sentence like “Als ik …, …”",
        ],
    ),
    "action without a plan, in English": (
        replace(THOUGHT_EN, "action: When I send a quote, I first choose", "action: If I may, choose"),
        [],
    ),
    "action that has no deed": (
        replace(THOUGHT_EN, "quote, I first", "quote I first"),
        [
            (
                f"{THOUGHT_EN}:4: the action must say when the reader does what, in one sentence like "
                "“When I …, …” or “If I …, …”"
            ),
        ],
    ),
    "no action": (
        replace(
            THOUGHT, "action: Als ik een offerte verstuur, dan kies ik eerst wie er voor mij spreekt.\n", ""
        ),
        [
            (
                f"{THOUGHT}:1: the key “action” is missing; expected what the reader does this week, in one sentence, "
                "like “When I …, I …”"
            )
        ],
    ),
    "three actions": (
        replace(THOUGHT, "actions: [ref-1]", "actions: [ref-1, ref-2, ref-3]"),
        [f"{THOUGHT}:5: “actions” is [ref-1, ref-2, ref-3]; expected one or two item ids, like [ref-2]"],
    ),
    "lines for the leader in another order": (
        replace(PAGE, "- **Stop:** met", "- **Nooit:** met"),
        [
            (
                f"{PAGE}:37: “## Voor wie leidt” is a list of 4 lines, in this order: “- **Maandag:** …”, "
                "“- **Bonusplan:** …”, “- **Dashboard:** …”, “- **Stop:** …”"
            )
        ],
    ),
    "lines for the leader that are more": (
        replace(PAGE, "- **Stop:** met", "- **Stop:** nu\n- met"),
        [
            (
                f"{PAGE}:38: “## Voor wie leidt” is a list of 4 lines, in this order: “- **Maandag:** …”, "
                "“- **Bonusplan:** …”, “- **Dashboard:** …”, “- **Stop:** …”"
            )
        ],
    ),
    "season in Dutch, in one language": (
        replace(THOUGHT, "sources:", "season: [maart, W01]\nsources:"),
        [f"{THOUGHT}:6: “maart” is not a month or a week, like december or W50; did you mean “march”?"],
    ),
    "season that is a week in other letters": (
        season("week 1"),
        [
            f"{path}:7: “week 1” is not a month or a week, like december or W50; did you mean “W01”?"
            for path in (THOUGHT_EN, THOUGHT)
        ],
    ),
    "season in a week that no year has": (
        season("W54"),
        [
            f"{path}:7: “W54” is not a month or a week, like december or W50; known are: april, august, december, february, january, "
            "july, june, march, may, november, october, september"
            for path in (THOUGHT_EN, THOUGHT)
        ],
    ),
    "season that is no list": (
        replace(THOUGHT, "sources:", "season: december\nsources:"),
        [
            f"{THOUGHT}:6: “season” has the wrong type: found “december”; expected months and weeks in which it fits, like [november, december] or [W01]; write it as a list: [december]",
        ],
    ),
    "season that differs": (
        lambda root: [
            replace(THOUGHT, "sources:", "season: [december, W01]\nsources:")(root),
            replace(THOUGHT_EN, "sources:", "season: [december, W02]\nsources:")(root),
        ],
        [
            f"{THOUGHT_EN}:6: the season “W02” is in the English text only",
            f"{THOUGHT}:6: the season “W01” is in the Dutch text only",
        ],
    ),
    "against in one language": (
        replace(THOUGHT_EN, "sources:", "against: true\nsources:"),
        [f"{THOUGHT_EN}:6: “against” is true here, but not in Dutch; both languages must have the same"],
    ),
    "against without a source": (
        lambda root: [
            replace(f"{NO}.{language}.md", "sources: []", "sources: []\nagainst: true")(root)
            for language in ("nl", "en")
        ],
        [
            f"{NO}.{language}.md:7: a thought against the usual advice needs a source; "
            "add one to “sources”, or delete “against”"
            for language in ("en", "nl")
        ],
    ),
    "against with a source that says so itself": (
        lambda root: [
            replace(THOUGHT.replace(".nl.", f".{language}."), "sources:", "against: true\nsources:")(root)
            for language in ("nl", "en")
        ],
        [],
    ),
    "against with a source that gives the usual advice": (
        lambda root: [
            *(
                replace(THOUGHT.replace(".nl.", f".{language}."), "sources:", "against: true\nsources:")(root)
                for language in ("nl", "en")
            ),
            (root / "newsletter/evidence.yaml").write_text(
                (root / "newsletter/evidence.yaml")
                .read_text()
                .replace("stance: qualifies", "stance: supports")
            ),
        ],
        [
            f"{THOUGHT.replace('.nl.', f'.{language}.')}:6: a thought against the usual advice needs a source with "
            "the stance against or qualifies in the evidence, but “ref-kumar-2013” says “supports”; "
            "cite another, or delete “against”"
            for language in ("en", "nl")
        ],
    ),
    "source that is not cited": (
        replace(THOUGHT, "sources: [", "sources: [rep-bain-2005, "),
        [
            f"{THOUGHT}:6: the source “rep-bain-2005” is not cited; put [^rep-bain-2005] after the sentence that it supports"
        ],
    ),
    "source that is not named": (
        append("\nNog iets.[^rep-bain-2005]\n"),
        [f"{THOUGHT}:15: the text cites “rep-bain-2005”, which is missing in the key “sources”"],
    ),
    "source nobody knows": (
        replace(THOUGHT, "sources: [", "sources: [rep-bian-2006, "),
        [f"{THOUGHT}:6: unknown source “rep-bian-2006”; did you mean “rep-bain-2005”?"],
    ),
    "front matter that is a list": (
        write(LETTER, b"---\n- a\n---\n"),
        [f"{LETTER}:2: the front matter must be keys with values, like “title: …”"],
    ),
    "tab": (
        replace(LETTER, "title:", "\ttitle:"),
        [f"{LETTER}:2: is not YAML: the line starts with a tab; use spaces"],
    ),
    "quotes": (
        replace(LETTER, "title: Wie", "title: 'Wie"),
        [f"{LETTER}:2: is not YAML: the quotes ' do not match"],
    ),
    "brackets": (
        replace(LETTER, "[rel-1, rel-5]", "[rel-1, rel-5"),
        [f"{LETTER}:6: is not YAML: the brackets do not match"],
    ),
    "value that begins with an at sign": (
        replace(LETTER, "thought: who", "thought: @who"),
        [f"{LETTER}:5: is not YAML: put a value that starts with @ in quotes"],
    ),
    "key without a space": (
        replace(LETTER, "thought: who", "thought who"),
        [f"{LETTER}:5: is not YAML: use a key, a colon and a space, like “title: …”"],
    ),
    "value with an anchor": (
        replace(LETTER, "thought: who", "thought: *who"),
        [f"{LETTER}:5: is not YAML: put a value that starts with * in quotes"],
    ),
    "key that is none": (
        replace(LETTER, "thought: who", "? [a]\n: b\nthought: who"),
        [f"{LETTER}:5: is not YAML: use a key, a colon and a space, like “title: …”"],
    ),
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


@pytest.mark.parametrize(
    "path",
    [
        LETTER,
        THOUGHT,
        PAGE,
        "docs/nl/glossary.md",
        "newsletter/evidence.yaml",
        "newsletter/assessment.nl.yaml",
        "newsletter/settings.toml",
        "newsletter/released.json",
        "newsletter/words.nl.txt",
        "newsletter/cliches.en.txt",
    ],
)
def test_a_conflict_that_git_left_is_told_in_every_kind_of_file(sample: Path, path: str) -> None:
    """As what it is, and not as what the file is not because of it."""
    text = (sample / path).read_text() if (sample / path).exists() else ""
    (sample / path).write_text(f"{text}<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n")
    assert problems_of(sample) == [
        f"{path}:{text.count(chr(10)) + 1}: git could not merge two versions of this file; keep the right lines of both, and delete the lines that start with <<<<<<<, |||||||, ======= and >>>>>>>"
    ]


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


# --- Names that are nearly right ---


@pytest.mark.parametrize(
    "name",
    ["nl.MD", "NL.md", "Nl.Md", "nl.txt", "nl.md.txt", "nl .md", " nl.md", "nl.markdown", "nl", "ｎｌ.md"],
)
def test_an_edition_with_nearly_the_right_name_is_told_and_nothing_is_said_to_be_missing(
    sample: Path, name: str
) -> None:
    rename(LETTER, f"newsletter/issues/2026-W45/{name}")(sample)
    assert (
        problems_of(sample)[0] == f"newsletter/issues/2026-W45/{name}: is not an edition; rename it to nl.md"
    )
    assert not any("is missing" in problem for problem in problems_of(sample))


@pytest.mark.parametrize("name", ["nl.MD", "nl.txt", "NL.md"])
def test_a_second_file_of_an_edition_is_told(sample: Path, name: str) -> None:
    shutil.copy(sample / LETTER, (sample / LETTER).with_name(name))
    assert problems_of(sample) == [
        f"newsletter/issues/2026-W45/{name}: is not an edition; nl.md exists too; keep one of the two"
    ]


@pytest.mark.parametrize("name", ["notes.MD", "nl copy.md", "nl (1).md"])
def test_another_markdown_file_beside_a_letter_is_told(sample: Path, name: str) -> None:
    shutil.copy(sample / LETTER, (sample / LETTER).with_name(name))
    assert problems_of(sample) == [
        f"newsletter/issues/2026-W45/{name}: is not an edition; the files of a letter are nl.md, en.md and pictures"
    ]


@pytest.mark.parametrize("name", ["nl.md~", ".nl.md.swp", "#nl.md#", ".DS_Store", "nl.md.bak", "nl.png"])
def test_what_an_editor_or_a_system_leaves_is_ignored(sample: Path, name: str) -> None:
    (sample / LETTER).with_name(name).write_text("x")
    assert problems_of(sample) == []


@pytest.mark.parametrize(
    "ending", [".nl.MD", ".NL.md", ".nl.txt", ".nl.md.txt", ".nl .md", ". nl.md", ".nl", ".nl.markdown"]
)
def test_a_thought_with_nearly_the_right_name_is_told_and_nothing_is_said_to_be_missing(
    sample: Path, ending: str
) -> None:
    path = THOUGHT.removesuffix(".nl.md") + ending
    rename(THOUGHT, path)(sample)
    right = Path(THOUGHT).name
    assert problems_of(sample) == [f"{path}: is not a thought; rename it to {right}"]


@pytest.mark.parametrize("name", ["x.nl.md~", ".x.nl.md", "README.txt", "notes.pdf", "x.nl.md.bak"])
def test_another_file_beside_the_thoughts_is_ignored(sample: Path, name: str) -> None:
    (sample / THOUGHT).with_name(name).write_text("x")
    assert problems_of(sample) == []


# --- Dates that are too far ahead ---


def problems_at(root: Path, moment: datetime) -> list[str]:
    try:
        load_newsletter(root, now=moment)
    except ContentError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "date, year, told",
    [
        ("2027-12-31T23:59:59+01:00", 2026, False),
        ("2028-01-01T00:00:00+01:00", 2026, True),
        ("2027-12-31T23:30:00+00:00", 2026, True),  # in Amsterdam it is 2028
        ("2028-11-28T06:00:00+01:00", 2026, True),
        ("2028-11-28T06:00:00+01:00", 2027, False),
        ("2998-11-28T06:00:00+01:00", 2027, True),
    ],
)
def test_a_correction_after_the_end_of_next_year_is_told(
    sample: Path, date: str, year: int, told: bool
) -> None:
    for path in (LETTER, LETTER_EN):
        replace(path, "published:", f"updated: {date}\npublished:")(sample)
    expected = f"“updated” is after the end of {year + 1}; check the year"
    assert problems_at(sample, datetime(year, 11, 27, tzinfo=UTC)) == [
        f"{path}:7: {expected}" for path in (LETTER_EN, LETTER) if told
    ]
    assert problems_of(sample) == [], "without a clock no date is too far ahead"


def test_a_letter_after_the_end_of_next_year_is_told(sample: Path) -> None:
    rename("newsletter/issues/2026-W45", "newsletter/issues/2028-W45")(sample)
    for language in ("nl", "en"):
        path = f"newsletter/issues/2028-W45/{language}.md"
        replace(path, "2026-11-06", "2028-11-10")(sample)
        replace(f"newsletter/issues/2026-W47/{language}.md", "2026-W45", "2028-W45")(sample)
    expected = "“published” is after the end of 2027; check the year"
    assert problems_at(sample, datetime(2026, 11, 27, tzinfo=UTC)) == [
        f"newsletter/issues/2028-W45/{language}.md:7: {expected}" for language in ("en", "nl")
    ]
    assert problems_at(sample, datetime(2027, 11, 27, tzinfo=UTC)) == []


# --- Names that are nearly right, and folders that cannot be read -----------------------------------------------------


def put(path: str, text: str = "---\ntitle: A\nsummary: B\n---\n\nText.\n") -> Change:
    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)

    return change


STRAYS: dict[str, tuple[Change, str]] = {
    "a page with another ending": (
        put("docs/nl/one.MD"),
        "docs/nl/one.MD: is not a page; rename it to one.md",
    ),
    "a page in Markdown": (
        put("docs/nl/one.markdown"),
        "docs/nl/one.markdown: is not a page; rename it to one.md",
    ),
    "a page as text": (put("docs/en/one.txt"), "docs/en/one.txt: is not a page; rename it to one.md"),
    "the home page": (
        rename("docs/nl/index.md", "docs/nl/index.MD"),
        "docs/nl/index.MD: is not a page; rename it to index.md",
    ),
    "a certainty": (
        rename(PAGE, f"{PAGE[:-3]}.MD"),
        f"{PAGE[:-3]}.MD: is not a page; rename it to referral.md",
    ),
    "a page below the certainties": (
        put("docs/nl/certainties/more/one.md"),
        "docs/nl/certainties/more/one.md: is in a folder below certainties/, which holds the seven pages only; move it to another folder",
    ),
    "a page in no language": (
        put("docs/one.md"),
        "docs/one.md: is in the folder of no language, so nobody reads it; move it to docs/nl/ or docs/en/",
    ),
    "a page in another language": (
        put("docs/NL/one.md"),
        "docs/NL/one.md: is in the folder of no language, so nobody reads it; move it to docs/nl/ or docs/en/",
    ),
    "an edition with a character that nobody sees": (
        rename(LETTER, LETTER.replace("nl.md", "nl\u200b.md")),
        "newsletter/issues/2026-W45/nl\u200b.md: is not an edition; rename it to nl.md",
    ),
    "an edition as a document": (
        rename(LETTER, LETTER.replace(".md", ".docx")),
        f"{LETTER.replace('.md', '.docx')}: is not an edition; save its text as nl.md",
    ),
    "a hidden edition": (
        rename(LETTER, LETTER.replace("nl.md", ".nl.md")),
        f"{LETTER.replace('nl.md', '.nl.md')}: is not an edition; rename it to nl.md",
    ),
    "a folder in that of a letter": (
        put(LETTER.replace("nl.md", "old/nl.md")),
        f"{LETTER.replace('nl.md', 'old')}: is a folder in that of a letter, so its texts are not read; move them to 2026-W45/",
    ),
    "a thought as a document": (
        put(THOUGHT.replace(".md", ".docx")),
        f"{THOUGHT.replace('.md', '.docx')}: is a document, which is not read; save its text in Markdown, as x.nl.md and x.en.md",
    ),
    "a thought in no language": (
        put(THOUGHT.replace(".nl.md", "-2.MD")),
        f"{THOUGHT.replace('.nl.md', '-2.MD')}: the name of a thought must end in .nl.md or .en.md",
    ),
}


@pytest.mark.parametrize("name", STRAYS)
def test_a_text_that_nobody_would_read_is_told(sample: Path, name: str) -> None:
    change, expected = STRAYS[name]
    change(sample)
    problems = [one for one in problems_of(sample) if "no such file" not in one]  # links to what was renamed
    assert problems == [expected]


@pytest.mark.parametrize("twin", ["Colophon.md", "cafe\u0301.md"])
def test_two_pages_that_some_systems_take_for_one_are_told(sample: Path, twin: str) -> None:
    first = {"Colophon.md": "colophon.md", "cafe\u0301.md": "caf\u00e9.md"}[twin]
    for language in ("nl", "en"):
        for name in (first, twin):
            put(f"docs/{language}/{name}")(sample)
    found = problems_of(sample)
    assert len(found) == 2
    assert all("has the same name as" in one and "rename one of the two" in one for one in found)


def test_a_text_that_is_published_as_it_is_is_no_page(sample: Path) -> None:
    put("docs/nl/robots.txt", "User-agent: *\n")(sample)
    put("docs/nl/price-list.docx", "x")(sample)
    put("docs/pictures/notes.txt", "x")(sample)
    put(LETTER.replace("nl.md", "originals/dots.svg"), "x")(sample)
    put(LETTER.replace("nl.md", "nl.docx"), "x")(sample)
    load_newsletter(sample)


def test_a_thought_in_two_folders_says_where_the_other_half_is(sample: Path) -> None:
    rename(THOUGHT, THOUGHT.replace("/referral/", "/revenue/"))(sample)
    name = Path(THOUGHT).name
    assert (
        f"{THOUGHT_EN}: there is no Dutch text with this name; {name} is in revenue/; move one of the two"
        in problems_of(sample)
    )


def test_the_name_of_a_file_is_not_that_of_a_thought(sample: Path) -> None:
    for path in (LETTER, LETTER_EN):
        text = (sample / path).read_text()
        (sample / path).write_text(re.sub("(?m)^thought: .*", r"\g<0>.nl", text))
    found = problems_of(sample)
    assert len(found) == 2
    assert all("unknown thought" in one for one in found)


@pytest.mark.parametrize("path", [LETTER, THOUGHT, PAGE, "newsletter/evidence.yaml"])
def test_a_link_out_of_the_project_is_not_followed(sample: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "elsewhere").write_text("a secret\n")
    (sample / path).unlink()
    (sample / path).symlink_to(tmp_path / "elsewhere")
    (found,) = problems_of(sample)
    assert found == f"{path}: is a link to a file outside of the project; put the file itself here"


def test_a_link_within_the_project_is_followed(sample: Path) -> None:
    rename(THOUGHT, "newsletter/kept.txt")(sample)
    (sample / THOUGHT).symlink_to("../../kept.txt")
    load_newsletter(sample)


def test_a_picture_of_another_project_is_not_taken(sample: Path, tmp_path: Path) -> None:
    path = "newsletter/issues/2026-W47/two-contacts.png"
    (sample / path).rename(tmp_path / "elsewhere.png")
    (sample / path).symlink_to(tmp_path / "elsewhere.png")
    assert all("copy the picture itself to this folder" in one for one in problems_of(sample))


def test_what_a_page_brings_with_it_must_be_in_the_project(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "list.pdf").write_text("x")
    (sample / "docs/nl/list.pdf").symlink_to(tmp_path / "list.pdf")
    assert problems_of(sample) == [
        "docs/nl/list.pdf: is a link to a file outside of the project; put the file itself here"
    ]


LOCKED = (
    "newsletter/issues/2026-W45",
    "newsletter/issues",
    "newsletter/thoughts",
    "newsletter/thoughts/referral",
    "docs/nl/certainties",
    "docs/nl",
)


@pytest.mark.parametrize("folder", LOCKED)
def test_a_folder_without_rights_is_one_problem(sample: Path, folder: str) -> None:
    code = (
        "import sys; from pathlib import Path; from generator.content import load_newsletter\n"
        "from generator.errors import ContentError\n"
        "try: load_newsletter(Path(sys.argv[1]))\n"
        "except ContentError as error: print(error)"
    )
    (sample / folder).chmod(0)
    try:
        command = [*as_nobody_special(), sys.executable, "-c", code, str(sample)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        (sample / folder).chmod(0o755)
    assert done.stderr == ""
    assert f"{folder}: cannot be read: Permission denied" in done.stdout
    assert "Traceback" not in done.stdout


def as_nobody_special() -> list[str]:
    """What to put before a command that rights hold for, also when root runs the tests."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may read everything, and there is no setpriv")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


@pytest.mark.parametrize("value", ["Wij zijn # 1 van het land", "# 1 van het land"])
def test_what_yaml_takes_for_a_comment_is_told(sample: Path, value: str) -> None:
    text = (sample / LETTER).read_text()
    (sample / LETTER).write_text(re.sub("(?m)^title: .*", f"title: {value}", text))
    assert problems_of(sample) == [f"{LETTER}:2: “title” ends before the #; put the whole value in quotes"]


@pytest.mark.parametrize("value", ["C# of niet", '"Wij zijn # 1"', '"Wij" # een grap'])
def test_another_hash_is_no_mistake(sample: Path, value: str) -> None:
    text = (sample / LETTER).read_text()
    (sample / LETTER).write_text(re.sub("(?m)^title: .*", f"title: {value}", text))
    load_newsletter(sample)
