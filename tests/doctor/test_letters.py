"""A letter as a mailbox received it: sent through a real relay, then changed as relays that track change it."""

import email
import email.policy
import quopri
import re
from base64 import encodebytes
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from generator.cli.newsletter import main
from generator.delivery.incoming.message import MOST
from generator.subscribers.store.keys import Keys
from tests.clocks import STOPPED
from tests.delivery.relays import HOST, relaying

HEAD = (
    b"Received: from relay.example.net by mx.example.net; Fri, 27 Nov 2026 07:00:01 +0100\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1;\r\n\th=from:to; bh=eA==; b=eA==\r\n"
)
OTHER = HEAD + b"From: <letter@example.org>\r\n"
"""The beginning of a mail of ours that is no letter."""
Change = Callable[[str], str]


@pytest.fixture
def mail(sample: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A proof in Dutch that left through a relay, with the headers that servers put on top."""
    monkeypatch.setenv("NEWSLETTER_KEYS", str(Keys(("k" * 43,))))
    monkeypatch.delenv("NEWSLETTER_DATABASE", raising=False)
    path = sample / "newsletter/settings.toml"
    extra = 'bounces = "bounce@example.org"\nunsubscribe'
    text = path.read_text("utf-8").replace("unsubscribe", extra, 1)
    path.write_text(text.replace("[nl]", '[service]\nurl = "https://letter.example.org/"\n[nl]'), "utf-8")
    with relaying() as relay:
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://{HOST}:{relay.port}")
        words = ["send", "2026-W46", "--to", "editor@example.org", "--language", "nl"]
        sent = CliRunner().invoke(main, obj=STOPPED, args=["--root", str(sample), *words])
        assert sent.exit_code == 0, sent.output
        return HEAD + relay.wait(1)[0].message


@pytest.fixture
def look(sample: Path, tmp_path: Path) -> Callable[..., Result]:
    """`look(mail, "2026-W46")`: what the doctor says of a file with these bytes."""

    def invoke(content: bytes, *words: str) -> Result:
        path = tmp_path / "proof.eml"
        path.write_bytes(content)
        args = ["--root", str(sample), "doctor", "--received", str(path), *words]
        return CliRunner().invoke(main, obj=STOPPED, args=args)

    return invoke


def rewrite(mail: bytes, change: Change, kind: str = "", encoding: str = "base64") -> bytes:
    """The mail with its parts written anew, as a program does that takes it apart."""
    message = email.message_from_bytes(mail)
    for part in message.walk():
        if part.get_content_maintype() == "text" and kind in part.get_content_type():
            content = change(part.get_payload(decode=True).decode()).encode()
            encode = {"base64": encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)
            part.replace_header("Content-Transfer-Encoding", encoding)
            part.set_payload(encode(content).decode("ascii", "surrogateescape"))
    return message.as_bytes()


def track(host: str, form: str = "https://{host}/c/{url}") -> Change:
    """Have every link lead over a host that counts, as relays do; the address of the picture stays."""

    def change(html: str) -> str:
        return re.sub(
            r'(?<=href=")https?://[^"]+',
            lambda match: form.format(host=host, url=quote(match[0], safe="")),
            html,
        )

    return change


def swap(pattern: str, new: str) -> Change:
    return lambda html: re.sub(pattern, new, html, count=1)


def add(html: str) -> Change:
    return swap("</body>", f"{html}</body>")


def say(result: Result) -> str:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return " ".join(result.output.split())


# --- As it left ---


def test_a_letter_that_nobody_changed_is_well(mail: bytes, look: Callable[..., Result]) -> None:
    result = look(mail)
    assert result.exit_code == 0, result.output
    assert "is the letter of 2026-W46 in the language nl" in say(result)
    assert "every link, picture and word, and the headers to unsubscribe, are as they left" in say(result)
    assert "there is a DKIM-Signature for example.org" in say(result)
    assert say(result).endswith("0 errors, 0 warnings.")


@pytest.mark.parametrize(
    "save",
    [
        lambda mail: mail.replace(b"\r\n", b"\n"),
        lambda mail: b"\xef\xbb\xbf" + mail,
        lambda mail: b"From - Fri Nov 27 07:00:02 2026\r\n" + mail,
        lambda mail: b"From - Fri Nov 27 07:00:02 2026\n" + mail.replace(b"\nF", b"\n>F").replace(b"\n>F", b"\nF"),
        lambda mail: rewrite(mail, str),
        lambda mail: rewrite(mail, str, encoding="8bit"),
        lambda mail: rewrite(mail, str, encoding="quoted-printable"),
        lambda mail: rewrite(mail, lambda text: text.replace("\n", "\r\n")),
        lambda mail: mail.replace(b"--=_2026-W46.nl", b"--other").replace(b'"=_2026-W46.nl"', b"other"),
    ],
    ids=["lf", "mark", "mbox", "mbox-lf", "base64", "8bit", "quoted", "crlf", "boundary"],
)  # fmt: skip
def test_how_a_program_saves_or_encodes_it_changes_nothing(
    mail: bytes, look: Callable[..., Result], save: Callable[[bytes], bytes]
) -> None:
    result = look(save(mail))
    assert result.exit_code == 0, result.output


def test_another_reader_has_other_tokens(mail: bytes, look: Callable[..., Result]) -> None:
    result = look(re.sub(rb"\d{4}-w46\.[a-z0-9.-]+", b"2026-w46.another.1", mail))
    assert result.exit_code == 0, result.output


# --- Changed by relays ---


@pytest.mark.parametrize(
    "change, said",
    [
        # As Mailchimp, SES and SendGrid do: the address in a parameter, in the path, and not at all.
        (track("mandrill.example", "https://{host}/click/3/x?p={url}"), "lead to mandrill.example instead of"),
        (track("awstrack.example", "https://{host}/L0/{url}/1/0100"), "lead to awstrack.example instead of"),
        (track("sendgrid.example", "https://{host}/ls/click?upn=abc"), "lead to sendgrid.example instead of"),
        (track("", "{url}?mc_eid=1"), "lead to no host instead of"),
        (swap(r'href="(https://example.org/[^"]*)', r'href="\1?mc_eid=1'), "to another address at example.org"),
        (swap(r"/unsubscribe/[\w.-]+", "/leave/x"), "leads to another address at letter.example.org"),
        (add('<a href="https://a.example/u">Leave</a>'), "1 link of the HTML, at a.example, was added"),
        (add('<img src="https://b.example/o.gif" width="1">'), "1 picture of the HTML, at b.example, was added"),
        (add('<p style="background: url(https://c.example/o.gif)">'), "picture of the HTML, at c.example, was"),
        (swap("<img [^>]*>", ""), "1 picture of the HTML, at example.org, was taken out"),
        (swap('src="https://example.org/', 'src="https://d.example/'), "from d.example instead of example.org"),
        (swap('src="https://example.org/', 'src="//[/'), "comes from an invalid host instead of example.org"),
        (add("<p>Sent with a relay</p>"), "the HTML says “Sent with a relay” instead of nothing"),
        (lambda _: "", "at example.org, were taken out"),
        (lambda _: "<!-- -->", "says nothing instead of"),
        (lambda html: f"<?xml version='1.0' encoding='utf-8'?>{html}".replace("</h1>", " \x1b[2Jx</h1>"), "[2Jx"),
    ],
)  # fmt: skip
def test_what_a_relay_does_to_the_html_is_named(
    mail: bytes, look: Callable[..., Result], change: Change, said: str
) -> None:
    result = look(rewrite(mail, change, "html"))
    assert result.exit_code == 1
    assert said in say(result)
    assert "switch " in say(result), "there is a remedy"
    assert "off there." in say(result)
    assert "\x1b" not in result.output
    assert " of the text " not in say(result), "that part is as it left"


def test_links_are_counted_by_host(mail: bytes, look: Callable[..., Result]) -> None:
    """A link to mail is not tracked; every other is named, and that of the unsubscription with its own host."""
    html = email.message_from_bytes(mail).get_payload()[1].get_payload(decode=True).decode()
    number = len(re.findall(r'href="https://', html))
    said = say(look(rewrite(mail, track("click.example.net"), "html")))
    assert f"{number} links of the HTML lead to click.example.net instead of " in said
    assert "letter.example.org" in said
    assert "→ Your relay rewrites links: switch click tracking off there." in said


def test_a_text_is_compared_too(mail: bytes, look: Callable[..., Result]) -> None:
    def change(text: str) -> str:
        return text.replace("https://letter.example.org/unsubscribe/", "https://click.example.net/x/", 1)

    result = look(rewrite(mail, change, "plain"))
    assert result.exit_code == 1
    assert "1 link of the text leads to click.example.net instead of letter.example.org" in say(result)
    result = look(rewrite(mail, lambda text: text + "\n--\nSent by a relay\n", "plain"))
    assert "the text says “-- Sent by a relay” instead of nothing" in say(result)


@pytest.mark.parametrize(
    "pattern, new, said",
    [
        (rb"List-Unsubscribe: [^\r]*\r\n", b"", "List-Unsubscribe is gone"),
        (rb"List-Unsubscribe-Post: [^\r]*\r\n", b"", "List-Unsubscribe-Post is gone"),
        (rb"List-Unsubscribe: <[^>]*>", b"List-Unsubscribe: <https://r.example.net/u>", "is “<https://r.example.net/u>"),
        (rb"(List-Unsubscribe): ", rb"\1: <https://r.example.net/u>\r\n\1: ", "is “<https://r.example.net/u>, <"),
        (rb"DKIM-Signature: ", b"X-Old: ", "the mail has no DKIM-Signature"),
    ],
)  # fmt: skip
def test_a_header_that_is_gone_or_changed_is_named(
    mail: bytes, look: Callable[..., Result], pattern: bytes, new: bytes, said: str
) -> None:
    result = look(re.sub(pattern, new, mail, count=1))
    assert result.exit_code == 1
    assert said in say(result)


def test_a_part_that_is_added_or_lost_is_named(mail: bytes, look: Callable[..., Result]) -> None:
    message = email.message_from_bytes(mail, policy=email.policy.default)
    message.add_attachment(b"x", "application", "octet-stream")
    said = say(look(message.as_bytes()))
    assert (
        "made of “text/plain, text/html and application/octet-stream”; the letter left as text/plain and"
        in said
    )
    head = re.sub(rb"\r\nContent-Type: multipart.*", b"", mail.partition(b"\r\n\r\n")[0])
    assert "made of “text/plain”" in say(look(head + b"\r\n\r\nHello\r\n"))
    empty = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert look(empty).exit_code == 1


def test_our_own_signature_must_be_there(
    mail: bytes, look: Callable[..., Result], sample: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_DKIM_KEY", str(key))
    with (sample / "newsletter/settings.toml").open("a") as file:
        file.write('[dkim]\nselector = "s1"\ndomain = "brief.example"\n')
    assert "our DKIM-Signature, for brief.example, is gone" in say(look(mail))
    assert look(mail.replace(b"d=example.org", b"d=brief.example")).exit_code == 0


@pytest.fixture
def key(sample: Path) -> Path:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (for one test)
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 (the same)

    path = sample / "key.pem"
    made = rsa.generate_private_key(65537, 2048)
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return path


# --- Which letter it is ---


def forget(mail: bytes) -> bytes:
    """What is left of a mail whose relay writes its headers and its boundary anew."""
    lines = re.sub(rb"Feedback-ID: [^\r]*\r\n(?: [^\r]*\r\n)*", b"Feedback-ID: 1.eu.x:AmazonSES\r\n", mail)
    return lines.replace(b"=_2026-W46.nl", b"other")


def test_a_letter_whose_name_is_lost_needs_its_week(mail: bytes, look: Callable[..., Result]) -> None:
    result = look(forget(mail))
    assert result.exit_code == 2
    assert "proof.eml has lost the name of its letter (Feedback-ID); add --week" in say(result)
    assert look(forget(mail), "2026-W46").exit_code == 0
    result = look(forget(mail), "--week", "2026-W45")
    assert result.exit_code == 1
    assert "the letter of 2026-W45 is in no language like" in say(result)
    result = look(mail, "2026-W45")
    assert result.exit_code == 2
    assert "is the letter of 2026-W46, and not of 2026-W45" in say(result)
    result = look(forget(mail), "2026-W48")
    assert "there is no letter of 2026-W48" in say(result)
    assert "add --week" in say(look(mail.replace(b"2026-W46.nl", b"2026-W99.nl")))


def test_a_trial_has_no_letter_to_compare_with(
    mail: bytes, look: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its links lead to this machine: a relay would be blamed for what it did not do."""
    monkeypatch.delenv("NEWSLETTER_MAIL")
    result = look(mail)
    assert result.exit_code == 1
    assert "NEWSLETTER_MAIL names no relay" in say(result)


# --- What is no such mail ---


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda _: b"", "is empty"),
        (lambda mail: mail + b" " * MOST, "has more than 262,144 bytes, so it is no letter of ours"),
        (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1" * 90, "is no mail: it has no header From"),
        (lambda mail: mail.decode().encode("utf-16"), "is no mail: it has no header From"),
        (lambda _: b"<html><body>Hello</body></html>", "is no mail: it has no header From"),
        (lambda mail: mail.removeprefix(HEAD), "was not received: no server has put its header Received"),
        (lambda mail: b"From a\r\n" + mail + b"\r\nFrom b\r\n" + mail, "has several mails"),
        (lambda mail: re.sub(rb"\nFrom: [^\r]*", b"\nFrom: You <y@example.com>", mail), "from “You <y@example.com>”"),
        (lambda mail: OTHER + b"Content-Type: message/rfc822\r\n\r\n" + mail, "is a forward, with another mail"),
        (lambda mail: mail.replace(b"charset=utf-8", b"charset=x-odd"), "has parts that cannot be read"),
        (lambda _: OTHER + b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000)),
         "has parts that cannot be read"),
    ],
    ids=["empty", "huge", "msg", "utf-16", "html", "sent", "several", "sender", "forward", "charset", "deep"],
)  # fmt: skip
def test_what_is_no_such_mail_is_refused_in_one_sentence(
    mail: bytes, look: Callable[..., Result], make: Callable[[bytes], bytes], said: str
) -> None:
    result = look(make(mail))
    assert result.exit_code == 1
    assert said in say(result)
    assert "save the mail itself, with its source, as an .eml file" in say(result)
    assert len(result.output.splitlines()) == 1


def test_words_that_do_not_go_together_are_refused(
    mail: bytes, look: Callable[..., Result], sample: Path
) -> None:
    assert "--received cannot be used with --online or --selector" in say(look(mail, "--online"))
    result = CliRunner().invoke(main, obj=STOPPED, args=["--root", str(sample), "doctor", "2026-W46"])
    assert "a week needs --received" in say(result)
    args = ["--root", str(sample), "doctor", "--received", str(sample / "none.eml")]
    result = CliRunner().invoke(main, obj=STOPPED, args=args)
    assert result.exit_code == 1
    assert "none.eml cannot be used: No such file or directory" in say(result)
