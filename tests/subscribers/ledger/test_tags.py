"""The name of one copy of one letter."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model import CourseStep, Week
from generator.subscribers.ledger.tags import TAG, make_tag, read_tag
from generator.subscribers.list.records import make_handle
from generator.subscribers.store.keys import Keys

KEYS = Keys(("k" * 43,))
WEEK = Week.parse("2026-W48")
HANDLES = st.text(string.ascii_letters + string.digits + "-_", min_size=16, max_size=16)


@given(handle=HANDLES, year=st.integers(1000, 2999), number=st.integers(1, 52), upper=st.booleans())
def test_a_tag_comes_back_as_it_went_whatever_case_servers_write_it_in(
    handle: str, year: int, number: int, *, upper: bool
):
    week = Week(year, number)
    tag = make_tag(KEYS, week, handle)
    assert read_tag(KEYS, tag.upper() if upper else tag) == (week, handle)
    assert re.fullmatch(TAG, tag)
    assert len(f"bounce+{tag}") <= 64  # RFC 5321, 4.5.3.1.1


def test_the_same_copy_has_the_same_tag_and_no_other_copy_has_it():
    one, other = make_handle(), make_handle()
    assert make_tag(KEYS, WEEK, one) == make_tag(KEYS, WEEK, one)
    assert len({make_tag(KEYS, week, handle) for week in (WEEK, WEEK.next()) for handle in (one, other)}) == 4


def test_tags_of_older_keys_are_believed_and_others_are_not():
    handle = make_handle()
    tag = make_tag(KEYS, WEEK, handle)
    assert read_tag(KEYS.rotate(), tag) == (WEEK, handle)
    assert make_tag(KEYS.rotate().led_by(KEYS.fingerprint), WEEK, handle) == tag
    assert read_tag(Keys.make(), tag) is None


@given(where=st.integers(0, 51), letter=st.sampled_from("0123456789abcdefgz.-w+é\n"))
def test_a_tag_with_another_letter_anywhere_is_none_of_ours(where: int, letter: str):
    tag = make_tag(KEYS, WEEK, "abcdefghABCD-_12")
    assert len(tag) == 52
    other = tag[:where] + letter + tag[where + 1 :]
    assert read_tag(KEYS, other) == (None if other != tag else (WEEK, "abcdefghABCD-_12"))


@given(text=st.text(max_size=80))
def test_any_other_text_is_none_of_ours(text: str):
    assert read_tag(KEYS, text) is None


@pytest.mark.parametrize("name", ["2026-w54.mfrggzdf", "2026-w48.mfrggzdfa", "2026-w48.77777777"])
def test_what_we_would_never_name_is_none_even_with_a_proof(name: str):
    """No such week, no base 32, no text."""
    from generator.subscribers.ledger.tags import _prove  # noqa: PLC0415 (private; no other test makes a proof)

    assert read_tag(KEYS, f"{name}.{_prove(KEYS.secrets[0], name)}") is None


@given(handle=HANDLES, number=st.integers(1, 7), upper=st.booleans())
def test_the_tag_of_a_lesson_comes_back_too(handle: str, number: int, *, upper: bool):
    tag = make_tag(KEYS, CourseStep(number), handle)
    assert read_tag(KEYS, tag.upper() if upper else tag) == (CourseStep(number), handle)
    assert len(tag) == len(make_tag(KEYS, WEEK, handle))
