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
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.content import load_newsletter
from generator.delivery.outgoing.signing import SECOND, VARIABLE, Signer, open_signer, relax
from generator.errors import SecretError
from generator.model import Personal
from generator.render.email.master import STAND_IN, Master, render_master
from tests.delivery.signatures import LETTER, make_key, verify
from tests.languages import LANGUAGES
from tests.machine import MAIL, find_mail_programs

SETTINGS: Any = SimpleNamespace(dkim=("s1", "example.org"), dkim_ed25519="")
BOTH: Any = SimpleNamespace(dkim=("s1", "example.org"), dkim_ed25519="s2")
NONE: Any = SimpleNamespace(dkim=("", ""), dkim_ed25519="")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_key(tmp_path_factory.mktemp("dkim") / "key.pem")


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dkim") / "ed25519.pem"
    command = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", path]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def signer(key: Path, second: Path) -> Signer:
    """Signs with both keys."""
    return Signer(BOTH, key, second=second)


@pytest.fixture(scope="session")
def record(key: Path) -> bytes:
    """What DNS says about that key."""
    public = subprocess.run(
        ["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def holds_twice(signed: bytes, signer: Signer) -> bool:
    """Whether dkimpy finds that both signatures hold."""
    records = {
        f"{name}._domainkey.example.org.".encode(): signer.write_record(name).encode()
        for name in ("s1", "s2")
    }
    signatures = dkim.DKIM(signed)
    return all(signatures.verify(at, dnsfunc=lambda name, timeout=5: records[name]) for at in (0, 1))


def see_with_opendkim(folder: Path, signer: Signer, *messages: bytes) -> list[list[str]]:
    """For each message, what OpenDKIM says of each of its signatures."""
    records = (f"{name}._domainkey.example.org {signer.write_record(name)}\n" for name in ("s1", "s2"))
    (folder / "keys").write_text("".join(records), "utf-8")
    (folder / "opendkim.conf").write_text(f"Mode v\nSyslog no\nTestPublicKeys {folder}/keys\n", "utf-8")
    names = []
    for number, message in enumerate(messages):
        names.append(str(folder / f"{number}.eml"))
        Path(names[-1]).write_bytes(message)
    command = [
        find_mail_programs()["opendkim"],
        "-x",
        folder / "opendkim.conf",
        "-vvv",
        "-t",
        ",".join(names),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.findall(r"hname='Authentication-Results' hvalue='(.*?)'", done.stdout, re.DOTALL)
    assert len(found) == len(messages), done.stdout
    return [re.findall(r"dkim=(\w+)", each) for each in found]


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
    published = record.decode().partition("p=")[2]
    assert Signer(SETTINGS, key).fits("s1", published)
    assert Signer(SETTINGS, key).write_record("s1") == record.decode()
    assert not Signer(SETTINGS, make_key(tmp_path / "other.pem", bits=1024)).fits("s1", published)


def test_a_public_key_may_stand_in_the_older_form(key: Path) -> None:
    """RFC 6376 names RSAPublicKey, and what openssl writes is SubjectPublicKeyInfo; receivers take both."""
    command = ["openssl", "rsa", "-in", key, "-RSAPublicKey_out", "-outform", "DER"]
    public = subprocess.run(command, check=True, capture_output=True).stdout
    assert Signer(SETTINGS, key).fits("s1", base64.b64encode(public).decode())


def test_each_key_belongs_to_its_own_selector(signer: Signer) -> None:
    rsa, ed25519 = (signer.write_record(name).partition("p=")[2] for name in ("s1", "s2"))
    assert signer.write_record("s2") == f"v=DKIM1; k=ed25519; p={ed25519}"
    assert len(base64.b64decode(ed25519)) == 32
    assert [signer.fits(name, key) for name in ("s1", "s2") for key in (rsa, ed25519)] == [
        True,
        False,
        False,
        True,
    ]


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


def test_each_file_has_the_kind_of_key_that_belongs_there(key: Path, second: Path) -> None:
    with pytest.raises(SecretError, match="is not an RSA private key"):
        Signer(SETTINGS, second)
    with pytest.raises(SecretError, match="is not an Ed25519 private key in PEM format without a password"):
        Signer(BOTH, key, second=key)


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


def test_so_is_a_second_key(key: Path, second: Path, tmp_path: Path) -> None:
    with pytest.raises(
        SecretError, match=rf"has dkim\.ed25519; {SECOND} must name the file with the private key"
    ):
        open_signer(BOTH, str(key), tmp_path)
    with pytest.raises(
        SecretError, match=rf"{SECOND} is set, but the table \[dkim\] of .* has no key “ed25519”"
    ):
        open_signer(SETTINGS, str(key), tmp_path, second=str(second))
    with pytest.raises(
        SecretError, match=rf"{SECOND} is set, but newsletter/settings\.toml has no table \[dkim\]"
    ):
        open_signer(NONE, "", tmp_path, second=str(second))
    signer = open_signer(BOTH, key.name, key.parent, second=str(second))
    assert signer is not None
    assert holds_twice(signer.sign(LETTER), signer)


def test_a_header_in_utf8_is_signed_as_it_stands(key: Path, record: bytes) -> None:
    """RFC 8616: the header goes into the hash as bytes; the names in the signature are A-labels."""
    letter = LETTER.replace(b"reader@example.com", "josé@xn--bcher-kva.example".encode())
    signed = Signer(SETTINGS, key).sign(letter)
    assert signed.endswith(letter)
    assert signed[: -len(letter)].isascii()
    assert verify(signed, record)
    assert not verify(signed.replace("josé".encode(), "josè".encode()), record)


# --- Two keys ---


def test_with_two_keys_a_letter_has_two_signatures(signer: Signer, key: Path) -> None:
    """RSA comes first: some receivers look at one signature only."""
    signed = signer.sign(LETTER)
    assert signed.endswith(LETTER)
    assert list(parse(signed)) == ["DKIM-Signature", "DKIM-Signature", *parse(LETTER)]
    first, second = parse(signed).get_all("DKIM-Signature")
    assert "a=rsa-sha256;" in first
    assert "s=s1;" in first
    assert "a=ed25519-sha256;" in second
    assert "s=s2;" in second
    assert signed == signer.sign(LETTER)
    assert Signer(SETTINGS, key).sign(LETTER).startswith(signed[: signed.index(b"DKIM", 1)])
    assert holds_twice(signed, signer)
    assert all(len(line) <= 78 for line in signed.split(b"\r\n"))


# --- A master is made canonical once, for all of its copies ---

READER = Personal(
    tag="2026-w48.abcdefghijklmnopqrst.0123456789abcdef",
    address="reader@example.com",
    unsubscribe="u" * len(STAND_IN.unsubscribe),
    preferences="-_.A9" * 13 + "p" * (len(STAND_IN.preferences) - 65),
)
TOKENS = (STAND_IN.unsubscribe.encode(), STAND_IN.preferences.encode())
PIECES = st.sampled_from(
    [
        *(
            b" ",
            b"  ",
            b"\t",
            b" \t ",
            b"\r\n",
            b"\r\n\r\n",
            b" \r\n",
            b"=\r\n",
            b"=20",
            b"word",
            b".",
            b"\r\n.",
        ),
        *TOKENS,
    ]
)
GAPS = st.builds(
    lambda token, at: token[:at] + b"=\r\n" + token[at:],
    st.sampled_from(TOKENS),
    st.integers(1, len(TOKENS[0]) - 1),
)
"""Through which a soft line break runs."""
LINES = st.lists(PIECES | GAPS, max_size=12).map(b"".join)
HEAD = (
    b"From: Letter  <letter@example.org>\r\n"
    b"To: %b\r\n"
    b"Subject:\t=?utf-8?q?E=C3=A9n?=\r\n \t=?utf-8?q?_vraag?= \r\n"
    b"Message-ID: <%b@letter.example.org>\r\n"
    b"List-Unsubscribe:%b<https://letter.example.org/%b>,\r\n <mailto:letter@example.org?subject=%b> \r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)


@settings(deadline=None, max_examples=150)
@given(LINES, LINES, LINES, LINES, st.sampled_from([b"", b" ", b" \t ", b"\r\n\t"]), st.booleans())
@example(b"", b"", b"", b"", b"", False)
@example(b" ", b" ", b"\t", b" \t", b" ", False)
@example(b"\r\n", b"\r\n", b"\r\n \t", b"\r\n\r\n \r\n", b"\r\n\t", True)
def test_a_gap_may_stand_anywhere_in_a_line(  # noqa: PLR0913 (what stands before and after each gap)
    signer: Signer, before: bytes, after: bytes, within: bytes, end: bytes, space: bytes, odd: bool
) -> None:
    token, preferences = TOKENS
    head = HEAD % (
        STAND_IN.address.encode(),
        STAND_IN.tag.encode(),
        space,
        token,
        STAND_IN.tag.encode() if odd else token,
    )
    text = b"\r\n" + before + token + after + preferences + within
    html = b"\r\nContent-Type: text/html;" + within + token + before + preferences + end + b"\r\n"
    content = head + b"\r\n" + text + html
    master, relaxed = Master(content), Master(relax(content))
    copy = master.copy(READER)
    assert relaxed.copy(READER) == relax(copy)
    signed = signer.sign(copy, relaxed.copy(READER))
    assert signed == signer.sign(copy)
    assert holds_twice(signed, signer)


@pytest.mark.needs(MAIL)
def test_others_find_that_all_our_mail_is_signed(tmp_path: Path, signer: Signer) -> None:
    """Letters, lessons and notices, as dkimpy and OpenDKIM see them."""
    newsletter = load_newsletter(ROOT)
    editions = [edition for issue in newsletter.archive.issues for edition in issue.editions.values()]
    lessons = [lesson for language in LANGUAGES for lesson in newsletter.playbook.lessons[language]]
    assert editions
    assert lessons
    signed = []
    for each in (*editions, *lessons):
        content = render_master(newsletter, each, "https://letter.example.org/", each.published)
        signed.append(signer.sign(Master(content).copy(READER), Master(relax(content)).copy(READER)))
    notices = sorted((ROOT / "tests/golden/notice").glob("*.eml"))
    assert notices
    signed += [signer.sign(path.read_bytes()) for path in notices]
    assert all(holds_twice(message, signer) for message in signed)
    assert see_with_opendkim(tmp_path, signer, *signed) == [["pass", "pass"]] * len(signed)
    changed = [message.replace(b"\nSubject: ", b"\nSubject: Re: ") for message in signed]
    assert see_with_opendkim(tmp_path, signer, *changed) == [["fail", "fail"]] * len(signed)


@pytest.mark.needs(MAIL)
def test_opendkim_takes_every_kind_of_white_space_as_we_do(tmp_path: Path, signer: Signer) -> None:
    head = LETTER.partition(b"\r\n\r\n")[0].replace(b"Letter <", b"\tLetter \t\r\n\t <")
    bodies = [
        b"",
        b"\r\n",
        b" \r\n\t\r\n",
        b"a\r\n",
        b"a \r\n",
        b" a\t \tb\t\r\n\r\n",
        b"\r\n\r\n.\r\n \r\na  \r\n \r\n\r\n",
    ]
    signed = [signer.sign(head + b"\r\n\r\n" + body) for body in bodies]
    assert all(holds_twice(message, signer) for message in signed)
    assert see_with_opendkim(tmp_path, signer, *signed) == [["pass", "pass"]] * len(signed)
