"""Each rule is silent on a good letter and speaks on a bad one."""

from dataclasses import replace

import pytest

from generator.check import check_email
from generator.check.rules import MAX_HTML_BYTES, count_words
from generator.content import Newsletter
from generator.model import Email, Language, Section
from generator.render.emails import render_email


@pytest.fixture
def email(newsletter: Newsletter) -> Email:
    return render_email(newsletter, newsletter.archive.issues[-1].editions[Language.NL])


def change(email: Email, **values: object) -> Email:
    return replace(email, edition=replace(email.edition, **values))


def test_a_good_letter_has_no_problems(newsletter: Newsletter, email: Email) -> None:
    assert check_email(email, newsletter.root) == []


@pytest.mark.parametrize(
    "rule, values, message",
    [
        ("subject", {"subject": "a" * 61}, "the subject has 61 characters; a phone shows 60"),
        ("summary", {"summary": "kort"}, "the summary has 4 characters; inboxes show 40 to 140 well"),
        ("summary", {"summary": "a" * 141}, "the summary has 141 characters"),
        (
            "words",
            {"sections": (Section("Food for thought", "woord " * 10, 1),)},
            "the letter has 13 words; readers get 60",
        ),
        (
            "words",
            {"sections": (Section("Food for thought", "woord " * 300, 1),)},
            "the letter has 303 words",
        ),
    ],
)
def test_a_bad_letter_has_one(
    newsletter: Newsletter, email: Email, rule: str, values: dict, message: str
) -> None:
    (problem,) = check_email(change(email, **values), newsletter.root)
    assert problem.rule == rule
    assert problem.message.startswith(message)


def test_too_much_html_is_a_problem(newsletter: Newsletter, email: Email) -> None:
    (problem,) = check_email(replace(email, html="x" * (MAX_HTML_BYTES + 1)), newsletter.root)
    assert problem.rule == "size"


def test_a_waived_rule_is_silent_and_an_unknown_one_is_named(newsletter: Newsletter, email: Email) -> None:
    waived = change(email, subject="a" * 61, waive={"subject": "a reason"})
    assert check_email(waived, newsletter.root) == []
    (problem,) = check_email(change(email, waive={"subjet": "a reason"}), newsletter.root)
    assert problem.message == "“waive” names an unknown check “subjet”; did you mean “subject”?"


def test_footnotes_addresses_and_ids_are_no_words(email: Email) -> None:
    text = "Twee woorden.[^ref-kumar-2007] [Drie](../x.md) { #ref-1 }"
    assert count_words(replace(email.edition, sections=(Section("Kop", text, 1),))) == 4
