"""Ways for mail to leave: a folder, and real relays that say yes, no, later, or nothing at all."""

import errno
import re
import socket
import ssl
import threading
import time
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from generator.delivery.outgoing.maildirs import Maildir, make_readable
from generator.delivery.outgoing.relays import Relay
from generator.delivery.outgoing.smtp import Tls, find_name, write_literal
from generator.delivery.outgoing.transports import DEFAULT, find_files, is_trial, open_transport
from generator.delivery.sessions import Envelope
from generator.errors import TransportError, explain_network
from tests.delivery.relays import HOST, Relaying, free_port, relaying
from tests.delivery.scripts import Script, following

SENDER, READER = "letter@example.org", "reader@example.com"
MAIL = b"From: letter@example.org\r\nTo: reader@example.com\r\n\r\nHoi\r\n.\r\n..\r\n.stuffed\r\nQuit\r\n"


# --- A maildir ---


def test_a_maildir_has_each_mail_in_a_file_of_its_own_for_its_owner_only(tmp_path: Path) -> None:
    transport = open_transport(DEFAULT, tmp_path)
    transport.send(SENDER, READER, MAIL)
    transport.send(SENDER, READER, MAIL.replace(b"Hoi", b"Dag"))
    transport.close()
    folder = tmp_path / "var/mail"
    mails = sorted((folder / "new").iterdir())
    assert [mail.read_bytes() for mail in mails] == [
        MAIL.replace(b"\r\n", b"\n"),
        MAIL.replace(b"Hoi", b"Dag").replace(b"\r\n", b"\n"),
    ]
    assert all(mail.stat().st_mode & 0o777 == 0o600 for mail in mails)
    assert folder.stat().st_mode & 0o077 == 0
    assert not list((folder / "tmp").iterdir())
    assert transport.name == f"maildir:{folder}"


def test_a_maildir_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("no folder")
    with pytest.raises(
        TransportError, match=r"mail cannot be written: (Not a directory|File exists)"
    ) as caught:
        open_transport("maildir:mail", tmp_path).send(SENDER, READER, MAIL)
    assert not caught.value.refused


def test_a_mail_that_does_not_fit_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Maildir(tmp_path / "mail")
    transport.send(SENDER, READER, MAIL)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generator.files.os.fsync", full)
    with pytest.raises(TransportError, match="No space left on device"):
        transport.send(SENDER, READER, MAIL)
    assert [len(list((tmp_path / "mail" / part).iterdir())) for part in ("new", "tmp")] == [1, 0]


LETTERS = sorted((Path(__file__).parents[2] / "golden").glob("*/*.eml"))


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_link_of_the_text_stands_whole_in_the_file(tmp_path: Path, path: Path) -> None:
    """The rest of the mail stays as it is: its headers, and what its parts say."""
    mail = path.read_bytes().replace(b"\r\n", b"\n")
    Maildir(tmp_path / "mail").send(SENDER, READER, mail.replace(b"\n", b"\r\n"))
    [kept] = (tmp_path / "mail/new").iterdir()
    written = kept.read_bytes()
    assert written.partition(b"\n\n")[0] == mail.partition(b"\n\n")[0]
    before, after = (BytesParser(policy=default).parsebytes(one) for one in (mail, written))
    parts = [part for part in before.walk() if not part.is_multipart()]
    assert [part.get_content() for part in parts] == [
        part.get_content() for part in after.walk() if not part.is_multipart()
    ]
    lines = written.decode("utf-8").splitlines()
    links = re.findall(r"https?://\S+", parts[0].get_content())
    assert links
    for link in links:
        assert any(link in line for line in lines), link
    assert all(len(line) <= 998 for line in written.split(b"\n"))


PLAIN = (
    b"From: letter@example.org\n%sMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n"
    b"--x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n%s\n--x--\n"
)


@pytest.mark.parametrize(
    "headers, text",
    [
        (b"DKIM-Signature: v=1; a=rsa-sha256; b=abc\n", b"https://example.org/=\nlong"),
        (b"", b"a" * 70 + b"=\n" + b"b" * 929),
        (b"", b"=2D-x--"),
        (b"", b"a=00b=\nc"),
        (b"", b"a=0Db=\nc"),
    ],
    ids=[
        "signed",
        "a line of 999 octets",
        "a line like the end of the part",
        "a zero byte",
        "a carriage return",
    ],
)
def test_what_cannot_stand_as_it_is_stays_encoded(headers: bytes, text: bytes) -> None:
    mail = PLAIN % (headers, text)
    assert make_readable(mail) == mail


def test_a_line_of_998_octets_stands_as_it_is() -> None:
    mail = PLAIN % (b"", b"a" * 70 + b"=\n" + b"b" * 926 + b"=C3=A9")
    assert make_readable(mail) == mail.replace(b"quoted-printable", b"8bit").replace(b"=\n", b"").replace(
        b"=C3=A9", b"\xc3\xa9"
    )


# --- Addresses of transports ---


@pytest.mark.parametrize(
    "url, name",
    [
        ("smtp://relay.example.org", "smtp://relay.example.org:25"),
        ("smtp://relay.example.org:2525", "smtp://relay.example.org:2525"),
        ("smtp://me:secret@relay.example.org", "smtp://relay.example.org:587"),
        ("smtp://me%40example.org:se%2Fcret@relay.example.org:25/", "smtp://relay.example.org:25"),
        ("smtps://me:secret@relay.example.org", "smtps://relay.example.org:465"),
        ("SMTP://LOCALHOST", "smtp://localhost:25"),
        ("smtp://[::1]:25", "smtp://[::1]:25"),
        ("smtp://relay.example.org?tls=opportunistic&ehlo=Web.example.org", "smtp://relay.example.org:25"),
        ("smtps://relay.example.org?tls=required", "smtps://relay.example.org:465"),
        ("maildir:var/mail", "maildir:/project/var/mail"),
        ("maildir:/var/mail/me", "maildir:/var/mail/me"),
        ("maildir:///var/mail/me", "maildir:/var/mail/me"),
        ("maildir:my%20mail", "maildir:/project/my mail"),
    ],
)
def test_an_address_names_a_transport(url: str, name: str) -> None:
    assert open_transport(url, Path("/project")).name == name
    assert is_trial(url) == url.startswith("maildir")
    files = find_files(url, Path("/project"))
    assert (f"maildir:{files.parent}" if files else None) == (name if is_trial(url) else None)


@pytest.mark.parametrize(
    "url, found",
    [
        ("", "an unknown kind of transport"),
        ("relay.example.org", "an unknown kind of transport"),
        ("http://relay.example.org", "'http'"),
        ("smtp://", "an invalid host name"),
        ("smtp://me:pa/ss@relay.example.org", "(an invalid host name|something that is not a URL)"),
        ("smtp://relay.example.org:port", "something that is not a URL"),
        ("smtp://relay.example.org:99999", "something that is not a URL"),
        ("smtp://relay example.org", "an invalid host name"),
        ("smtp://relay.example.org/path", "more than a host"),
        (
            "smtp://me:secret@relay.example.org?tls=no",
            "an unknown value of tls; it is required, opportunistic",
        ),
        ("smtp://relay.example.org?tls=", "an unknown value of tls"),
        ("smtps://me:secret@relay.example.org?tls=none", "smtps:// with tls=none"),
        ("smtp://relay.example.org?ehlo=web", "an invalid name behind ehlo="),
        ("smtp://relay.example.org?ehlo=web.localdomain", "an invalid name behind ehlo="),
        ("smtp://relay.example.org?tls=none&tls=required", "something behind “\\?”"),
        ("smtp://relay.example.org:25?secr", "something behind “\\?” that is neither tls=… nor ehlo=…"),
        ("smtp://me:12?secret@relay.example.org", "something behind “\\?”"),
        ("smtp://me@relay.example.org", "a user without a password"),
        ("smtp://:secret@relay.example.org", "a user without a password"),
        ("smtp://me:secr%C3%A9t@relay.example.org", "with characters that SMTP does not allow"),
        ("smtp://me:secret%0d%0a@relay.example.org", "with characters that SMTP does not allow"),
        ("maildir:", "no folder"),
        ("maildir:/", "no folder"),
        ("maildir://host/mail", "no folder"),
        ("maildir:a%00b", "no folder"),
    ],
)
def test_any_other_address_is_explained_without_the_password(url: str, found: str) -> None:
    with pytest.raises(
        TransportError, match=f"NEWSLETTER_MAIL names .*{found}.*; expected maildir:var/mail"
    ) as caught:
        open_transport(url, Path("/project"))
    assert "secr" not in str(caught.value)
    assert "pa/ss" not in str(caught.value)


# --- A relay ---


def open_relay(relay: Relaying, user: str = "") -> Relay:
    transport = open_transport(f"smtp://{user}{HOST}:{relay.port}", Path())
    assert isinstance(transport, Relay)
    return transport


def test_a_relay_gets_the_very_bytes_and_the_envelope() -> None:
    with relaying() as relay:
        transport = open_relay(relay)
        transport.send(SENDER, READER, MAIL)
        transport.close()
    (arrived,) = relay.arrived
    assert arrived.message == MAIL
    assert (arrived.sender, arrived.recipients) == (SENDER, (READER,))


def test_one_connection_carries_many_mails_until_it_is_closed() -> None:
    with relaying() as relay:
        transport = open_relay(relay)
        for _ in range(3):
            transport.send(SENDER, READER, MAIL)
        transport.close()
        transport.close()
        transport.send(SENDER, READER, MAIL)
        transport.close()
    assert [mail.connection for mail in relay.arrived] == [1, 1, 1, 2]


@pytest.mark.parametrize(
    "command, reply, refused",
    [
        (READER, "550 5.1.1 <reader@example.com>: user unknown", True),
        (READER, "550 no such user reader@example.com", True),
        (READER, "552 5.2.2 mailbox full", True),
        (READER, "450 4.2.1 later, reader@example.com", False),
        (READER, "550 5.7.1 relaying denied", False),
        (READER, "554 5.7.1 relay access denied", False),
        (READER, "530 5.7.0 authentication required", False),
        (READER, "530 log in first", False),
        ("DATA", "554 5.6.0 odd mail", False),
        ("DATA", "552 too large for reader@example.com", True),
        ("DATA", "451 4.3.0 later", False),
        ("DATA", "554 5.7.1 looks like spam", False),
        ("MAIL", "550 5.1.8 unknown sender", False),
        ("MAIL", "451 4.7.1 too fast", False),
    ],
)
def test_no_is_told_from_later_and_from_our_own_fault(command: str, reply: str, refused: bool) -> None:
    with relaying() as relay:
        transport = open_relay(relay)
        relay.replies[command] = reply
        with pytest.raises(TransportError) as caught:
            transport.send(SENDER, READER, MAIL)
        assert caught.value.refused == refused
        assert reply[:3] in str(caught.value)
        assert READER not in str(caught.value), "a relay's words may end up in a log"
        relay.replies.clear()
        transport.send(SENDER, READER, MAIL)  # the next one is another try
        transport.close()
    assert len(relay.arrived) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_relay_that_hangs_up_is_called_again_for_the_next_mail(command: str) -> None:
    with relaying() as relay:
        transport = open_relay(relay)
        relay.drop = command
        with pytest.raises(
            TransportError,
            match=f"^smtp://{HOST}:{relay.port} closed the connection( after the letter was sent)?$",
        ) as caught:
            transport.send(SENDER, READER, MAIL)
        assert not caught.value.refused
        transport.send(SENDER, READER, MAIL)
        transport.close()


@pytest.mark.parametrize("reply", ["421 4.7.0 too many mails in one connection", None])
def test_a_relay_that_ended_the_connection_after_a_mail_is_called_again_at_once(reply: str | None) -> None:
    with relaying() as relay:
        transport = open_relay(relay)
        transport.send(SENDER, READER, MAIL)
        if reply is None:
            relay.drop = "MAIL"
            transport.send(SENDER, READER, MAIL)
            assert [mail.connection for mail in relay.arrived] == [1, 2]
        else:
            relay.replies["MAIL"] = reply
            with pytest.raises(TransportError, match=r"refuses the mail: 421 4\.7\.0$"):
                transport.send(SENDER, READER, MAIL)
            assert len(relay.connections) == 2
        transport.close()


def test_a_relay_that_is_not_there_is_said_in_one_sentence() -> None:
    with pytest.raises(
        TransportError, match=r"^smtp://127\.0\.0\.1:\d+ cannot be reached: Connection refused$"
    ) as caught:
        Relay(HOST, free_port()).send(SENDER, READER, MAIL)
    assert not caught.value.refused


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_relay_that_does_not_answer_is_given_up(command: str) -> None:
    with relaying() as relay:
        relay.hang = command
        transport = Relay(HOST, relay.port, local=True, patience=0.3)
        with pytest.raises(TransportError, match="does not answer in time"):
            transport.send(SENDER, READER, MAIL)
        transport.close()


def test_another_thread_can_hang_up_while_a_mail_is_on_its_way() -> None:
    said: list[str] = []
    with relaying() as relay:
        transport = open_relay(relay)
        transport.send(SENDER, READER, MAIL)
        relay.asked.clear()
        relay.hang = "MAIL"

        def send() -> None:
            with pytest.raises(TransportError) as caught:
                transport.send(SENDER, READER, MAIL)
            said.append(str(caught.value))

        thread = threading.Thread(target=send)
        thread.start()
        while "MAIL" not in relay.asked:
            time.sleep(0.01)
        transport.close()
        thread.join(10)
        assert not thread.is_alive()
        assert said == [f"{transport.name} closed the connection"]
        assert len(relay.connections) == 1, "hanging up is no reason to call again"


@pytest.mark.parametrize("recipient", ["a@example.com\r\nDATA", "a b@example.com", "\u200bé@example.com", ""])
def test_what_is_no_address_never_reaches_a_relay(recipient: str) -> None:
    with pytest.raises(
        TransportError, match=r"^an address with characters that SMTP does not allow$"
    ) as caught:
        Relay(HOST, 1).send(SENDER, recipient, MAIL)
    assert caught.value.refused


@pytest.mark.parametrize(
    "error, said",
    [
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "the DNS does not know this name (Name or service not known)",
        ),
        (
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            "the DNS does not answer (Temporary failure in name resolution)",
        ),
        (
            OSError(errno.EADDRINUSE, "Address already in use"),
            "another program uses it (Address already in use)",
        ),
        (OSError(errno.ECONNREFUSED, "Connection refused"), "Connection refused"),
        (OSError("odd"), "odd"),
    ],
)
def test_what_the_system_says_stands_behind_what_it_means(error: OSError, said: str) -> None:
    assert explain_network(error) == said


def test_a_server_that_speaks_something_else_is_said_in_one_sentence() -> None:
    with relaying() as relay:
        transport = Relay(HOST, relay.port, encrypted=True, local=True)
        with pytest.raises(TransportError, match="cannot be reached"):
            transport.send(SENDER, READER, MAIL)


# --- Secrets on the way ---


def test_starttls_is_used_whenever_it_is_offered(tls: ssl.SSLContext) -> None:
    with relaying(starttls=tls) as relay:
        transport = open_relay(relay)
        transport.send(SENDER, READER, MAIL)
        transport.close()
    assert [mail.encrypted for mail in relay.arrived] == [True]


def test_tls_from_the_first_byte(tls: ssl.SSLContext) -> None:
    with relaying(tls=tls) as relay:
        transport = open_transport(f"smtps://{HOST}:{relay.port}", Path())
        transport.send(SENDER, READER, MAIL)
        transport.close()
    assert len(relay.arrived) == 1


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_relay_elsewhere_needs_a_certificate_that_somebody_signed(
    tls: ssl.SSLContext, encrypted: bool
) -> None:
    with relaying(**{"tls" if encrypted else "starttls": tls}) as relay:
        transport = Relay("localhost", relay.port, encrypted=encrypted)
        with pytest.raises(
            TransportError, match="has an invalid certificate: self-signed certificate"
        ) as caught:
            transport.send(SENDER, READER, MAIL)
        assert not caught.value.refused
    assert not relay.arrived


def test_an_authority_of_the_operator_is_believed_for_the_names_it_signed(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with relaying(starttls=tls) as relay:
        transport = Relay("localhost", relay.port)
        transport.send(SENDER, READER, MAIL)
        transport.close()
        with pytest.raises(TransportError, match=r"has an invalid certificate: .*mismatch"):
            Relay(HOST, relay.port).send(SENDER, READER, MAIL)
    assert [mail.encrypted for mail in relay.arrived] == [True]


def test_the_password_opens_the_relay(tls: ssl.SSLContext) -> None:
    with relaying(starttls=tls, users={"me@example.org": "se/cr:et"}) as relay:
        transport = open_relay(relay, "me%40example.org:se%2Fcr%3Aet@")
        transport.send(SENDER, READER, MAIL)
        transport.close()
    assert [(mail.user, mail.encrypted) for mail in relay.arrived] == [("me@example.org", True)]


def test_a_wrong_password_is_said_and_not_shown(tls: ssl.SSLContext) -> None:
    with relaying(starttls=tls, users={"me": "secret"}) as relay:
        transport = open_relay(relay, "me:wrong@")
        with pytest.raises(
            TransportError, match=r"rejects the user name or the password: 535 5\.7\.8"
        ) as caught:
            transport.send(SENDER, READER, MAIL)
        assert not caught.value.refused, "no address is at fault"
        assert "wrong" not in str(caught.value)


def test_a_password_never_travels_in_the_clear() -> None:
    with relaying(users={"me": "secret"}) as relay:
        elsewhere = Relay(HOST, relay.port, user="me", password="secret", local=False)  # noqa: S106 (of no relay)
        with pytest.raises(TransportError, match="does not offer STARTTLS; the password was not sent"):
            elsewhere.send(SENDER, READER, MAIL)
        assert not relay.arrived
        here = open_relay(relay, "me:secret@")
        here.send(SENDER, READER, MAIL)
        here.close()
    assert [mail.user for mail in relay.arrived] == ["me"], "on this machine nobody listens in"


@pytest.mark.parametrize("url", ["smtp://{}", "smtp://{}?tls=required"])
def test_a_relay_without_tls_is_refused_before_anything_is_sent(url: str) -> None:
    """Whoever is on the way can remove the offer of STARTTLS, and would read all addresses."""
    with relaying() as relay:
        made = open_transport(url.format("relay.example.org"), Path())
        assert isinstance(made, Relay)
        elsewhere = Relay(HOST, relay.port, local=made.local, tls=made.tls)
        with pytest.raises(TransportError, match=r"does not offer STARTTLS; nothing was sent$"):
            elsewhere.send(SENDER, READER, MAIL)
        session = elsewhere.open_session()
        with pytest.raises(TransportError, match=r"does not offer STARTTLS; nothing was sent$"):
            session.offer(Envelope(SENDER, READER, len(MAIL)))
    assert relay.asked == []
    assert not relay.arrived


def test_tls_can_be_required_of_a_relay_on_this_machine(tls: ssl.SSLContext) -> None:
    with (
        relaying() as relay,
        pytest.raises(TransportError, match="does not offer STARTTLS; nothing was sent"),
    ):
        open_transport(f"smtp://{HOST}:{relay.port}?tls=required", Path()).send(SENDER, READER, MAIL)
    with relaying(starttls=tls) as relay:
        transport = open_transport(f"smtp://{HOST}:{relay.port}?tls=required", Path())
        transport.send(SENDER, READER, MAIL)
        transport.close()
    assert [mail.encrypted for mail in relay.arrived] == [True]


@pytest.mark.parametrize("wish", [Tls.OPPORTUNISTIC, Tls.NONE])
def test_an_operator_may_go_without_tls(wish: Tls) -> None:
    with relaying() as relay:
        transport = Relay(HOST, relay.port, tls=wish)
        transport.send(SENDER, READER, MAIL)
        transport.close()
        if wish is Tls.NONE:
            secret = Relay(HOST, relay.port, tls=wish, user="me", password="secret")  # noqa: S106 (of no relay)
            with pytest.raises(TransportError, match="the password was not sent"):
                secret.send(SENDER, READER, MAIL)
    assert [mail.encrypted for mail in relay.arrived] == [False]


def test_tls_that_is_offered_is_left_alone_when_the_operator_says_so(tls: ssl.SSLContext) -> None:
    with following(Script(tls=tls)) as script:
        transport = open_transport(f"smtp://{HOST}:{script.port}?tls=none", Path())
        transport.send(SENDER, READER, MAIL)
        transport.close()
    assert "STARTTLS" not in script.commands


# --- The greeting ---


def test_the_greeting_has_the_name_in_the_settings() -> None:
    with relaying() as relay:
        transport = open_transport(f"smtp://{HOST}:{relay.port}?ehlo=Web.example.org", Path())
        transport.send(SENDER, READER, MAIL)
        transport.close()
    assert [mail.hello for mail in relay.arrived] == ["web.example.org"]


@pytest.mark.parametrize(
    "host, full, hello",
    [
        ("web.example.org", "web", "web.example.org"),
        ("web", "web.example.org.", "web.example.org"),
        ("web", "web", "[127.0.0.1]"),
        ("web", "localhost.localdomain", "[127.0.0.1]"),
        ("web_1", "1.0.0.127.in-addr.arpa", "[127.0.0.1]"),
    ],
)
def test_the_greeting_names_this_machine(
    host: str, full: str, hello: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 5321, 4.1.4: a domain of this host, else its address."""
    monkeypatch.setattr("generator.delivery.outgoing.smtp.socket.gethostname", lambda: host)
    monkeypatch.setattr("generator.delivery.outgoing.smtp.socket.getfqdn", lambda: full)
    find_name.cache_clear()
    try:
        with relaying() as relay:
            transport = Relay(HOST, relay.port, local=True)
            transport.send(SENDER, READER, MAIL)
            transport.close()
    finally:
        find_name.cache_clear()
    assert [mail.hello for mail in relay.arrived] == [hello]


@pytest.mark.parametrize(
    "address, literal",
    [
        ("192.0.2.1", "[192.0.2.1]"),
        ("2001:db8::1", "[IPv6:2001:db8::1]"),
        ("fe80::1%eth0", "[IPv6:fe80::1]"),
        ("::ffff:192.0.2.1", "[192.0.2.1]"),
    ],
)
def test_an_address_is_written_as_smtp_wants_it(address: str, literal: str) -> None:
    assert write_literal(address) == literal


# --- Addresses beyond ASCII ---

JOSE = "josé@example.com"
TO_JOSE = "From: letter@example.org\r\nTo: josé@example.com\r\n\r\nHoi\r\n".encode()


def test_a_relay_with_smtputf8_takes_a_notice_for_any_reader() -> None:
    with relaying(utf8=True) as there:
        relay = Relay(HOST, there.port, local=True)
        assert relay.takes(JOSE), "nobody knows yet"
        relay.send(SENDER, READER, MAIL)
        relay.send(SENDER, JOSE, TO_JOSE)
        assert relay.takes(JOSE)
        relay.close()
    assert [(one.recipients, one.message) for one in there.arrived] == [((READER,), MAIL), ((JOSE,), TO_JOSE)]


def test_a_relay_without_it_takes_none_and_is_known_by_that_from_its_greeting() -> None:
    with relaying() as there:
        relay = Relay(HOST, there.port, local=True)
        with pytest.raises(TransportError, match=r"takes no addresses beyond ASCII \(SMTPUTF8\)$") as caught:
            relay.send(SENDER, JOSE, TO_JOSE)
        assert caught.value.refused, "to try it again is of no use"
        relay.close()
        relay = Relay(HOST, there.port, local=True)
        relay.greet()
        assert (relay.takes(JOSE), relay.takes(READER)) == (False, True)
    assert there.asked == []


def test_a_relay_that_is_away_leaves_it_open() -> None:
    relay = Relay(HOST, free_port(), local=True)
    relay.greet()
    assert relay.takes(JOSE)


def test_a_file_takes_any_address_and_can_be_read(tmp_path: Path) -> None:
    maildir = Maildir(tmp_path)
    body = (
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9\r\n"
    )
    assert maildir.takes(JOSE)
    maildir.send(SENDER, JOSE, TO_JOSE.partition(b"\r\n\r\n")[0] + b"\r\n" + body)
    (file,) = (tmp_path / "new").iterdir()
    assert "\nTo: josé@example.com\n" in file.read_text("utf-8")
    assert file.read_text("utf-8").endswith("\n\né\n")
