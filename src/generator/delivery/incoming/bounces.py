"""A report that a mail did not arrive → what it says about the mailbox: RFC 3464, and the forms before it.

The codes are judged in delivery.verdict. The only user of flufl.bounce, which knows the forms of servers without a
standard.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes
from typing import TYPE_CHECKING

from flufl.bounce import all_failures

from generator.delivery.incoming.message import read_groups
from generator.delivery.verdict import Reply, Verdict, judge_report
from generator.model import Kind

if TYPE_CHECKING:
    from generator.delivery.incoming.message import Incoming

# What it logs about a mail that it cannot read would hold addresses.
logging.getLogger("flufl.bounce").disabled = True

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_CODES = re.compile(r"(?<![\d.])([45]\d\d)(?![\d])(?:[ #-]{1,3}\(?#?([45]\.\d{1,3}\.\d{1,3})(?!\.?\d))?")
_MARKED = re.compile(r"#([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
"""As qmail writes it, without a code before it."""

_RETURNED = re.compile(r"^(?:Return-Path|Received|Message-ID|DKIM-Signature):", re.IGNORECASE | re.MULTILINE)
"""Where our own letter begins, which may hold any word."""

_READ = 65_536
"""Bytes of a mail in which a server without a standard says what it has to say."""
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
    words = group.get("diagnostic-code", "")
    status = _STATUS.match(group.get("status", ""))
    code, enhanced = _find_codes(words)
    said = enhanced
    if status and not (enhanced and status[0].endswith(".0")):  # what is vague gives way to what is not
        enhanced = status[0]
    # A server between may have turned a refusal of ours into a code for a mailbox.
    if judge_report(code, said).verdict is Verdict.OURS:
        return Bounce(None, f"{code} {enhanced}".strip())
    return _read(judge_report(code, enhanced, words))


def _read(reply: Reply) -> Bounce:
    return Bounce(reply.kind if reply.kind in {Kind.HARD, Kind.SOFT} else None, reply.codes)


def _find_codes(words: str) -> tuple[str, str]:
    """The first pair of codes in what a server said, or the first code; empty for what is not there."""
    found = list(_CODES.finditer(words))
    for match in found:
        if match[2]:
            return match[1], match[2]
    marked = _MARKED.search(words)
    return found[0][1] if found else "", marked[1] if marked else ""


def _guess(mail: Incoming) -> Bounce | None:
    """The forms without a standard."""
    text = _tame(mail.whole[:_READ])
    if len(re.findall(rb"content-type", text, re.IGNORECASE)) > _NESTED:
        return None
    try:
        late, failed = all_failures(message_from_bytes(text))
    except Exception:  # noqa: BLE001 (whatever a stranger makes the parser or a detector do, it is no bounce)
        return None
    if not failed:
        return Bounce(None) if late else None
    words = _RETURNED.split(mail.texts[-1][:_READ], maxsplit=1)[0]
    code, enhanced = _find_codes(words)
    return _read(judge_report(code, enhanced, "" if enhanced else words))


def _tame(mail: bytes) -> bytes:
    """The same mail, without lines and headers that are longer than mail has."""
    kept, folded = [], 0
    for line in mail.splitlines():
        folded = folded + 1 if line[:1] in b" \t" and line else 0
        if folded <= _FOLDED:
            kept.append(line[:_LINE])
    return b"\n".join(kept)
