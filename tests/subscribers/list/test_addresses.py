"""What somebody types, and the one form in which it is kept."""

import email.message
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import AddressError
from generator.model import key_of
from generator.subscribers.list.addresses import LONGEST, parse_address


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("reader@example.org", "reader@example.org"),
        ("  reader@example.org\r\n", "reader@example.org"),
        ("Reader@Example.ORG", "Reader@example.org"),
        ("r.e.a.d.e.r@example.org", "r.e.a.d.e.r@example.org"),
        ("reader+letter@example.org", "reader+letter@example.org"),
        ("o'reilly@example.org", "o'reilly@example.org"),
        ("reader@bücher.example", "reader@xn--bcher-kva.example"),
        ("reader@XN--BCHER-KVA.example", "reader@xn--bcher-kva.example"),
        ("reader@faß.example", "reader@xn--fa-hia.example"),
        ("reader@\u0440\u0430y\u0440al.example", "reader@xn--yal-5cd3fc.example"),
        ("reader@ｅｘａｍｐｌｅ.org", "reader@example.org"),
        ("reader@例え。jp", "reader@xn--r8jz45g.jp"),
        ("léa@example.org", "léa@example.org"),
        ("le\u0301a@EXAMPLE.org", "léa@example.org"),
        ("LÉA+x@example.org", "léa+x@example.org"),
        ("почта@почта.example", "почта@xn--80a1acny.example"),
        ("用户@xn--r8jz45g.jp", "用户@xn--r8jz45g.jp"),
        ("佐々木さん@example.org", "佐々木さん@example.org"),
        ("김smith@example.org", "김smith@example.org"),
        ("علي١٢٣@example.org", "علي١٢٣@example.org"),
        ("हिन्दी@example.org", "हिन्दी@example.org"),
        ("น้ำ@example.org", "น้ำ@example.org"),
        ("straße@example.org", "straße@example.org"),
        ("иван.smith@example.org", "иван.smith@example.org"),
        ("é" * 32 + "@example.org", "é" * 32 + "@example.org"),
    ],
)
def test_an_address_has_one_form(typed: str, kept: str):
    assert parse_address(typed) == kept
    assert parse_address(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "reader",
        "@example.org",
        "reader@",
        "a@example.org,b@example.org",
        "a@example.org b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org\r\n\r\nhello",
        "a\0@example.org",
        '"a b"@example.org',
        "Reader <reader@example.org>",
        "reader@[127.0.0.1]",
        "reader@localhost",
        "reader@example",
        "reader@-example.org",
        "rea\u200bder@example.org",
        "rea\u202eder@example.org",
        '"é"@example.org',
        "😀@example.org",
        "ﬁ@example.org",
        "ｊｏ@example.org",
        "l\u0430ura@example.org",
        "jo\u034fsé@example.org",
        "josé\ufe0f@example.org",
        "אב\u200fג@example.org",
        "\u0301é@example.org",
        "é.\u0301@example.org",
        "é..é@example.org",
        "é,b@example.org",
        "é" * 33 + "@example.org",
        "é" * 30 + "@" + "b." * 98 + "org",
        "=?utf-8?q?é?=@example.org",
        "reader@exa mple.org",
        "reader@example..org",
        ".reader@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b." * 200 + "org",
        "a@" + "ü." * 60 + "org",
        "x" * 1_000_000,
        "\udc80@example.org",
        "=?utf-8?q?a=0D=0Ab?=@example.org",
    ],
)
def test_what_we_cannot_write_to_is_refused_with_a_reason(typed: str):
    with pytest.raises(AddressError) as caught:
        parse_address(typed)
    assert 5 < len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "typed, said",
    [
        ("", "is empty; an address looks like name@example.org"),
        ("foo", "has no @; an address looks like name@example.org"),
        ("foo＠example.org", "has no @; an address looks like name@example.org"),
        ("a@example.org,b@example.org", "is more than one address; write one"),
        ("a@example.org b@example.org", "is more than one address; write one"),
        ("jo@@example.org", "has an @ too many"),
        ("Jo <jo@example.org>", "has more than the address; write only what is between < and >"),
        ("jo@exa mple.org", "has a space in it; delete it"),
        ("j\u200bo@example.org", "has the hidden character U+200B in it; delete it"),
        ("\udc80@example.org", "has the hidden character U+DC80 in it; delete it"),
        ("@example.org", "has nothing before the @; an address looks like name@example.org"),
        ("jo@", "has nothing after the @; an address looks like name@example.org"),
        ("j" * 65 + "@example.org", "has more than 64 characters before the @"),
        (
            "j\u043es@example.org",
            "has Cyrillic and Latin letters in one word before the @, which look alike",
        ),
        ("jos\u034fé@example.org", "has the hidden character U+034F in it; delete it"),
        ("😀@example.org", "has “😀” before the @, where it may not be"),
        ("é" * 33 + "@example.org", "has more than 64 bytes before the @"),
        ("é" * 30 + "@" + "b." * 98 + "org", "takes more than 254 bytes"),
        ("jo(1)@example.org", "has “(” before the @, where it may not be"),
        ("jo..e@example.org", "has a dot too many before the @"),
        ("jo@example..org", "has a dot too many after the @"),
        ("jo@example.org.", "has a dot too many after the @"),
        ("jo@example", "has no dot after the @; a domain looks like example.org"),
        ("jo@[127.0.0.1]", "has a number after the @; write the name of a domain, like example.org"),
        ("jo@example.test", "is of the domain example.test, where no mail can arrive"),
        ("jo@-example.org", "has no valid domain after the @; look for a letter too many or too few"),
        ("jo@exa_mple.org", "has no valid domain after the @; look for a letter too many or too few"),
    ],
)
def test_a_mistake_is_said_in_our_own_words(typed: str, said: str):
    with pytest.raises(AddressError) as caught:
        parse_address(typed)
    assert str(caught.value) == said


def test_letters_make_no_other_reader_and_homographs_do():
    assert key_of(parse_address("READER@example.org")) == key_of(parse_address("reader@EXAMPLE.org"))
    latin, cyrillic = parse_address("a@paypal.example"), parse_address("a@p\u0430ypal.example")
    assert key_of(latin) != key_of(cyrillic)
    assert "xn--" in cyrillic
    assert key_of(parse_address("JOSÉ@bücher.example")) == key_of(
        parse_address("jose\u0301@XN--BCHER-KVA.example")
    )
    assert key_of(parse_address("jose@example.org")) != key_of(parse_address("josé@example.org"))
    assert key_of("reader+a@example.org") != key_of("reader@example.org") != key_of("rea.der@example.org")


_LIKE = st.builds(
    "{}@{}".format,
    st.text(st.characters(max_codepoint=0x2FF), max_size=70) | st.text(min_size=1, max_size=20),
    st.text(max_size=30) | st.from_regex(r"\A[a-zà-ü0-9-]{1,20}\.(org|example)\Z"),
)


@given(st.text(st.characters(categories=("L", "M", "Nd")), min_size=1, max_size=40))
def test_two_spellings_before_the_at_sign_are_one(word: str):
    spellings = {f"{normalize(form, word)}@example.org" for form in ("NFC", "NFD")}
    kept = set()
    for typed in spellings:
        try:
            kept.add(parse_address(typed))
        except AddressError:
            kept.add("")
    assert len(kept) == 1
    (one,) = kept
    assert one == normalize("NFC", one)
    assert one.isascii() or one == key_of(one), "databases compare no other case"
    assert parse_address(one) == one if one else True


@given(_LIKE | st.text())
def test_whatever_is_kept_is_one_visible_line_that_is_kept_as_it_is(typed: str):
    try:
        kept = parse_address(typed)
    except AddressError:
        return
    local, _, domain = kept.rpartition("@")
    assert domain.isascii()
    assert kept.isprintable()
    assert len(kept.encode()) <= LONGEST
    assert len(local.encode()) <= 64
    assert kept.count("@") == 1
    assert parse_address(kept) == kept
    message = email.message.EmailMessage()
    message["To"] = kept  # no comma, no bracket, no comment: one mailbox
    assert [address.addr_spec for address in message["To"].addresses] == [kept]
