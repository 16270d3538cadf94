"""The headers of the message: what mail servers and mail programs go by (RFC 5322, 2047, 2369, 2919, 8058)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from generator.check.rules import Finding, Rule, Spot
from generator.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof

LONGEST, WIDEST, WORD = 998, 78, 75
"""Octets of any line, of a line of a header where it can be folded, and of an encoded word."""
ONE_CLICK = "List-Unsubscribe=One-Click"
UNFOLDED = ("message-id", "list-unsubscribe")
"""The headers that are one word, however long, and that some programs only see on one line."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_MAILBOX = rf'(?:"(?:[^"\\\r\n]|\\.)*"|[^<>"\r\n]*)\s*<({_ATOM}@{_ATOM})>'
_FORMS = {
    "From": _MAILBOX,
    "To": _MAILBOX,
    "Reply-To": _MAILBOX,
    "Subject": r"(\S.*)",
    "Date": r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4})",
    "Message-ID": rf"<({_ATOM}@{_ATOM})>",
    "List-Id": r"[^<>]*<([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)>",
    "List-Unsubscribe": r"(.*)",
    "MIME-Version": r"(1\.0)",
    "Content-Type": r'(multipart/alternative); boundary="[^"]{1,70}"',
    "Content-Language": r"([a-z]{2})",
}
"""The headers that a message has once, and how each is written; what is between the brackets is compared."""
_ENCODED = re.compile(r"=\?[^?\s]*\?[bBqQ]\?[^?\s]*\?=")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it stands in the message."""

    name: str
    lines: tuple[str, ...]

    @property
    def value(self) -> str:
        """What it says, unfolded (RFC 5322, 2.2.3)."""
        return "".join(self.lines).partition(":")[2].strip()


def check_fields(proof: Proof) -> Iterator[Finding]:
    """The headers of a letter are there once, are well written, and say what the settings and the letter say."""
    settings, edition = proof.newsletter.settings, proof.edition
    expected = {
        "From": settings.sender_address,
        "Reply-To": settings.reply_to,
        "List-Id": settings.list_id,
        "Content-Language": str(edition.language),
    }
    found = read_headers(proof)
    for name, form in _FORMS.items():
        values = [header.value for header in found if header.name.lower() == name.lower()]
        if len(values) != 1:
            yield Finding(f"the header {name} stands in the message {len(values)} times, not once")
        elif not (match := re.fullmatch(form, values[0])):
            yield Finding(f"the header {name} is not written as mail programs expect: “{values[0][:60]}”")
        elif match[1] != expected.get(name, match[1]):
            yield Finding(f"the header {name} says “{match[1]}”, not “{expected[name]}”")
        elif name == "Date" and parsedate_to_datetime(match[1]) != edition.published:
            line = Spot(proof.manuscript.line_of("published"))
            yield Finding(f"the header Date says “{match[1]}”, not when the letter is published", line)


def check_unsubscribe(proof: Proof) -> Iterator[Finding]:
    """A mail program can end the subscription: addresses are bare, on one line, and one click is for https alone."""
    found = read_headers(proof)
    value = next((header.value for header in found if header.name.lower() == "list-unsubscribe"), "")
    addresses = re.findall(r"<([^<>\s]*)>", value)
    if not re.fullmatch(r"<[^<>\s]+>(?:, ?<[^<>\s]+>)*", value) or "=?" in value:
        yield Finding(f"List-Unsubscribe is not one or more addresses between < and >: “{value[:60]}”")
    if any(len(header.lines) > 1 for header in found if header.name.lower() == "list-unsubscribe"):
        yield Finding("List-Unsubscribe is folded over more lines, and Gmail does not read it then")
    if odd := [address for address in addresses if not address.startswith(("https:", "mailto:"))]:
        yield Finding(f"List-Unsubscribe leads to “{odd[0][:60]}”, which is neither https nor mailto")
    posts = [header.value for header in found if header.name.lower() == "list-unsubscribe-post"]
    if posts != [ONE_CLICK] * any(address.startswith("https:") for address in addresses):
        wanted = (
            f"“{ONE_CLICK}” once, for there is an https address"
            if not posts
            else "there only beside an https address"
        )
        yield Finding(f"List-Unsubscribe-Post should be {wanted}")


def check_header_lines(proof: Proof) -> Iterator[Finding]:
    """Lines are as long as RFC 5322 allows, end in CRLF, are folded before a space, and are ASCII."""
    message = proof.email.message
    if re.search(rb"[^\x00-\x7f]", message):
        yield Finding("the message holds characters that are not ASCII; old servers damage them")
    if re.search(rb"\r(?!\n)|(?<!\r)\n", message):
        yield Finding("a line of the message does not end in CRLF")
    longest = max(map(len, message.split(b"\r\n")))
    if longest > LONGEST:
        yield Finding(f"a line of the message has {longest} characters; servers take {LONGEST}")
    for header in read_headers(proof):
        if not re.fullmatch(r"[!-9;-~]+", header.name):
            yield Finding(f"a line of the headers is not part of one: “{header.lines[0][:60]}”")
        for line in header.lines:
            if len(line) > WIDEST and header.name.lower() not in UNFOLDED:
                yield Finding(
                    f"a line of the header {header.name} has {len(line)} characters, more than {WIDEST}"
                )
        if any(not line.strip() for line in header.lines[1:]):
            yield Finding(
                f"the header {header.name} is folded into an empty line, which ends the headers for some"
            )


def check_words(proof: Proof) -> Iterator[Finding]:
    """The sender and the subject are decoded to what was written."""
    headers = {header.name.lower(): header.value for header in read_headers(proof)}
    subject, sender = headers.get("subject", ""), headers.get("from", "").rpartition("<")[0].strip()
    block = proof.email.message.partition(b"\r\n\r\n")[0]
    second = message_from_bytes(block, policy=policy.default).get(
        "Subject", ""
    )  # of a name it doubles spaces
    written, spot = proof.edition.subject, proof.manuscript.fields["subject"].spot()
    yield from _compare("Subject", subject, (_decode(subject), str(second)), written, spot)
    name = proof.newsletter.settings.sender_name
    yield from _compare("From", sender, (_unquote(_decode(sender)),), name, Spot())


def _compare(name: str, raw: str, read: Sequence[str], written: str, spot: Spot) -> Iterator[Finding]:
    """Compare what decoders make of a header with what was written."""
    odd = next((text for text in read if text != written), None)
    long = next((word for word in _ENCODED.findall(raw) if len(word) > WORD), "")
    if any(map(_CONTROL.search, read)):
        yield Finding(f"the header {name} holds a control character", spot)
    elif odd is not None:
        yield Finding(f"the header {name} is read as “{odd}”, not as “{written}”", spot)
    elif long:
        yield Finding(
            f"an encoded word in the header {name} has {len(long)} characters, more than {WORD}", spot
        )


def read_headers(proof: Proof) -> list[Header]:
    """The headers of the message, in order; a line that begins with a space belongs to that before it."""
    found: list[list[str]] = []
    for line in proof.email.message.partition(b"\r\n\r\n")[0].decode("ascii", "replace").split("\r\n"):
        if line[:1] in {" ", "\t"} and found:
            found[-1].append(line)
        else:
            found.append([line])
    return [Header(lines[0].partition(":")[0], tuple(lines)) for lines in found]


def _decode(raw: str) -> str:
    try:
        return str(make_header(decode_header(raw)))
    except (MessageError, LookupError, UnicodeError, ValueError):
        return raw


def _unquote(phrase: str) -> str:
    inner = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', phrase)
    return re.sub(r"\\(.)", r"\1", inner[1]) if inner else phrase


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = ()
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule("header-fields", Severity.ERROR, "Compare settings.toml and render/mime.py.", check_fields),
    Rule(
        "header-unsubscribe", Severity.ERROR, "Compare settings.toml and render/mime.py.", check_unsubscribe
    ),
    Rule(
        "header-lines", Severity.ERROR, "Mend render/mime.py; a letter cannot cause this.", check_header_lines
    ),
    Rule("header-words", Severity.ERROR, "Write it without the sign that is lost.", check_words),
)
