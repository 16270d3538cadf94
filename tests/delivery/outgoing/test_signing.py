"""A signature of our own: whoever gets the letter can see that nothing of it was changed."""

import base64
import re
import subprocess
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dkim
import pytest

from generator.delivery.outgoing.signing import VARIABLE, Signer, open_signer
from generator.errors import SecretError

LETTER = (
    b"From: Letter <letter@example.org>\r\n"
    b"Reply-To: post@example.org\r\n"
    b"To: reader@example.com\r\n"
    b"Subject: =?utf-8?q?E=C3=A9n_vraag?=\r\n"
    b"Date: Fri, 27 Nov 2026 06:00:00 +0000\r\n"
    b"Message-ID: <abc@letter.example.org>\r\n"
    b"List-Id: Letter <letter.example.org>\r\n"
    b"List-Unsubscribe: <https://letter.example.org/unsubscribe/abc>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Hoi \r\n\r\n.\r\n\r\n\r\n"
)
SETTINGS: Any = SimpleNamespace(dkim=("s1", "example.org"))
NONE: Any = SimpleNamespace(dkim=("", ""))


def make_key(path: Path, *options: str, bits: int = 2048) -> Path:
    subprocess.run(["openssl", "genrsa", *options, "-out", path, str(bits)], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_key(tmp_path_factory.mktemp("dkim") / "key.pem")


@pytest.fixture(scope="session")
def record(key: Path) -> bytes:
    """What DNS says about that key."""
    public = subprocess.run(
        ["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def verify(message: bytes, record: bytes, asked: list[bytes] | None = None) -> bool:
    def look_up(name: bytes, timeout: int = 5) -> bytes:
        if asked is not None:
            asked.append(name)
        return record

    good: bool = dkim.verify(message, dnsfunc=look_up)
    return good


def parse(message: bytes) -> Message:
    return BytesParser().parsebytes(message)


def test_a_signed_letter_is_the_letter_behind_a_signature_that_holds(key: Path, record: bytes) -> None:
    signed = Signer(SETTINGS, key).sign(LETTER)
    assert signed.endswith(LETTER)
    assert list(parse(signed)) == ["DKIM-Signature", *parse(LETTER)]
    asked: list[bytes] = []
    assert verify(signed, record, asked)
    assert asked == [b"s1._domainkey.example.org."]
    assert all(len(line) <= 78 for line in signed.split(b"\r\n"))


@pytest.mark.parametrize(
    "old, new",
    [
        (b"unsubscribe/abc", b"unsubscribe/abd"),
        (b"One-Click", b"One-Clack"),
        (b"Hoi", b"Hallo"),
        (b"post@example.org", b"fraud@example.org"),
        (b"<abc@", b"<abd@"),
        (b"Subject:", b"Subject: x\r\nSubject:"),
        (b"From:", b"From: fraud@example.org\r\nFrom:"),
        (b"List-Unsubscribe:", b"List-Unsubscribe: <https://example.com/>\r\nList-Unsubscribe:"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
    ],
)
def test_a_change_of_what_matters_breaks_it(key: Path, record: bytes, old: bytes, new: bytes) -> None:
    signed = Signer(SETTINGS, key).sign(LETTER)
    head, letter = signed[: -len(LETTER)], signed[-len(LETTER) :]
    assert old in letter
    assert not verify(head + letter.replace(old, new, 1), record)


def test_what_relays_do_on_the_way_does_not_break_it(key: Path, record: bytes) -> None:
    signed = Signer(SETTINGS, key).sign(LETTER)
    assert verify(b"Received: from a by b; Fri, 27 Nov 2026 06:00:01 +0000\r\n" + signed, record)
    assert verify(signed.replace(b"Hoi \r\n", b"Hoi\r\n"), record)
    assert verify(signed.replace(b"Reply-To: post", b"reply-to:  post"), record)


def test_the_headers_of_rfc_8058_are_covered(key: Path) -> None:
    signature = parse(Signer(SETTINGS, key).sign(LETTER))["DKIM-Signature"]
    covered = re.split(r"[\s:]+", re.search(r"h=([^;]*)", signature)[1].strip())
    assert covered.count("list-unsubscribe") == covered.count("list-unsubscribe-post") == 2
    assert covered.count("from") == 2
    assert "received" not in covered
    assert "; l=" not in signature.replace("\r\n", ""), "all of the text"


def test_a_header_that_is_not_there_cannot_be_added(key: Path, record: bytes) -> None:
    notice = LETTER.replace(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b"")
    signed = Signer(SETTINGS, key).sign(notice)
    assert verify(signed, record)
    assert not verify(
        signed.replace(b"MIME-", b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-"), record
    )


def test_what_the_relay_replaces_does_not_break_it(key: Path, record: bytes) -> None:
    """Amazon SES gives each message a Message-ID and a Date of its own."""
    signed = Signer(SETTINGS, key, frozenset({"message-id", "date"})).sign(LETTER)
    replaced = signed.replace(b"<abc@letter.example.org>", b"<0102@email.amazonses.com>").replace(
        b"06:00:00", b"06:00:07"
    )
    assert replaced != signed
    assert verify(replaced, record)
    assert not verify(replaced.replace(b"Hoi", b"Hallo"), record)
    assert not verify(replaced.replace(b"unsubscribe/abc", b"unsubscribe/abd"), record)


def test_a_letter_that_is_sent_again_has_the_same_bytes(key: Path) -> None:
    signer = Signer(SETTINGS, key)
    assert signer.sign(LETTER) == signer.sign(LETTER) == Signer(SETTINGS, key).sign(LETTER)
    assert b" t=" not in signer.sign(LETTER)[: -len(LETTER)]


def test_a_key_is_told_from_another_by_what_dns_says(key: Path, record: bytes, tmp_path: Path) -> None:
    assert Signer(SETTINGS, key).fits(record.decode())
    assert not Signer(SETTINGS, make_key(tmp_path / "other.pem", bits=1024)).fits(record.decode())


@pytest.mark.parametrize("options", [("-traditional",), ()])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_keys_come_in_two_forms_and_from_windows(
    tmp_path: Path, options: tuple[str, ...], ends: bytes
) -> None:
    key = make_key(tmp_path / "key.pem", *options, bits=1024)
    key.write_bytes(b"# ours\n" + key.read_bytes().replace(b"\n", ends))
    assert Signer(SETTINGS, key).sign(LETTER).startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        b"-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ],
)
def test_a_file_without_a_key_is_said_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(
        SecretError, match=r"key\.pem is not an RSA private key in PEM format without a password$"
    ):
        Signer(SETTINGS, path)


def test_other_kinds_of_keys_are_none_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True, capture_output=True
    )
    with pytest.raises(SecretError, match="is not an RSA private key"):
        Signer(SETTINGS, path)


def test_a_key_that_receivers_would_not_look_at_is_refused(tmp_path: Path) -> None:
    path = make_key(tmp_path / "key.pem", bits=768)
    with pytest.raises(
        SecretError, match="has a key of 768 bits; receivers require at least 1024, and 2048 are recommended"
    ):
        Signer(SETTINGS, path)


def test_a_file_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match=r"key\.pem cannot be read: No such file or directory"):
        open_signer(SETTINGS, "key.pem", tmp_path)


def test_it_is_a_setting_with_two_halves(key: Path, tmp_path: Path) -> None:
    assert open_signer(NONE, "", tmp_path) is None
    with pytest.raises(
        SecretError, match=rf"a table \[dkim\]; {VARIABLE} must name the file with the private key"
    ):
        open_signer(SETTINGS, "", tmp_path)
    with pytest.raises(
        SecretError, match=rf"{VARIABLE} is set, but newsletter/settings\.toml has no table \[dkim\]"
    ):
        open_signer(NONE, str(key), tmp_path)
    signer = open_signer(SETTINGS, key.name, key.parent)
    assert signer is not None
    assert signer.sign(LETTER).endswith(LETTER)


def test_a_header_in_utf8_is_signed_as_it_stands(key: Path, record: bytes) -> None:
    """RFC 8616: the header goes into the hash as bytes; the names in the signature are A-labels."""
    letter = LETTER.replace(b"reader@example.com", "josé@xn--bcher-kva.example".encode())
    signed = Signer(SETTINGS, key).sign(letter)
    assert signed.endswith(letter)
    assert signed[: -len(letter)].isascii()
    assert verify(signed, record)
    assert not verify(signed.replace("josé".encode(), "josè".encode()), record)
