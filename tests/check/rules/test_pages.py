"""The page of the archive and the entry of the feeds: titles of every kind, and addresses that lead nowhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from generator.check.rules.pages import (
    PROOF_RULES,
    check_entry_dates,
    check_entry_html,
    check_page_actions,
    check_page_title,
)
from generator.content import Newsletter
from tests.check.proofs import FULL, messages, proof_of


@pytest.mark.parametrize("rule", PROOF_RULES, ids=lambda rule: rule.id)
def test_the_letter_with_every_element_is_in_order(newsletter: Newsletter, rule) -> None:
    assert messages(rule.check(proof_of(newsletter, FULL))) == []


@pytest.mark.parametrize(
    "title",
    [
        "a & b",
        "*a* _b_ `c`",
        "“a” 'b' \"c\"",
        "[a](b) {#c}",
        "a <b> c",
        "a: b",
        "# a",
        "a \\ b",
        "1. a",
        "a # b",
        "{ a }",
    ],
)
def test_any_title_is_that_of_the_page(newsletter: Newsletter, title: str) -> None:
    assert messages(check_page_title(proof_of(newsletter, title=title, summary=title))) == []


def test_a_title_that_markdown_takes_a_sign_from_is_found(newsletter: Newsletter) -> None:
    assert messages(check_page_title(proof_of(newsletter, title="Klasse C #"))) == [
        "the archive page has the heading “Klasse C”, not its title: templates/page/letter.md"
    ]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("\n## Food for thought", "\n# Food for thought",
         "the archive page has 2 headings of level 1: templates/page/letter.md"),
        ("\n# Wie belt jou", "\n# Wie belde jou",
         ("the archive page has the heading “Wie belde jou als je contact weg is?”, not its title:"
         " templates/page/letter.md")),
        ('\ntitle: "Wie', '\ntitle: "Hoe',
         ("the archive page has the title “Hoe belt jou als je contact weg is?”; expected the title of the letter:"
         " templates/page/letter.md")),
        ("\ndescription: ", "\nsummary: ",
         "the archive page has the description “”; expected the summary of the letter: templates/page/letter.md"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_page_is_said(
    newsletter: Newsletter, old: str, new: str, message: str
) -> None:
    proof = proof_of(newsletter)
    assert old in proof.page
    proof.__dict__["page"] = proof.page.replace(old, new, 1)
    assert messages(check_page_title(proof)) == [message]


def test_an_action_stands_on_the_page_once(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter)
    proof.__dict__["page"] = f"{proof.page}\n- ☐ nog eens\n  {{ .item data-item=rel-1 }}\n"
    assert messages(check_page_actions(proof)) == [
        "the archive page has the action rel-1 2 times; expected once"
    ]


@pytest.mark.parametrize(
    "markup, message",
    [
        ('<a href="../2026-W45/">a</a>', "the address “../2026-W45/” in the feeds does not work outside our site"),
        ('<a href="#a">a</a>', "the address “#a” in the feeds does not work outside our site"),
        ('<img src="a.png">', "the address “a.png” in the feeds does not work outside our site"),
        ("<script>a</script>",
         "the feeds contain <script>, which feed readers remove: templates/feed/entry.html"),
        ('<p style="color: red">a</p>', "the feeds contain <p style>, which has no effect there"),
        ('<a href="mailto:a@example.org">a</a><!-- a --><a href="https://example.org">b</a>', ""),
    ],
)  # fmt: skip
def test_an_entry_can_be_read_anywhere(newsletter: Newsletter, markup: str, message: str) -> None:
    proof = proof_of(newsletter)
    proof.__dict__["entry"] = replace(proof.entry, html=markup)
    assert messages(check_entry_html(proof)) == [message] * bool(message)


def test_the_dates_of_an_entry_are_those_of_the_letter_and_in_order(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter)
    early = proof.entry.published - timedelta(days=1)
    proof.__dict__["entry"] = replace(proof.entry, updated=early, id="urn:a")
    assert messages(check_entry_dates(proof)) == [
        "the feeds have updated 2026-11-05T06:00:00+01:00, but the letter has 2026-11-06T06:00:00+01:00",
        "the letter was updated (2026-11-05T06:00:00+01:00) before it was published",
        "the id of the entry is “urn:a”, which is not a tag URI (RFC 4151)",
    ]
