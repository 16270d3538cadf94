"""The letter as each reader gets it: made by filling gaps, and the same bytes as if it had been made for them alone."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator.check import PROOF_RULES
from generator.check.proofs import Proof
from generator.content import Newsletter
from generator.errors import MailingError
from generator.model import Email, Language, Personal, Week
from generator.render.email.master import STAND_IN, Master, name_sender, render_copy, render_master
from generator.render.email.message import render_parts
from generator.subscribers.ledger.tags import make_tag, read_tag
from generator.subscribers.list.records import make_handle
from generator.subscribers.store.keys import PREFERENCES, UNSUBSCRIBE, Keys
from tests.check.proofs import messages, proof_of
from tests.conftest import Golden
from tests.languages import EN, LANGUAGES, NL
from tests.render.editions import change_text
from tests.render.mails import FULL, edition_of

KEYS = Keys(("k" * 43,))
URL = "https://letter.example.org/"
FROZEN = datetime(2026, 11, 20, 6, 0, 1, tzinfo=UTC)
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
"""Rendering changes nothing, so every example may use the same newsletter."""


def personal(handle: str = "reader-of-sample", address: str = "reader@example.com") -> Personal:
    unsubscribe, preferences = (KEYS.sign(purpose, handle) for purpose in (UNSUBSCRIBE, PREFERENCES))
    return Personal(make_tag(KEYS, Week.parse(FULL), handle), address, unsubscribe, preferences)


READER = personal()


def master_of(newsletter: Newsletter, language: Language = NL, url: str = URL) -> bytes:
    return render_master(newsletter, edition_of(newsletter, language=language), url, FROZEN)


def alone(newsletter: Newsletter, reader: Personal, language: Language = NL, url: str = URL) -> bytes:
    return render_copy(newsletter, edition_of(newsletter, language=language), url, FROZEN, reader)


def read(message: bytes, name: str) -> str:
    return re.sub(r"\r\n", "", str(message_from_bytes(message)[name]))


# --- A copy is what would have been rendered for that reader alone ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_is_as_a_person_has_seen_it(
    newsletter: Newsletter, golden: Golden, language: Language
) -> None:
    golden(f"email/{FULL}.{language}.copy.eml", Master(master_of(newsletter, language)).copy(READER))


def test_a_stand_in_is_as_long_as_what_takes_its_place_and_is_nobody() -> None:
    for handle in (*(make_handle() for _ in range(100)), "a" * 16):
        real = personal(handle)
        assert len(real.unsubscribe) == len(STAND_IN.unsubscribe)
        assert len(real.preferences) == len(STAND_IN.preferences)
        assert len(real.tag) == len(STAND_IN.tag)
    assert read_tag(KEYS, STAND_IN.tag) is None
    assert KEYS.read(UNSUBSCRIBE, STAND_IN.unsubscribe) is None
    assert KEYS.read(PREFERENCES, STAND_IN.preferences) is None


def test_a_letter_that_was_frozen_before_it_had_a_link_to_the_preferences_can_be_sent(
    newsletter: Newsletter,
) -> None:
    old = re.sub(
        rb"preferences/(=\r\n)?%b"
        % rb"(?:=\r\n)?".join(re.escape(bytes([one])) for one in STAND_IN.preferences.encode()),
        b"manage",
        master_of(newsletter),
    )
    copy = Master(old).copy(READER)
    assert READER.unsubscribe.encode() in copy
    assert READER.preferences.encode() not in copy.replace(b"=\r\n", b"")


HANDLES = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", min_size=16, max_size=16
)
LOCAL = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=64)
DOMAIN = st.lists(st.text("abcxyz019", min_size=1, max_size=60), min_size=1, max_size=3).map(".".join)
ADDRESSES = st.builds("{}@{}.example".format, LOCAL, DOMAIN)


@SLOW
@given(HANDLES, ADDRESSES, st.sampled_from(LANGUAGES), st.integers(0, 75), st.booleans())
@example("a" * 16, "=?@example.com", EN, 0, True)
@example("-" * 16, f"{'x' * 64}@{'long.' * 37}example", NL, 40, False)
@pytest.mark.slow
def test_a_copy_is_what_would_be_rendered_for_that_reader_alone(  # noqa: PLR0913 (one for each thing that varies)
    newsletter: Newsletter, handle: str, address: str, language: Language, length: int, secure: bool
) -> None:
    # A longer address of the service moves the place where a soft line break runs through the token.
    url = f"http{'s' * secure}://{'a' * length}.example.org/"
    reader = personal(handle, address)
    copy = Master(master_of(newsletter, language, url)).copy(reader)
    assert copy == alone(newsletter, reader, language, url)


@pytest.mark.slow
def test_a_soft_line_break_may_stand_at_any_place_of_a_token(newsletter: Newsletter) -> None:
    broken = set()
    for length in range(76):
        url = f"https://{'a' * length}.example.org/"
        master = master_of(newsletter, url=url)
        soft = re.search(rb"the-(?:[a-z.-]|=\r\n)*?=\r\n", master.partition(b"\r\n\r\n")[2])
        broken |= {len(soft[0].replace(b"=\r\n", b""))} if soft else set()
        assert Master(master).copy(READER) == alone(newsletter, READER, url=url)
    assert len(broken) > len(STAND_IN.unsubscribe) / 2


def test_two_copies_differ_in_who_gets_them_and_in_nothing_else(newsletter: Newsletter) -> None:
    master = Master(master_of(newsletter))
    one, other = READER, personal("another-reader-1", "second@example.com")
    copies = []
    for reader in (one, other):
        copy = master.copy(reader).replace(b"=\r\n", b"").decode()
        for value in (reader.tag, reader.address, reader.unsubscribe, reader.preferences):
            assert value in copy
            copy = copy.replace(value, "·")
        copies.append(copy)
    assert copies[0] == copies[1]
    assert copies[0].count("·") == 8, "To, Message-ID, twice in List-Unsubscribe, and two links in each part"
    assert "copy.invalid" not in copies[0]
    assert other.unsubscribe not in master.copy(one).replace(b"=\r\n", b"").decode()


def test_the_same_letter_gives_the_same_bytes(newsletter: Newsletter) -> None:
    assert master_of(newsletter) == master_of(newsletter)


# --- The message ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_the_headers_of_a_letter_to_one_reader(newsletter: Newsletter, language: Language) -> None:
    copy = Master(master_of(newsletter, language)).copy(READER)
    message = message_from_bytes(copy, policy=policy.default)
    assert not message.defects
    service = f"{URL}{LANGUAGES.prefix(language)}unsubscribe/{READER.unsubscribe}"
    mail = f"mailto:unsubscribe@example.org?subject=unsubscribe%20{READER.unsubscribe}"
    assert {name: read(copy, name) for name in message} == {
        "From": "Royal Dutch Updates <letter@example.org>",
        "Reply-To": "Royal Dutch Updates <post@example.org>",
        "To": READER.address,
        "Subject": str(edition_of(newsletter, language=language).subject),
        "Date": "Fri, 20 Nov 2026 07:00:01 +0100",
        "Message-ID": f"<{READER.tag}@royal-dutch-updates.example.org>",
        "List-Id": "Royal Dutch Updates <royal-dutch-updates.example.org>",
        "List-Unsubscribe": f"<{service}>, <{mail}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Help": f"<https://example.org/{LANGUAGES.prefix(language)}newsletter/>",
        "List-Archive": f"<https://example.org/{LANGUAGES.prefix(language)}archive/>",
        "Feedback-ID": f"{FULL}.{language}:letter:referral:royaldutchupdat",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF",
        "Content-Language": str(language),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="=_{FULL}.{language}"',
    }
    for line in (f"List-Unsubscribe: <{service}>, <{mail}>", f"Message-ID: <{READER.tag}@royal-dutch"):
        assert f"\r\n{line}".encode() in copy, "never folded"


def test_both_parts_are_read_back_as_they_were_written_the_text_first(newsletter: Newsletter) -> None:
    copy = Master(master_of(newsletter)).copy(READER)
    parts = list(message_from_bytes(copy, policy=policy.default).iter_parts())
    written = render_parts(
        newsletter,
        edition_of(newsletter),
        f"{URL}unsubscribe/{READER.unsubscribe}",
        f"{URL}preferences/{READER.preferences}",
        f"{URL}useful/",
    )
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["quoted-printable"] * 2
    assert [part.get_content().replace("\r\n", "\n").strip() for part in parts] == [
        part.strip() for part in written
    ]
    text = written[0]
    assert f"Afmelden: {URL}unsubscribe/{READER.unsubscribe}\n" in text
    assert f"Bekijk of wijzig je aanmelding: {URL}preferences/{READER.preferences}\n" in text


@pytest.mark.parametrize(
    "unsubscribe, bounces, address",
    [
        ("unsubscribe@example.org", "bounce@example.org", "unsubscribe+{tag}@example.org"),
        ("unsubscribes@example.org", "bounce@example.org", "unsubscribes@example.org"),  # 65 characters
        ("unsubscribe@example.org", "bounce@mail.example.org", "unsubscribe@example.org"),
        ("unsubscribe@example.org", "unsubscribe@example.org", "unsubscribe@example.org"),
    ],
)
def test_the_address_that_unsubscribes_has_the_tag_where_it_fits_and_arrives(
    newsletter: Newsletter, unsubscribe: str, bounces: str, address: str
) -> None:
    """For programs that leave the subject empty."""
    names = replace(newsletter.settings, unsubscribe=unsubscribe, bounces=bounces)
    letter = replace(newsletter, settings=names)
    tag = make_tag(Keys(("k" * 43,)), Week(2026, 47), "h" * 16)
    reader = replace(READER, tag=tag)
    copy = Master(master_of(letter)).copy(reader)
    assert f"<mailto:{address.format(tag=tag)}?subject=unsubscribe%20{READER.unsubscribe}>".encode() in copy
    assert copy == alone(letter, reader)
    nameless = master_of(letter).replace(b"Message-ID: <0000-w00", b"Message-ID: <2026-w47")
    with pytest.raises(MailingError):
        Master(nameless)


def test_a_trial_without_https_has_no_one_click(newsletter: Newsletter) -> None:
    copy = Master(master_of(newsletter, url="http://127.0.0.1:8001/")).copy(READER)
    assert b"One-Click" not in copy
    assert read(copy, "List-Unsubscribe").startswith("<mailto:")
    assert f"http://127.0.0.1:8001/unsubscribe/{READER.unsubscribe}" in copy.replace(b"=\r\n", b"").decode()


@SLOW
@given(ADDRESSES)
@pytest.mark.slow
def test_no_address_breaks_a_line_or_a_header(newsletter: Newsletter, address: str) -> None:
    copy = Master(master_of(newsletter)).copy(replace(READER, address=address))
    head, _, body = copy.partition(b"\r\n\r\n")
    assert len(message_from_bytes(copy).keys()) == 17
    if "=?" in address:
        assert read(copy, "To") == "undisclosed-recipients:;"
    else:
        assert read(copy, "To").strip() == address
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|[^\x00-\x7f]", copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "a@example.com\r\nBcc: b@example.com"},
        {"address": "a b@example.com"},
        {"address": "é\u2028@example.com"},
        {"address": ""},
        {"tag": "2026-w47.x>\r\nBcc: b@example.com"},
        {"tag": ""},
        {"unsubscribe": 'x"onclick="'},
        {"unsubscribe": "x>,<https://example.com/"},
        {"unsubscribe": ""},
        {"unsubscribe": READER.unsubscribe[:-1]},
    ],
    ids=str,
)
def test_what_could_begin_another_header_or_link_is_refused(
    newsletter: Newsletter, changes: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"header To|has an unexpected form"):
        Master(master_of(newsletter)).copy(replace(READER, **changes))


@pytest.mark.parametrize(
    "list_id, name",
    [
        ("royal-dutch-updates.example.org", "royaldutchupdat"),
        ("a.b", "ab000"),
        ("letter.example.org", "letterexampleor"),
    ],
)
def test_a_complaint_names_the_list_in_5_to_15_characters(
    newsletter: Newsletter, list_id: str, name: str
) -> None:
    assert name_sender(replace(newsletter.settings, list_id=list_id)) == name


APPLY = {
    *(
        "size",
        "html-lang",
        "html-title",
        "table-role",
        "html-alt",
        "heading-order",
        "preheader",
        "tap-target",
    ),
    *("client-support", "text-complete", "text-actions", "text-lines", "message-parts"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_holds_for_a_draft_holds_for_a_copy(newsletter: Newsletter, language: Language) -> None:
    proof = proof_of(newsletter, FULL)
    edition = edition_of(newsletter, language=language)
    service = f"{URL}{LANGUAGES.prefix(language)}"
    text, html = render_parts(
        newsletter,
        edition,
        f"{service}unsubscribe/{READER.unsubscribe}",
        f"{service}preferences/{READER.preferences}",
        f"{service}useful/",
    )
    email = Email(edition, html, text, alone(newsletter, READER, language))
    copied = Proof(newsletter, proof.issue, edition, email)
    found = {rule.id: messages(rule.check(copied)) for rule in PROOF_RULES if rule.id in APPLY}
    assert found == {name: [] for name in APPLY}


# --- What cannot be copied ---


@pytest.mark.parametrize(
    "old, new",
    [
        (rb"\r\nTo: .*?\r\n", rb"\r\n"),
        (rb"\r\nTo: .*?\r\n", rb"\g<0>To: reader@copy.invalid\r\n"),
        (rb"To: reader@copy.invalid", rb"To: <reader@copy.invalid>"),
        (rb"Message-ID: <0000-w00", rb"Message-ID: <2026-w47"),
        (rb"\r\nList-Unsubscribe: .*?\r\n", rb"\r\n"),
        (rb"\r\nAfmelden: (.*=\r\n)*.*\r\n", rb"\r\n"),
        (rb'<a href=3D"https://letter.example.org/unsub(.|\r\n)*?Afmelden</a>', rb"Afmelden"),
    ],
)
def test_a_letter_without_a_gap_is_not_sent(newsletter: Newsletter, old: bytes, new: bytes) -> None:
    content, count = re.subn(old, new, master_of(newsletter))
    assert count == 1
    with pytest.raises(MailingError, match=r"lacks a placeholder|was changed in rendering"):
        Master(content)


def test_a_stand_in_that_was_changed_on_its_way_is_found(newsletter: Newsletter) -> None:
    head, _, body = master_of(newsletter).partition(b"\r\n\r\n")
    extra = b"<p>THE-TOKEN-OF-THIS-READER</p>\r\n"
    with pytest.raises(MailingError, match="was changed in rendering"):
        Master(head + b"\r\n\r\n" + extra + body)


@pytest.mark.parametrize("text", [STAND_IN.unsubscribe, f"Write to {STAND_IN.address}."])
def test_a_letter_that_quotes_a_stand_in_is_not_sent(newsletter: Newsletter, text: str) -> None:
    with pytest.raises(MailingError, match="contains a placeholder"):
        master_of(change_text(newsletter, FULL, text))


def test_a_reader_of_another_script_has_the_same_letter_but_for_one_header(newsletter: Newsletter) -> None:
    master = Master(master_of(newsletter))
    ascii_, other = master.copy(READER), master.copy(replace(READER, address="josé@example.com"))
    assert other == ascii_.replace(f"To: {READER.address}".encode(), "To: josé@example.com".encode())
    assert ascii_.isascii()
    long = "é" * 32 + "@" + "b" * 60 + ".example"
    assert f"\r\nTo:\r\n {long}\r\n".encode() in master.copy(replace(READER, address=long))
