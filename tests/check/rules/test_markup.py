"""What a screen reader, an inbox and a thumb need: each way to miss it, and what only looks like one."""

import pytest

from generator.check.rules.markup import (
    PROOF_RULES,
    check_alt,
    check_headings,
    check_language,
    check_preheader,
    check_sender,
    check_tables,
    check_tap_targets,
)
from generator.content import Newsletter
from tests.check.proofs import FULL, messages, proof_of, proof_with, spoil
from tests.languages import NL


@pytest.mark.parametrize("rule", PROOF_RULES, ids=lambda rule: rule.id)
def test_the_letter_with_every_element_is_in_order(newsletter: Newsletter, rule) -> None:
    assert messages(rule.check(proof_of(newsletter, FULL))) == []


def test_an_inbox_of_another_language_is_told_twice(newsletter: Newsletter) -> None:
    proof = spoil(proof_of(newsletter), 'lang="nl"', 'lang="en"')
    assert messages(check_language(proof)) == [
        "the document has lang=“en”; expected “nl”: templates/email/letter.html",
        "the first element of the body has lang=“en”; expected “nl”: templates/email/letter.html",
    ]


def test_a_table_that_only_arranges_has_no_heads(newsletter: Newsletter) -> None:
    table = '<table role="presentation"><tr><th scope="col">Kop</th></tr></table>'
    proof = spoil(proof_of(newsletter), "<h1 ", f"{table}<h1 ")
    assert messages(check_tables(proof)) == [
        "the table with “Kop” has header cells, but is marked as layout only: templates/email/letter.html"
    ]


def test_no_more_tables_are_named_than_somebody_mends(newsletter: Newsletter) -> None:
    proof = proof_with(newsletter, "\n\n".join(f"|  |  |\n|--|--|\n| cel {n} | twee |" for n in range(99)))
    assert len(messages(check_tables(proof))) == 20


@pytest.mark.parametrize(
    "old, new, message",
    [
        (' role="presentation" src', " src", "the picture “relations.png” has no alt text"),
        (' alt=""', "", "the picture “relations.png” has no alt text"),
    ],
)
def test_a_picture_says_what_it_shows(newsletter: Newsletter, old: str, new: str, message: str) -> None:
    assert messages(check_alt(spoil(proof_of(newsletter), old, new))) == [message]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("<h2 ", "<h3 ", "“Food for thought” has level 3, but the heading above it has level 1"),
        ("Food for thought", " ", "a heading of level 2 is empty"),
        ("h1", "p", "“Food for thought” has level 2, but the heading above it has level 0"),
    ],
)
def test_headings_go_down_by_one(newsletter: Newsletter, old: str, new: str, message: str) -> None:
    assert messages(check_headings(spoil(proof_of(newsletter), old, new)))[0] == message


def test_a_letter_without_headings_is_said(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter)
    for tag in ("h1", "h2"):
        spoil(proof, tag, "p")
    assert messages(check_headings(proof)) == ["the email has no heading: templates/email/letter.html"]


def test_the_summary_is_hidden_where_it_stands(newsletter: Newsletter) -> None:
    proof = spoil(
        proof_of(newsletter), '<div class="preheader" style="display:none;', '<div class="preheader" style="'
    )
    assert messages(check_preheader(proof)) == [
        "the summary above the letter is not hidden: templates/email/letter.html"
    ]


def test_nothing_stands_before_the_summary(newsletter: Newsletter) -> None:
    proof = spoil(proof_of(newsletter), '<div class="preheader"', '<p>Hallo.</p><div class="preheader"')
    assert messages(check_preheader(proof)) == [
        "inboxes would show “Hallo.” beside the subject; expected the summary: templates/email/letter.html"
    ]


@pytest.mark.parametrize(
    "markup, found",
    [
        ("<p>LINK</p>", True),
        ("<p><strong>LINK</strong></p>", True),
        ("<ul><li>LINK</li><li>LINK</li></ul>", True),
        ("<p>Zie LINK.</p>", False),
        ("<p>Zie <strong>LINK</strong>.</p>", False),
        ("<p>LINK<em>en</em></p>", False),
        ("<p>LINKLINK</p>", False),
        ('<p style="line-height: 24px">LINK</p>', False),
        ('<p style="display: none">LINK</p>', False),
        ('<p style="line-height: normal">LINK</p>', False),
        ('<p style="line-height: 1.5">LINK</p>', False),
        ("<p><sup style='line-height: 0'>LINK</sup></p>", True),
    ],
)
def test_a_link_alone_has_a_line_for_a_thumb(newsletter: Newsletter, markup: str, found: bool) -> None:
    block = markup.replace("LINK", '<a href="https://example.org">een</a>')
    proof = spoil(proof_of(newsletter), "<h1 ", f'<div style="line-height: 23px">{block}</div><h1 ')
    assert bool(messages(check_tap_targets(proof))) is found


@pytest.mark.parametrize("before", ["", "> ", "- ", "### ", "1. ", "Term\n:   ", "| Kop |\n|---|\n| "])
def test_wherever_an_author_puts_a_link_alone_its_line_is_high_enough(
    newsletter: Newsletter, before: str
) -> None:
    proof = proof_with(
        newsletter, f"{before}[een](https://example.org)\n\nen[^a].\n\n[^a]: <https://example.org>\n"
    )
    assert messages(check_tap_targets(proof)) == []


def test_an_author_s_own_html_can_make_the_line_too_low(newsletter: Newsletter) -> None:
    proof = proof_with(newsletter, 'Zie\n\n<sup><a href="https://example.org">een</a></sup>')
    assert messages(check_tap_targets(proof)) == [
        "the link “een” is on a line of 0 pixels; touch screens need 24"
    ]


def test_who_sends_why_and_how_to_end_stand_in_both_parts(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter)
    settings = newsletter.settings
    spoil(proof, settings.postal, "")
    spoil(proof, "mailto:", "sms:")
    address = f"mailto:{settings.unsubscribe}?subject=afmelden"
    assert messages(check_sender(proof)) == [
        "the postal address is not in the email: templates/email/letter.html",
        f"the email has no unsubscribe link ({address}): templates/email/letter.html",
    ]


def test_the_place_is_that_of_the_words_in_the_source(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter, FULL)
    spoil(proof, ' scope="col"', "")
    (finding,) = check_tables(proof)
    line = proof.manuscript.text.splitlines()[finding.spot.line - 1]
    assert line.startswith("| Klant ")
    assert line[finding.spot.column - 1 :].startswith("Klant")
    assert proof.edition.language == NL
