"""The text part: what is missing from it is said, and Markdown of every kind is not missed."""

from dataclasses import replace

import pytest

from generator.check.rules.plaintext import PROOF_RULES, check_lines, check_message, check_text
from generator.content import Newsletter
from tests.check.proofs import FULL, messages, proof_of, proof_with

ORDER = "the message must have a text part, then an HTML part; otherwise mail programs choose the wrong one"


@pytest.mark.parametrize("rule", PROOF_RULES, ids=lambda rule: rule.id)
def test_the_letter_with_every_element_is_whole(newsletter: Newsletter, rule) -> None:
    assert messages(rule.check(proof_of(newsletter, FULL))) == []


@pytest.mark.parametrize(
    "markdown",
    [
        "### Zie [dit](https://example.org/a) en *dat*",
        "### Een [1] kop die zo lang is dat zij in een gewone mail over twee of zelfs drie regels loopt, met ½ en x^2^",
        "[a](https://example.org/a), [b](https://example.org/b) en (<https://example.org/c>).",
        "[a](<https://example.org/a b>) en [é](https://example.org/é)",
        "[a](https://example.org/a?b=c&d=e#f) [a](https://example.org/a?b=c&d=e#f)",
        "<post@example.org> of [post](mailto:post@example.org?subject=a%20b)",
        "| [Kop](https://example.org/a) | Twee |\n|---|---|\n| ![x](a.png) `c` | [d](https://example.org/d) |",
        "> [a](https://example.org/a)\n\n1. [b](https://example.org/b)",
        "Zie https://example.org/a.",
    ],
)
def test_nothing_is_missed_that_is_there(newsletter: Newsletter, markdown: str) -> None:
    assert messages(check_text(proof_with(newsletter, markdown.replace("![x](a.png)", "x")))) == []


@pytest.mark.parametrize(
    "old, message",
    [
        ("FOOD FOR ACTION", "the heading “Food for action” is not in the text part: templates/email/letter.txt"),
        ("Een tweede contact gesproken",
         ("the action “Een tweede contact gesproken bij een klant waar ik er maar é” is not in the text part:"
         " templates/email/letter.txt")),
        ("https://example.org/certainties/relations/#rel-5\n",
         ("https://example.org/certainties/relations/#rel-5, the address of “Een tweede contact gesproken bij een"
         " klant waar ik er maar é” is not in the text part: templates/email/letter.txt")),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(newsletter: Newsletter, old: str, message: str) -> None:
    proof = proof_of(newsletter)
    assert old in proof.email.text
    proof.__dict__["email"] = replace(proof.email, text=proof.email.text.replace(old, "\n" * old.count("\n")))
    assert messages(check_text(proof)) == [message]


def test_the_place_of_a_missing_action_is_its_line(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter)
    proof.__dict__["email"] = replace(proof.email, text="")
    spots = [proof.manuscript.text.splitlines()[finding.spot.line - 1] for finding in check_text(proof)]
    assert any(line.endswith("{ #rel-5 }") for line in spots)


@pytest.mark.parametrize(
    "line, found",
    [
        ("a b " * 20, True),
        ("a" * 100, False),
        ("zie https://example.org/" + "a" * 90, False),
        ("schrijf naar " + "a" * 70 + "@example.org", False),
    ],
)
def test_a_line_is_too_long_when_it_could_be_broken(newsletter: Newsletter, line: str, found: bool) -> None:
    assert bool(messages(check_lines(proof_with(newsletter, f"```\n{line}\n```")))) is found


@pytest.mark.parametrize(
    "old, new, message",
    [
        (
            b"text/plain",
            b"text/html",
            ORDER,
        ),
        (
            b"multipart/alternative",
            b"text/plain",
            ORDER,
        ),
        (b"</h1>", b"</h2>", "the part text/html of the message differs from what was rendered"),
        (
            b"FOOD FOR THOUGHT",
            b"FOOD=46OR THOUGHT",
            "the part text/plain of the message differs from what was rendered",
        ),
        (
            b"FOOD FOR THOUGHT",
            b"FOOD=FFFOR THOUGHT",
            "the part text/plain of the message differs from what was rendered",
        ),
    ],
)
def test_the_message_is_read_again(newsletter: Newsletter, old: bytes, new: bytes, message: str) -> None:
    proof = proof_of(newsletter)
    assert old in proof.email.message
    proof.__dict__["email"] = replace(proof.email, message=proof.email.message.replace(old, new, 1))
    assert messages(check_message(proof)) == [message]
