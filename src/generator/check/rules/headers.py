"""The headers of the message: what mail servers and mail programs go by (RFC 5322, 2047, 2369, 2919, 8058)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from functools import wraps
from typing import TYPE_CHECKING

from generator.check.rule import Finding, Rule, Spot
from generator.errors import MailingError
from generator.model import Message, Severity
from generator.render.email.master import STAND_IN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof

LONGEST, WIDEST, WORD = 998, 78, 75
"""The most octets of a line, of a header line that can be folded, and of an encoded word (RFC 5322, RFC 2047)."""
ONE_CLICK = "List-Unsubscribe=One-Click"
UNFOLDED = ("message-id", "list-unsubscribe", "list-help", "list-archive")
"""Headers without a place to fold, or that some programs read only when they are on one line."""

_ENCODED = re.compile(r"=\?[^?\s]*\?[bBqQ]\?[^?\s]*\?=")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_MAILBOX = rf'(?:"(?:[^"\\\r\n]|\\.)*"|[^<>"\r\n]*)\s*<({_ATOM}@{_ATOM})>'
_BOTH = {
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
_DRAFT = {**_BOTH, "X-Unsent": r"(1)"}
"""The headers that a draft has exactly once, each with its form; the first group is compared with the letter."""
_COPY = {
    **_BOTH,
    "To": rf"({_ATOM}@{_ATOM})",
    "List-Help": r"<(https?://[^<>\s]+)>",
    "List-Archive": r"<(https?://[^<>\s]+)>",
    "Feedback-ID": r"([A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+){0,2}:[a-z0-9]{5,15})",
    "Precedence": r"(bulk)",
    "X-Auto-Response-Suppress": r"(OOF)",
}
"""The headers of a copy, the message for one reader."""
_STRANGE = ("Cc", "Bcc", "Sender", "Return-Path", "X-Unsent", "Auto-Submitted")
"""Headers that no copy may have: they reveal a reader, mark a draft, or mark an automatic reply."""


@dataclass(frozen=True, slots=True)
class _Header:
    """A header as it stands in the message."""

    name: str
    lines: tuple[str, ...]

    @property
    def value(self) -> str:
        """The unfolded value (RFC 5322, 2.2.3)."""
        return "".join(self.lines).partition(":")[2].strip()


@dataclass(frozen=True, slots=True)
class _Message:
    """A message with its headers."""

    content: bytes
    forms: Mapping[str, str]
    strange: Sequence[str]
    headers: list[_Header]


def _of_both(check: Callable[[Proof, _Message], Iterator[Finding]]) -> Callable[[Proof], Iterator[Finding]]:
    """Run a check on the draft and on the copy for a reader; a finding about both is yielded once."""

    @wraps(check)
    def checked(proof: Proof) -> Iterator[Finding]:
        draft, said = proof.email.message, set()
        for finding in check(proof, _Message(draft, _DRAFT, (), _read_headers(draft))):
            said.add(finding.message)
            yield finding
        try:
            copy = proof.copy
        except MailingError:
            return  # said by check_unsubscribe, for a way out is what is missing then
        if copy is not None:
            for finding in check(proof, _Message(copy, _COPY, _STRANGE, _read_headers(copy))):
                if finding.message not in said:
                    yield replace(finding, message=Message("in the copy for a reader: {}", finding.message))

    return checked


@_of_both
def check_fields(proof: Proof, message: _Message) -> Iterator[Finding]:
    """The headers of a letter are there once, are well written, and say what the settings and the letter say."""
    settings, edition = proof.newsletter.settings, proof.edition
    expected = {
        "From": settings.sender_address,
        "Reply-To": settings.reply_to,
        "List-Id": settings.list_id,
        "Content-Language": str(edition.language),
        "List-Help": settings.page_url(edition.language, "newsletter.md"),
        "List-Archive": settings.page_url(edition.language, "archive/index.md"),
    }
    for name, form in message.forms.items():
        values = _find_values(message.headers, name)
        if len(values) != 1:
            yield Finding(Message("the message has the header {} {} times; expected once", name, len(values)))
        elif not (match := re.fullmatch(form, values[0])):
            yield Finding(Message("the header {} has an unexpected form: “{}”", name, values[0][:60]))
        elif match[1] != expected.get(name, match[1]):
            yield Finding(Message("the header {} is “{}”; expected “{}”", name, match[1], expected[name]))
        elif name == "Date" and parsedate_to_datetime(match[1]) != edition.published:
            line = Spot(proof.manuscript.line_of("published"))
            yield Finding(
                Message("the header Date is “{}”; expected the time of publication", match[1]), line
            )
    for name in message.strange:
        if _find_values(message.headers, name):
            yield Finding(Message("the message must not have the header {}", name))


@_of_both
def _check_ways_out(_proof: Proof, message: _Message) -> Iterator[Finding]:
    value = next(iter(_find_values(message.headers, "List-Unsubscribe")), "")
    addresses = re.findall(r"<([^<>\s]*)>", value)
    if not re.fullmatch(r"<[^<>\s]+>(?:, ?<[^<>\s]+>)*", value) or "=?" in value:
        yield Finding(
            Message("List-Unsubscribe must have one or more addresses between < and >: “{}”", value[:60])
        )
    if any(len(header.lines) > 1 for header in message.headers if header.name.lower() == "list-unsubscribe"):
        yield Finding(Message("List-Unsubscribe is folded over several lines, which Gmail does not read"))
    if odd := [address for address in addresses if not address.startswith(("https:", "mailto:"))]:
        yield Finding(
            Message("List-Unsubscribe has the address “{}”, which is neither https nor mailto", odd[0][:60])
        )
    posts = _find_values(message.headers, "List-Unsubscribe-Post")
    if posts != [ONE_CLICK] * any(address.startswith("https:") for address in addresses):
        wanted = (
            Message("“{}” once, for there is an https address", ONE_CLICK)
            if not posts
            else Message("there only beside an https address")
        )
        yield Finding(Message("List-Unsubscribe-Post should be {}", wanted))
    if message.forms is _COPY:
        if not all(STAND_IN.unsubscribe in address for address in addresses):
            yield Finding(Message("List-Unsubscribe has an address that does not identify the reader"))
        if addresses != sorted(addresses, key=lambda address: not address.startswith("https:")):
            yield Finding(
                Message(
                    "List-Unsubscribe has the mail address before the https address; mail programs use "
                    "the first"
                )
            )


def check_unsubscribe(proof: Proof) -> Iterator[Finding]:
    """A mail program can end the subscription: addresses are bare, on one line, and one click is for https alone."""
    try:
        _ = proof.copy
    except MailingError as error:
        yield Finding(error.args[0])
    yield from _check_ways_out(proof)


@_of_both
def check_header_lines(_proof: Proof, message: _Message) -> Iterator[Finding]:
    """Lines are as long as RFC 5322 allows, end in CRLF, are folded before a space, and are ASCII."""
    if re.search(rb"[^\x00-\x7f]", message.content):
        yield Finding(Message("the message contains non-ASCII characters, which old servers damage"))
    if re.search(rb"\r(?!\n)|(?<!\r)\n", message.content):
        yield Finding(Message("a line of the message does not end in CRLF"))
    longest = max(map(len, message.content.split(b"\r\n")))
    if longest > LONGEST:
        yield Finding(Message("a line of the message has {} characters; servers accept {}", longest, LONGEST))
    for header in message.headers:
        if not re.fullmatch(r"[!-9;-~]+", header.name):
            yield Finding(Message("a header line has an invalid form: “{}”", header.lines[0][:60]))
        for line in header.lines:
            if len(line) > WIDEST and header.name.lower() not in UNFOLDED:
                yield Finding(
                    Message(
                        "a line of the header {} has {} characters; at most {} are allowed",
                        header.name,
                        len(line),
                        WIDEST,
                    )
                )
        if any(not line.strip() for line in header.lines[1:]):
            yield Finding(
                Message(
                    "the header {} has an empty folded line, which ends the headers for some programs",
                    header.name,
                )
            )


@_of_both
def check_words(proof: Proof, message: _Message) -> Iterator[Finding]:
    """The sender and the subject are decoded to what was written."""
    headers = {header.name.lower(): header.value for header in message.headers}
    subject, sender = headers.get("subject", ""), headers.get("from", "").rpartition("<")[0].strip()
    block = message.content.partition(b"\r\n\r\n")[0]
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
        yield Finding(Message("the header {} contains a control character", name), spot)
    elif odd is not None:
        yield Finding(Message("the header {} is read as “{}”, not as “{}”", name, odd, written), spot)
    elif long:
        yield Finding(
            Message(
                "an encoded word in the header {} has {} characters; at most {} are allowed",
                name,
                len(long),
                WORD,
            ),
            spot,
        )


def _decode(raw: str) -> str:
    try:
        return str(make_header(decode_header(raw)))
    except (MessageError, LookupError, UnicodeError, ValueError):
        return raw


def _unquote(phrase: str) -> str:
    inner = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', phrase)
    return re.sub(r"\\(.)", r"\1", inner[1]) if inner else phrase


def _read_headers(message: bytes) -> list[_Header]:
    """The headers of a message, in order. A line that begins with white space continues the one before it."""
    found: list[list[str]] = []
    for line in message.partition(b"\r\n\r\n")[0].decode("ascii", "replace").split("\r\n"):
        if line[:1] in {" ", "\t"} and found:
            found[-1].append(line)
        else:
            found.append([line])
    return [_Header(lines[0].partition(":")[0], tuple(lines)) for lines in found]


def _find_values(headers: list[_Header], name: str) -> list[str]:
    """The values of all headers with a name, in any capitals."""
    return [header.value for header in headers if header.name.lower() == name.lower()]


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = ()
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule("header-fields", Severity.ERROR, Message("Check settings.toml and render/mime.py."), check_fields),
    Rule(
        "header-unsubscribe",
        Severity.ERROR,
        Message("Check settings.toml and render/mime.py."),
        check_unsubscribe,
    ),
    Rule(
        "header-lines",
        Severity.ERROR,
        Message("This is a bug in render/mime.py; a letter cannot cause it."),
        check_header_lines,
    ),
    Rule("header-words", Severity.ERROR, Message("Leave out the character that is lost."), check_words),
)
