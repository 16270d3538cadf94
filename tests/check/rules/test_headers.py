"""The headers of the message: each way to write them wrong, and odd subjects that are right."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.check.proofs import Proof
from generator.check.rules.headers import PROOF_RULES
from generator.content import Newsletter
from generator.render.email.master import STAND_IN
from tests.check.proofs import PLAIN, messages, proof_of
from tests.render.editions import change_text

RULES = {rule.id: rule.check for rule in PROOF_RULES}
DATE = b"Date: Fri, 06 Nov 2026 06:00:00 +0100\r\n"
LIST = b"List-Unsubscribe: <mailto:unsubscribe@example.org?subject=afmelden>\r\n"
SUBJECT = b"Subject: Wie belt jou als je contact weg is?\r\n"


def spoil(proof: Proof, old: bytes, new: bytes) -> Proof:
    assert proof.email.message.count(old) == 1, proof.email.message[:1500]
    proof.__dict__["email"] = replace(proof.email, message=proof.email.message.replace(old, new))
    return proof


@pytest.mark.parametrize(
    "rule, old, new, message",
    [
        ("header-fields", DATE, b"", "the message has the header Date 0 times; expected once"),
        ("header-fields", DATE, DATE + DATE, "the message has the header Date 2 times; expected once"),
        ("header-fields", DATE, b"Date: today\r\n",
         "the header Date has an unexpected form: “today”"),
        ("header-fields", b"List-Id: Royal Dutch Updates <", b"List-Id: Royal Dutch Updates <x@",
         ("the header List-Id has an unexpected form:"
         " “Royal Dutch Updates <x@royal-dutch-updates.example.org>”")),
        ("header-fields", b"Content-Language: nl", b"Content-Language: en",
         "the header Content-Language is “en”; expected “nl”"),
        ("header-unsubscribe", LIST, LIST.replace(b"<", b"").replace(b">", b""),
         ("List-Unsubscribe must have one or more addresses between < and >:"
         " “mailto:unsubscribe@example.org?subject=afmelden”")),
        ("header-unsubscribe", LIST, b"List-Unsubscribe:\r\n <mailto:a@example.org>\r\n",
         "List-Unsubscribe is folded over several lines, which Gmail does not read"),
        ("header-unsubscribe", LIST, b"List-Unsubscribe: <http://example.org/u>\r\n",
         "List-Unsubscribe has the address “http://example.org/u”, which is neither https nor mailto"),
        ("header-unsubscribe", LIST, b"List-Unsubscribe: <https://example.org/u>\r\n",
         "List-Unsubscribe-Post should be “List-Unsubscribe=One-Click” once, for there is an https address"),
        ("header-unsubscribe", LIST, LIST + b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
         "List-Unsubscribe-Post should be there only beside an https address"),
        ("header-lines", b"X-Unsent: 1\r\n", b"X-Unsent: 1\n", "a line of the message does not end in CRLF"),
        ("header-lines", b"X-Unsent: 1\r\n", b"X-Unsent: " + b"1" * 1000 + b"\r\n",
         "a line of the message has 1010 characters; servers accept 998"),
        ("header-lines", b"X-Unsent: 1\r\n", b"X-Unsent: " + b"1" * 90 + b"\r\n",
         "a line of the header X-Unsent has 100 characters; at most 78 are allowed"),
        ("header-lines", b"X-Unsent: 1\r\n", b"X-Unsent: 1\r\n \r\n",
         "the header X-Unsent has an empty folded line, which ends the headers for some programs"),
        ("header-lines", b"X-Unsent: 1\r\n", b"Not a header\r\n",
         "a header line has an invalid form: “Not a header”"),
        ("header-lines", b"X-Unsent: 1\r\n", b"X-Unsent: \xe9\r\n",
         "the message contains non-ASCII characters, which old servers damage"),
        ("header-words", SUBJECT, b"Subject: =?utf-8?q?Wie?= belt jou als je contact weg is?\r\n Ja\r\n",
         ("the header Subject is read as “Wie belt jou als je contact weg is? Ja”,"
         " not as “Wie belt jou als je contact weg is?”")),
        ("header-words", SUBJECT, b"Subject: =?utf-8?q?a=0D=0ABcc:_b?=\r\n",
         "the header Subject contains a control character"),
        ("header-words", SUBJECT,
         b"Subject: =?utf-8?q?Wie_belt_jou_als_je_=63=6F=6E=74=61=63=74=20=77=65=67=20=69=73=3F?=\r\n",
         "an encoded word in the header Subject has 77 characters; at most 75 are allowed"),
        ("header-words", b"From: Royal Dutch Updates <", b'From: "Royal" <',
         "the header From is read as “Royal”, not as “Royal Dutch Updates”"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_header_is_said(newsletter: Newsletter, rule, old, new, message) -> None:
    assert messages(RULES[rule](spoil(proof_of(newsletter), old, new)))[:1] == [message] * bool(message)


COPIED = b"List-Unsubscribe: <https://letter.example.org/unsubscribe/"
POST = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


@pytest.fixture
def served(newsletter: Newsletter) -> Newsletter:
    """A newsletter that is sent from here."""
    return replace(
        newsletter, settings=replace(newsletter.settings, service_url="https://letter.example.org/")
    )


@pytest.mark.parametrize(
    "rule, old, new, message",
    [
        ("header-fields", b"To: reader@copy.invalid\r\n", b"To: You <reader@copy.invalid>\r\n",
         "the header To has an unexpected form: “You <reader@copy.invalid>”"),
        ("header-fields", b"Feedback-ID: ", b"Feedback-ID: a:b:c:d:", "the header Feedback-ID has an unexpected form"),
        ("header-fields", b":royaldutchupdat\r\n", b":1234\r\n", "the header Feedback-ID has an unexpected form"),
        ("header-fields", b"Precedence: bulk\r\n", b"", "the message has the header Precedence 0 times"),
        ("header-fields", b"Precedence: bulk\r\n", b"Precedence: bulk\r\nBcc: post@example.org\r\n",
         "the message must not have the header Bcc"),
        ("header-fields", b"List-Help: <https://example.org/", b"List-Help: <https://example.com/",
         "the header List-Help is “https://example.com/newsletter/”; expected “https://example.org/newsletter/”"),
        ("header-fields", b"Date: Fri, 06", b"Date: Fri, 07", "the header Date is"),
        ("header-unsubscribe", POST, b"", "List-Unsubscribe-Post should be “List-Unsubscribe=One-Click” once, for"),
        ("header-unsubscribe", POST, POST * 2, "List-Unsubscribe-Post should be there only beside"),
        ("header-unsubscribe", COPIED, b"List-Unsubscribe: <mailto:post@example.org?subject=",
         "List-Unsubscribe-Post should be there only beside an https address"),
        ("header-unsubscribe", COPIED, b"List-Unsubscribe: <https://example.org/>, <https://letter.example.org/u/",
         "List-Unsubscribe has an address that does not identify the reader"),
        ("header-unsubscribe", COPIED, b"List-Unsubscribe: <mailto:a@example.org?subject=%b>, <https://example.org/u/"
         % STAND_IN.unsubscribe.encode(), "List-Unsubscribe has the mail address before the https address"),
        ("header-lines", b"Precedence: bulk\r\n", b"Precedence: bulk\n", "a line of the message does not end in CRLF"),
        ("header-words", SUBJECT, b"Subject: Wie?\r\n", "the header Subject is read as “Wie?”, not as"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_what_a_reader_gets_is_said(served: Newsletter, rule, old, new, message) -> None:
    proof = proof_of(served)
    assert messages(RULES[rule](proof)) == []
    assert proof.copy is not None
    assert proof.copy.count(old) == 1
    proof.__dict__["copy"] = proof.copy.replace(old, new)
    (found, *_) = messages(RULES[rule](proof))
    assert found.startswith(f"in the copy for a reader: {message}")


def test_what_is_wrong_with_both_is_said_once(served: Newsletter) -> None:
    proof = proof_of(served)
    assert proof.copy is not None
    proof.__dict__["copy"] = proof.copy.replace(DATE, b"")
    assert messages(RULES["header-fields"](spoil(proof, DATE, b""))) == [
        "the message has the header Date 0 times; expected once"
    ]


def test_a_letter_of_which_no_copies_can_be_made_is_found_once(served: Newsletter) -> None:
    quoting = change_text(served, PLAIN, f"Your token: {STAND_IN.unsubscribe}")
    (found,) = (text for rule in PROOF_RULES for text in messages(rule.check(proof_of(quoting))))
    assert found.startswith("the letter contains a placeholder")


def test_where_no_letters_are_sent_from_only_the_draft_is_looked_at(newsletter: Newsletter) -> None:
    assert proof_of(newsletter).copy is None


@pytest.mark.parametrize(
    "value",
    [b"<https://example.org/u/1>, <mailto:a@example.org>", b"<mailto:a@example.org>,<https://example.org/u>"],
)
def test_one_click_is_announced_beside_an_https_address(newsletter: Newsletter, value: bytes) -> None:
    post = b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    assert (
        messages(
            RULES["header-unsubscribe"](
                spoil(proof_of(newsletter), LIST, b"List-Unsubscribe: " + value + post)
            )
        )
        == []
    )


SUBJECTS = st.lists(
    st.one_of(
        st.sampled_from(["één", "coördinatie", "“ja”", "’t", "€ 4", "=", "?", "_", "🙂", "ﬁ", "a" * 80, "שלום", "<a>"]),
        st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=14,
).map(" ".join).filter(lambda text: "=?" not in text)  # fmt: skip


@given(subject=SUBJECTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_no_subject_that_may_be_written_is_found_wrong(served: Newsletter, subject: str) -> None:
    proof = proof_of(served, subject=subject)
    for rule in PROOF_RULES:
        assert messages(rule.check(proof)) == [], rule.id


@pytest.mark.parametrize(
    "name", ["Één & co.", 'De "7" zekerheden', "a" * 90, "Müller, Jansen (en zonen)", "x.y"]
)
def test_no_sender_that_may_be_written_is_found_wrong(newsletter: Newsletter, name: str) -> None:
    other = replace(newsletter, settings=replace(newsletter.settings, sender_name=name, letter=name))
    for rule in PROOF_RULES:
        assert messages(rule.check(proof_of(other))) == [], rule.id
