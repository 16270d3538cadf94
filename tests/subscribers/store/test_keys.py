"""Keys sign what we hand out and hash whom we forget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SecretError
from generator.subscribers.store.keys import Keys

KEYS = Keys(("a" * 43, "b" * 43))


def test_a_key_has_256_random_bits_and_survives_being_written():
    keys = Keys.make().rotate()
    assert len(set(keys.secrets)) == 2
    assert all(len(secret) == 43 for secret in keys.secrets)
    assert Keys.parse(str(keys)) == keys
    assert Keys.parse(f" {keys.secrets[0]} , {keys.secrets[1]}\n") == keys


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "key 1 of 1"),
        ("a" * 42, "key 1 of 1"),
        ("a" * 43 + ",", "key 2 of 2"),
        ("a" * 43 + "," + "ä" * 43, "key 2 of 2"),
        ("a" * 43 + "," + "a" * 43, "twice"),
    ],
)
def test_what_is_no_key_is_named_by_its_place_and_not_shown(text: str, said: str):
    with pytest.raises(SecretError) as caught:
        Keys.parse(text)
    assert said in str(caught.value)
    assert "a" * 42 not in str(caught.value)


def test_keys_are_not_shown_when_they_are_printed():
    assert repr(KEYS) == "Keys()"


def test_a_signed_value_is_read_with_every_key_and_for_its_purpose_only():
    token = Keys(("b" * 43,)).sign("unsubscribe", "handle")
    assert KEYS.read("unsubscribe", token) == "handle"
    assert KEYS.rotate().read("unsubscribe", token) == "handle"
    assert KEYS.read("confirm", token) is None
    assert Keys(("a" * 43,)).read("unsubscribe", token) is None
    assert KEYS.sign("unsubscribe", "handle") != token  # the newest key signs


def test_a_changed_letter_makes_it_no_token_of_ours():
    token = KEYS.sign("unsubscribe", "handle")
    assert "/" not in token
    for place in range(len(token)):
        for letter in "Aa0.-":
            # The last letter of base64 has bits to spare: the same signature in other letters is the same signature.
            forged = token[:place] + letter + token[place + 1 :]
            assert forged == token or KEYS.read("unsubscribe", forged) in {None, "handle"}
            assert place == len(token) - 1 or forged == token or KEYS.read("unsubscribe", forged) is None


@given(
    st.text()
    | st.text(st.characters(categories=["Cs"]))
    | st.from_regex(r"\A[A-Za-z0-9_-]{1,30}\.[A-Za-z0-9_-]{43}\Z")
)
def test_what_a_stranger_makes_up_is_no_token(token: str):
    assert KEYS.read("unsubscribe", token) is None


def test_what_we_signed_for_another_shape_is_no_value():
    class Other(Keys):
        pass

    serializer = Other(KEYS.secrets)._serializer("unsubscribe")
    assert KEYS.read("unsubscribe", str(serializer.dumps({"a": 1}))) is None


def test_an_address_has_one_hash_for_each_key_whatever_its_letters():
    first, second = KEYS.hash_address("Reader@example.org")
    assert (first, second) == KEYS.hash_address("reader@example.org")
    assert second == Keys(("b" * 43,)).hash_address("READER@example.org")[0]
    assert len({first, second, *KEYS.hash_address("reader+@example.org")}) == 4
