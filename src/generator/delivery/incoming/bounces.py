"""A report that a mail did not arrive → what it says about the mailbox: RFC 3464, and the forms before it.

Codes and words are judged in delivery.verdict. The only user of flufl.bounce, which knows the forms of servers without
a standard. It looks for an address, which the caller has already, signed; so where it knows no form, a code or words of
failure in the text of a machine are enough.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from email import message_from_bytes
from typing import TYPE_CHECKING

from flufl.bounce import all_failures

from generator.delivery.incoming.message import read_groups
from generator.delivery.verdict import Reply, judge_report
from generator.model import Kind

if TYPE_CHECKING:
    from generator.delivery.incoming.message import Incoming

# What it logs about a mail that it cannot read would hold addresses.
logging.getLogger("flufl.bounce").disabled = True

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_CODES = re.compile(
    r"(?<![\d.])(4[25]\d|5[0-7]\d)(?![\d])(?:[ :#-]{1,3}\(?#?([45]\.\d{1,3}\.\d{1,3})(?!\.?\d))?"
)
_MARKED = re.compile(r"(?:#|\bstatus: {0,9})([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)", re.IGNORECASE)
"""As qmail writes it, without a code before it; and a field of a report whose parts cannot be told apart."""

_MACHINES = re.compile(
    r"mailer-daemon|postmaster@|microsoftexchange\w*@|mail(?:er)? ?(?:delivery|administrator|system|daemon)",
    re.IGNORECASE,
)

_AWAY = re.compile(
    r"out[ -]of[ -](?:the[ -])?office|vacation|holiday|on leave|\baway\b|auto\w*[ -]?(?:reply|response|answer|antwort?)"
    r"|afwezig|vakantie|abwesen|urlaub|absen[ct]|\bcong",
    re.IGNORECASE,
)
"""Subjects of mail that a program sends for somebody who is away, in the languages of our readers' neighbours."""

_LATE = re.compile(
    r"action: *(?:delayed|delivered|relayed|expanded)|\bdelayed\b|not yet been|still (?:being|trying)|"
    r"(?:will|shall) (?:be )?(?:retr|try|keep|continue|attempt)|warning(?: message)? only|no action is required|"
    r"do not need to resend|successfully (?:delivered|relayed)",
    re.IGNORECASE,
)
"""Words of a report that a letter may still arrive, or has."""

_FAILED = re.compile(
    r"undeliver|(?:not|n.t|unable to|never|failed to) (?:\w+ ){0,2}deliver"
    r"|deliver\w*(?: \w+){0,3} (?:fail|unsuccessful)"
    r"|returned (?:mail|to sender)|return(?:ed|ing) (?:mail|message|your)|failure notice|permanent (?:error|failure)"
    r"|fail\w* (?:\w+ ){0,3}deliver|nondeliver|onbestelbaar|niet (?:\w+ ){0,3}bezorgd|unzustellbar|non remis",
    re.IGNORECASE,
)
"""Words of a report that a letter did not arrive."""

_RETURNED = re.compile(r"^(?:Return-Path|Received|Message-ID|DKIM-Signature):", re.IGNORECASE | re.MULTILINE)
"""Where our own letter begins, which may hold any word."""

_READ = 65_536
"""Bytes of a mail in which a server without a standard says what it has to say."""
_BEFORE, _BEHIND = 300, 600
"""Characters around a code that may be about it."""
_NESTED = 30
_FOLDED = 20
"""As many lines of a header are looked at; Python's parser takes quadratic time for some."""
_LINE = 998


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says about the mailbox."""

    kind: Kind | None
    """HARD or SOFT; None: nothing, because it was only late, has arrived, or it is about us."""
    codes: str = ""
    """Like `550 5.1.1`, as far as they are known."""
    cause: str = ""
    """What is ours to mend, when it is about us and the server said so: see delivery.verdict.Meaning."""


def read_bounce(mail: Incoming) -> Bounce | None:
    """The bounce in a delivery report (DSN), or None: not a report. Of several recipients the mildest result counts."""
    for part in mail.parts:
        if part.kind in {"message/delivery-status", "message/global-delivery-status"}:
            # The first group is about the message, each other about one mailbox (RFC 3464, 2.1).
            said = [_read_group(group) for group in read_groups(part.content) if "action" in group]
            return min(said, key=_order, default=Bounce(None))
    return _guess(mail)


def _order(bounce: Bounce) -> int:
    return [None, Kind.SOFT, Kind.HARD].index(bounce.kind)


def _read_group(group: dict[str, str]) -> Bounce:
    # Anything may stand behind the action, in brackets; OpenSMTPD says error (RFC 3464, 2.3.3).
    if not group["action"].lower().startswith(("failed", "error")):
        return Bounce(None)
    return read_failure(group.get("status", ""), group.get("diagnostic-code", ""))


def read_failure(given: str, words: str) -> Bounce:
    """What a failure says: the status that a reporter gave it, and what the server of the mailbox said."""
    status = _STATUS.match(given)
    code, enhanced = find_codes(words)
    replies = [judge_report(code, enhanced or (status[0] if status else ""), words)]
    if status and not (enhanced and status[0].endswith(".0")):  # what is vague gives way to what is not
        replies.append(judge_report(code, status[0], words))
    # A server between may have turned a refusal of ours into a code for a mailbox, or full into gone.
    bounce = _read(min(replies, key=_order_reply))
    return replace(bounce, codes=replies[-1].codes)


def _order_reply(reply: Reply) -> int:
    return [Kind.REFUSED, Kind.SOFT, Kind.HARD].index(reply.kind)


def _read(reply: Reply) -> Bounce:
    return Bounce(None if reply.kind is Kind.REFUSED else reply.kind, reply.codes, reply.cause)


def find_codes(words: str) -> tuple[str, str]:
    """The first pair of codes in what a server said, or the first code; empty for what is not there."""
    found = list(_CODES.finditer(words))
    for match in found:
        if match[2]:
            return match[1], match[2]
    marked = _MARKED.search(words)
    return found[0][1] if found else "", marked[1] if marked else ""


def may_report(mail: Incoming) -> bool:
    """Whether a mail that did not come to the return path of a letter may be a report about one all the same."""
    return (
        mail.kind.startswith("multipart/report")
        or mail.head.get("X-Failed-Recipients") is not None
        or mail.is_from_nobody
        or bool(_MACHINES.search(mail.header("From")))
    )


def _guess(mail: Incoming) -> Bounce | None:
    """The forms without a standard."""
    late, failed = _detect(mail)
    words = _find_words(mail)
    if not failed and not late and _is_read_all_the_same(mail, words):
        failed, late = not _LATE.search(words), True
    if not failed:
        return Bounce(None) if late else None
    code, enhanced = find_codes(words)
    # The words about the first code, or all: what else a server writes would be taken for its reason.
    place = words.find(enhanced or code)
    return _read(judge_report(code, enhanced, words[max(0, place - _BEFORE) : place + _BEHIND]))


def _detect(mail: Incoming) -> tuple[bool, bool]:
    """Whether flufl.bounce finds an address that fails for now, or for ever."""
    text = _tame(mail.whole[:_READ])
    if len(re.findall(rb"content-type", text, re.IGNORECASE)) > _NESTED:
        return False, False
    try:
        late, failed = all_failures(message_from_bytes(text))
    except Exception:  # noqa: BLE001 (whatever a stranger makes the parser or a detector do, it is no bounce)
        return False, False
    return bool(late), bool(failed)


def _find_words(mail: Incoming) -> str:
    """What a server wrote, without the letter that comes back."""
    texts = [part.content for part in mail.parts if part.kind.startswith("text/")]
    text = b"\n".join(texts).decode("ascii", "replace") if texts else mail.texts[-1]
    return _RETURNED.split(text[:_READ], maxsplit=1)[0]


def _is_read_all_the_same(mail: Incoming, words: str) -> bool:
    """Whether a machine says that the letter failed, or is late, in a form that nobody knows; never for who is away."""
    subject = mail.header("Subject")
    if not may_report(mail) or _AWAY.search(subject) or "vacation" in mail.header("Auto-Submitted").lower():
        return False
    if any(mail.head.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Vacation")):
        return False
    if mail.header("Precedence").lower() == "auto_reply":
        return False
    fails = bool(_FAILED.search(subject) or _FAILED.search(words) or _LATE.search(words))
    has_code = any(find_codes(words))
    if _MACHINES.search(mail.header("From")):
        return fails or has_code
    return fails and has_code


def _tame(mail: bytes) -> bytes:
    """The same mail, without lines and headers that are longer than mail has."""
    kept, folded = [], 0
    for line in mail.splitlines():
        folded = folded + 1 if line[:1] in b" \t" and line else 0
        if folded <= _FOLDED:
            kept.append(line[:_LINE])
    return b"\n".join(kept)
