"""Reports that a reader called a letter spam."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.delivery.incoming.complaints import Feedback, read_feedback
from generator.delivery.incoming.message import Incoming
from tests.delivery import reports

TAG = "2026-w48.mfrgg2dcmvtgs.0123456789abcdef"


def read(mail: bytes) -> Feedback | None:
    return read_feedback(Incoming(mail))


@pytest.mark.parametrize("kind", ["abuse", "ABUSE", "fraud", "opt-out"])
def test_what_a_reader_wants_no_more_counts(kind: str) -> None:
    assert read(reports.complaint(TAG, kind)) == Feedback(kind.lower())


@pytest.mark.parametrize("kind", ["not-spam", "virus", "auth-failure", "other", "", "abuse of a word"])
def test_what_no_reader_chose_does_not(kind: str) -> None:
    assert read(reports.complaint(TAG, kind)) == Feedback("")


def test_a_report_of_another_kind_is_none() -> None:
    assert read(reports.postfix(TAG)) is None
    assert read(b"Subject: Feedback-Type: abuse\n\nFeedback-Type: abuse\n") is None
    assert read(b"") is None


def test_fields_may_be_folded_and_lines_may_end_in_any_way() -> None:
    mail = reports.complaint(TAG).replace(b"Feedback-Type: abuse", b"feedback-type:\n\tAbuse")
    assert read(mail) == Feedback("abuse")
    assert read(mail.replace(b"\n", b"\r\n")) == Feedback("abuse")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_report_that_was_damaged_on_its_way_can_be_read_or_not_but_never_harms(data: st.DataObject) -> None:
    mail = bytearray(reports.complaint(TAG))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(mail)))
        mail[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    assert read(bytes(mail)) in {None, Feedback(""), Feedback("abuse")}
