"""A mailbox that is read by IMAP: with a server that answers, one that refuses, and one that speaks something else."""

import ssl
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.delivery.incoming.mailboxes import Mailbox, Place, open_mailbox
from generator.delivery.incoming.message import MOST
from generator.errors import MailboxError
from tests.delivery.imaps import PASSWORD, USER, Imap, imap_server

HOST = "localhost"
SECRET = "imap://me:s%23cret@localhost"  # noqa: S105 - nobody's password


def mailbox(imap: Imap, *, encrypted: bool = False, local: bool = True) -> Mailbox:
    return Mailbox(HOST, imap.port, USER, PASSWORD, encrypted=encrypted, local=local, patience=5.0)


def test_unseen_mails_are_new_at_first() -> None:
    with imap_server(Imap(mails={3: b"three", 5: b"five", 9: b"nine"}, seen={5})) as imap:
        with closing(mailbox(imap)) as opened:
            assert opened.find_new(None) == ([3, 9], Place(1, 9))
            assert opened.read(3) == b"three"
            assert imap.seen == {5}, "reading changes nothing"
            opened.mark(3)
            assert imap.seen == {3, 5}
        assert imap.asked[-1] == "LOGOUT"


@pytest.mark.parametrize(
    "place, found, after",
    [
        (Place(1, 5), [9], Place(1, 9)),
        (Place(1, 2), [3, 5, 9], Place(1, 9)),
        (Place(1, 9), [], Place(1, 9)),
        (Place(1, 9, (5,)), [5], Place(1, 9)),
        (Place(2, 9), [3], Place(1, 9)),
    ],
)
def test_later_all_that_came_since_are_new_whoever_has_seen_them(
    place: Place, found: list[int], after: Place
) -> None:
    imap = Imap(mails={3: b"three", 5: b"five", 9: b"nine"}, seen={5, 9})
    with imap_server(imap), closing(mailbox(imap)) as opened:
        assert opened.find_new(place) == (found, after)


def test_a_server_that_tells_no_numbers_has_unseen_mails() -> None:
    imap = Imap(mails={3: b"three", 5: b"five"}, seen={5}, validity=0)
    with imap_server(imap), closing(mailbox(imap)) as opened:
        assert opened.find_new(None) == ([3], Place(0, 3))
    with imap_server(imap), closing(mailbox(imap)) as opened:
        assert opened.find_new(Place(0, 3)) == ([3], Place(0, 3))


def test_of_a_long_mail_only_the_beginning_is_fetched() -> None:
    with imap_server(Imap(mails={1: b"x" * (MOST + 1000)})) as imap, closing(mailbox(imap)) as opened:
        opened.find_new(None)
        assert len(opened.read(1) or b"") == MOST


def test_a_mail_that_somebody_took_away_is_none() -> None:
    with imap_server(Imap()) as imap, closing(mailbox(imap)) as opened:
        assert opened.find_new(None)[0] == []
        assert opened.read(7) is None


def test_to_another_machine_the_password_goes_through_tls(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        imap_server(Imap(tls=tls), encrypted=True) as imap,
        closing(mailbox(imap, encrypted=True, local=False)) as opened,
    ):
        opened.find_new(None)
        assert "LOGIN" in imap.encrypted
    starting = Imap(tls=tls, capabilities="IMAP4rev1 STARTTLS")
    with imap_server(starting) as imap, closing(mailbox(imap, local=False)) as opened:
        opened.find_new(None)
        assert "LOGIN" in imap.encrypted


def test_without_tls_it_stays_here() -> None:
    with imap_server(Imap()) as imap, closing(mailbox(imap, local=False)) as opened:
        with pytest.raises(MailboxError, match="does not offer TLS; the password was not sent"):
            opened.find_new(None)
        assert "LOGIN" not in imap.asked


def test_a_certificate_of_nobody_is_not_believed_but_on_this_machine(tls: ssl.SSLContext) -> None:
    with imap_server(Imap(tls=tls), encrypted=True) as imap:
        with (
            closing(mailbox(imap, encrypted=True, local=False)) as opened,
            pytest.raises(MailboxError, match="has an invalid certificate: self-signed"),
        ):
            opened.find_new(None)
        with closing(mailbox(imap, encrypted=True)) as opened:
            assert opened.find_new(None)[0] == []


@pytest.mark.parametrize(
    "command, line, said",
    [
        ("LOGIN", b"TAG NO [AUTHENTICATIONFAILED] for news letter", "rejects the user name or the password"),
        ("LOGIN", b"", "closed the connection"),
        ("SELECT", b"TAG NO no such thing", "has no such folder"),
        ("SEARCH", b"TAG NO no", "cannot be searched"),
        ("SEARCH", b"TAG BAD what", "does not speak IMAP"),
        ("SEARCH", b"* SEARCH \xff\r\nTAG OK yes", "does not speak IMAP"),
        ("greeting", b"220 smtp.example.com", "does not speak IMAP"),
        ("greeting", b"", "closed the connection"),
    ],
)
def test_a_server_that_refuses_is_one_sentence_without_user_or_password(
    command: str, line: bytes, said: str
) -> None:
    with imap_server(Imap(said={command: line})) as imap, closing(mailbox(imap)) as opened:
        with pytest.raises(MailboxError, match=said) as caught:
            opened.find_new(None)
        assert str(caught.value).startswith(f"localhost:{imap.port}/INBOX")
        assert "letter" not in str(caught.value)


@pytest.mark.parametrize(
    "command, said", [("FETCH", "does not return a message"), ("STORE", "does not store flags")]
)
def test_a_server_that_refuses_later_too(command: str, said: str) -> None:
    imap = Imap(mails={1: b"x"}, said={command: b"TAG NO no"})
    with imap_server(imap), closing(mailbox(imap)) as opened:
        opened.find_new(None)
        with pytest.raises(MailboxError, match=said):
            (opened.read if command == "FETCH" else opened.mark)(1)


def test_an_access_token_is_sent_in_place_of_a_password() -> None:
    with imap_server(Imap(mails={1: b"x"})) as imap:
        with closing(open_mailbox(f"imap://me%40example.org@localhost:{imap.port}", "to-ken")) as opened:
            assert opened.find_new(None)[0] == [1]
        assert imap.granted == "user=me@example.org\1auth=Bearer to-ken\1\1"
        assert "LOGIN" not in imap.asked


@pytest.mark.parametrize(
    "token, command, what", [("s3cret", "AUTHENTICATE", "access token"), ("", "LOGIN", "password")]
)
def test_a_refusal_is_told_in_the_words_of_the_server_without_secrets(
    token: str, command: str, what: str
) -> None:
    said = {command: b"TAG NO Basic authentication is disabled for me.myself with s3cret \xff"}
    with imap_server(Imap(said=said)) as imap:
        opened = open_mailbox(f"imap://me.myself:s3cret@localhost:{imap.port}", token)
        with closing(opened), pytest.raises(MailboxError) as caught:
            opened.find_new(None)
    wanted = f"rejects the user name or the {what}: “Basic authentication is disabled for me.… with …”"
    assert str(caught.value).endswith(wanted)


def test_a_server_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    with imap_server(Imap(silent="SELECT")) as imap:
        opened = Mailbox(HOST, imap.port, USER, PASSWORD, local=True, patience=0.1)
        with closing(opened), pytest.raises(MailboxError, match="does not answer"):
            opened.find_new(None)


def test_nobody_at_the_port_is_said() -> None:
    said = "localhost:1/INBOX cannot be reached: Connection refused"
    with (
        closing(Mailbox(HOST, 1, USER, PASSWORD, local=True)) as opened,
        pytest.raises(MailboxError, match=said),
    ):
        opened.find_new(None)


def test_whatever_a_server_says_there_is_an_answer_or_a_sentence() -> None:
    imap = Imap(mails={1: b"x"})

    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(["SEARCH", "FETCH", "STORE"]), st.binary(max_size=40))
    @example("FETCH", b"* 1 FETCH (BODY[]<0> {5}\r\nabc")
    @example("FETCH", b"* 1 FETCH (BODY[]<0> {99999999999999999999}")
    @example("FETCH", b'* 1 FETCH (BODY[]<0> "")\r\nTAG OK yes')
    def try_it(command: str, line: bytes) -> None:
        imap.said = {command: line}
        opened = Mailbox(HOST, imap.port, USER, PASSWORD, local=True, patience=0.03)
        with closing(opened), suppress(MailboxError):
            opened.find_new(None)
            opened.read(1)
            opened.mark(1)

    with imap_server(imap):
        try_it()


# --- Addresses ---


def test_an_address_names_a_server_a_user_and_a_folder() -> None:
    assert open_mailbox("imaps://me:secret@mail.example.org").name == "mail.example.org:993/INBOX"
    assert (
        open_mailbox("imap://me:secret@mail.example.org:1143/Back%20here/").name
        == "mail.example.org:1143/Back here"
    )
    assert open_mailbox("imap://me:secret@[::1]").name == "::1:143/INBOX"


@pytest.mark.parametrize(
    "url, said",
    [
        ("imaps://mail.example.org:x", "something that is not a URL"),
        ("imaps://[mail", "something that is not a URL"),
        ("pop3://me:secret@mail.example.org", "no mailbox"),
        ("", "no mailbox"),
        ("imaps:///INBOX", "no mailbox"),
        ("imaps://me:s#cret@mail.example.org", "something that is not a URL"),
        ("imaps://me:secret@mail.example.org/#x", "more than a folder"),
        ("imaps://me:secret@mail.example.org/INBOX?x=s3cret", "more than a folder"),
        ("imaps://mail.example.org", "no user with a password"),
        ("imaps://me@mail.example.org", "no user with a password"),
        ("imaps://me:s%0d%0acret@mail.example.org", "with characters that IMAP does not allow"),
        ("imaps://me:s%C3%A9cret@mail.example.org", "with characters that IMAP does not allow"),
        ("imaps://me:secret@mail.example.org/Terug%C3%A9", "with characters that IMAP does not allow"),
    ],
)
def test_an_address_with_a_mistake_is_said_and_never_shown(url: str, said: str) -> None:
    with pytest.raises(MailboxError, match=said) as caught:
        open_mailbox(url)
    assert "cret@" not in str(caught.value).replace("user:password@host", "")
    assert "s3cret" not in str(caught.value)
