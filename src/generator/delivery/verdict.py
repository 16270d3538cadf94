"""What the codes of a mail server mean (RFC 5321, 3463, 4954, 7504, 7505): for the letter, and for its reader.

The only place where replies are judged, whoever asks: a letter, a notice, or a report of a mail that came back. A
mailbox ends at once only when two witnesses agree, or the second is silent: the codes, in the tables here, and the
words, of which `phrases.toml` lists the known ones. Where they contradict each other, the milder one counts.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from functools import cache
from importlib.resources import files

from generator.model import Kind


class Stage(Enum):
    """What a server answered, or where the answer was found."""

    GREETING = "greeting"
    """Our relay, to the connection, EHLO, STARTTLS and AUTH."""
    MAIL = "MAIL"
    RCPT = "RCPT"
    LETTER = "DATA and the letter"
    REPORT = "report"
    """A server further on, in a report of a mail that came back."""


class Verdict(Enum):
    """What a sender does next."""

    YES = "yes"
    LATER = "later"
    """Try this reader again."""
    NEVER = "never"
    """Give up this reader's letter."""
    GONE = "gone"
    """The mailbox does not exist: give it up, and send nothing more."""
    SLOW = "slow"
    """The relay limits the rate for everybody: pause, and go on more slowly."""
    UNABLE = "unable"
    """The way to this reader does not carry the letters of their address (SMTPUTF8): skip this letter. It says nothing
    about the mailbox or about other letters, and the next letter is tried."""
    OURS = "ours"
    """It is about the sender or the letter, and not about the reader: try again. Three in a row stop the run."""
    STOP = "stop"
    """No mail of ours at all: stop the run."""


class Meaning(StrEnum):
    """What the words of a server say."""

    GONE = "gone"
    UNAVAILABLE = "unavailable"
    FULL = "full"
    BUSY = "busy"
    GREYLIST = "greylist"
    BLOCKED = "blocked"
    NAME = "host name"
    SIGNATURE = "signature"
    RATE = "rate"
    SPAM = "spam"
    POLICY = "policy"
    SIZE = "size"
    UTF8 = "SMTPUTF8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply means, and its codes like `550 5.1.1`; never its words, which may hold an address."""

    verdict: Verdict
    codes: str
    kind: Kind = Kind.REFUSED
    """What is noted about the reader when this is the last word: HARD ends the letters, SOFT does after several
    letters (see subscribers.ledger.returns), and REFUSED never does."""
    cause: str = ""
    """What the server said besides: a Meaning like `blocked`, which is ours to mend, or `greylist`."""
    stage: Stage | None = field(default=None, compare=False)
    """To what it was the reply, when it was one to us."""
    wait: float = field(default=0.0, compare=False)
    """Seconds for which an engine asks us to pause; 0 when it says nothing."""
    handed: str = field(default="", compare=False)
    """What an engine calls the mail that it accepted."""

    @property
    def refused(self) -> bool:
        """Whether another attempt would get the same reply."""
        return self.verdict in {Verdict.NEVER, Verdict.GONE}


_GONE = r"(?:1\.(?:1|2|3|6|10)|2\.1)"
"""No such mailbox, domain or syntax; moved; a domain that takes no mail; disabled."""

# The first row that matches `code class.subject.detail`, or the code alone, decides.
_BEFORE = (
    (r"2.*", Verdict.YES, Kind.REFUSED),
    (r"4.*", Verdict.SLOW, Kind.REFUSED),
    (r"5.*", Verdict.STOP, Kind.REFUSED),
)
"""Before a reader is named, it is never about one."""
_READER = (
    (r"2.*", Verdict.YES, Kind.REFUSED),
    # The relay is busy, or limits us.
    (r"(?:421|454).*", Verdict.SLOW, Kind.REFUSED),
    (r"... 4\.[37]\..*", Verdict.SLOW, Kind.REFUSED),
    (r"452", Verdict.SLOW, Kind.REFUSED),
    (r"450 4\.2\.(?!2$).*", Verdict.SLOW, Kind.REFUSED),
    # A full mailbox, or a server that is away.
    (r"4.*", Verdict.LATER, Kind.SOFT),
    # No permission, or a password first.
    (r"(?:521|530|534|535|538).*", Verdict.STOP, Kind.REFUSED),
    (rf"... 5\.{_GONE}", Verdict.GONE, Kind.HARD),
    (r"556", Verdict.GONE, Kind.HARD),
    # The address of the sender, the relay itself, our SMTP, the content, policy.
    (r"... 5\.(?:1\.[78]|[3567]\..*)", Verdict.OURS, Kind.REFUSED),
    # The letter is too long for this mailbox.
    (r"... 5\.2\.3", Verdict.NEVER, Kind.REFUSED),
)
_RCPT = (
    *_READER,
    # Also without an enhanced code, and 5.4.1, which Exchange Online says of a mailbox that it does not know.
    (r"5.*", Verdict.NEVER, Kind.SOFT),
)
_LETTER = (
    *_READER,
    (r"... 5\.[124]\..*", Verdict.NEVER, Kind.SOFT),
    # Who refuses the letter, and does not say why, says nothing about the mailbox.
    (r"5.*", Verdict.NEVER, Kind.REFUSED),
)
_REPORT = (
    # The conversation, the content, policy; the address of the sender; how long the letter is.
    (r".*[45]\.(?:[567]\.\d+|1\.[78]|2\.3|3\.4)", Verdict.OURS, Kind.REFUSED),
    (rf".*5\.{_GONE}", Verdict.GONE, Kind.HARD),
    # Whatever else a server further on says, it gave this mailbox up; 5.3 is about its system, and not about our relay.
    (r".*", Verdict.NEVER, Kind.SOFT),
)
_TABLES = {
    Stage.GREETING: _BEFORE,
    Stage.MAIL: _BEFORE,
    Stage.RCPT: _RCPT,
    Stage.LETTER: _LETTER,
    Stage.REPORT: _REPORT,
}
_ROWS = {
    stage: [(re.compile(pattern), verdict, kind) for pattern, verdict, kind in rows]
    for stage, rows in _TABLES.items()
}

_VAGUE = re.compile(r"(?:5\d\d)? ?(?:5\.(?:0\.\d+|1\.(?:[0459]|1[1-9]\d*)|3\.0|4\.[0-4]|5\.0))?")
"""Codes of a refusal that leave open whether the mailbox exists: with the words that it does not, it is gone."""

_CONTRARY = re.compile(r".*5\.[67]\.\d+")
"""Codes about the letter, or about policy: what they refuse may still exist."""

_UTF8 = r"5\.6\.(?:7|8|9|10)"
"""Addresses or headers beyond ASCII are not taken, here or further on (RFC 6531, 3.7; RFC 5336)."""
_UNABLE = re.compile(rf"(?:501|504|555).*|... (?:{_UTF8}|5\.5\.4|5\.1\.3)")
"""The same, in reply to what has more than ASCII: parameters, or the syntax of an address, that a relay offered to take
and does not."""

_CAUSES = (
    (re.compile(rf".*{_UTF8}"), Meaning.UTF8),
    (re.compile(r".*[45]\.7\.25"), Meaning.NAME),
    (re.compile(r".*[45]\.7\.(?:2[0-9]|30|515)"), Meaning.SIGNATURE),
    (re.compile(r".*[45]\.7\.\d+"), Meaning.POLICY),
)
"""What is ours to mend, where only a code tells (RFC 7372, 8616; Gmail, Outlook.com)."""

_ENHANCED = re.compile(rb"[245](\.\d{1,3}\.\d{1,3})(?=\s|$)")

_NEVER = 500
"""Replies from here on are for good (RFC 5321, 4.2.1)."""
_LISTENED = 2000
"""Characters of what a server said."""


def judge(stage: Stage, code: int, text: bytes, *, utf8: bool = False) -> Reply:
    """What a reply of 2xx, 4xx or 5xx to us means. `text` are its words, which may begin with an enhanced code.

    `utf8`: it is about a reader whose address takes SMTPUTF8.
    """
    found = _ENHANCED.match(text)
    # An enhanced code of another class contradicts its reply (RFC 2034): the reply counts.
    enhanced = found[0].decode() if found and int(text[:1]) == code // 100 else ""
    reply = _find(stage, f"{code} {enhanced}".strip())
    words = text[:_LISTENED].decode("utf-8", "replace")
    if utf8 and code >= _NEVER and (_UNABLE.fullmatch(reply.codes) or _listen(reply, words) is Meaning.UTF8):
        reply = Reply(Verdict.UNABLE, reply.codes, cause=Meaning.UTF8)
    elif stage not in {Stage.GREETING, Stage.MAIL} and reply.verdict not in {Verdict.YES, Verdict.STOP}:
        reply = _weigh(reply, words, later=code < _NEVER)
    return replace(reply, stage=stage)


def judge_report(code: str, enhanced: str, words: str = "") -> Reply:
    """What a report of a mail that came back means: its codes, empty where there is none, and what the server said."""
    found = _find(Stage.REPORT, f"{code} {enhanced}".strip())
    reply = _weigh(found, words[:_LISTENED], later=(enhanced or code).startswith("4"))
    if reply.cause == Meaning.GREYLIST:  # the relay has waited, in vain
        reply = found
    if reply.verdict is Verdict.OURS and not reply.cause:
        cause = next((cause for pattern, cause in _CAUSES if pattern.fullmatch(reply.codes)), "")
        return Reply(Verdict.OURS, reply.codes, cause=cause)
    return reply


def _weigh(reply: Reply, words: str, *, later: bool) -> Reply:
    """What codes and words mean together; `later`: the codes are of a failure that may pass."""
    match _listen(reply, words):
        case None:
            return reply
        case Meaning.GONE:
            if later or not reply.codes or reply.kind is Kind.HARD:
                return reply
            if _VAGUE.fullmatch(reply.codes):
                return Reply(Verdict.GONE, reply.codes, Kind.HARD)
            return Reply(Verdict.NEVER, reply.codes, Kind.SOFT)
        case Meaning.UNAVAILABLE:
            if later or reply.kind is Kind.HARD or _CONTRARY.fullmatch(reply.codes):
                return reply
            return Reply(Verdict.NEVER, reply.codes, Kind.SOFT)
        case Meaning.FULL:
            return reply if later else Reply(Verdict.NEVER, reply.codes, Kind.SOFT)
        case Meaning.BUSY:
            return Reply(Verdict.LATER, reply.codes)
        case Meaning.SIZE:
            return Reply(reply.verdict if later else Verdict.NEVER, reply.codes, cause=Meaning.SIZE)
        case cause:
            return Reply(reply.verdict if later else Verdict.OURS, reply.codes, cause=cause)


def _listen(reply: Reply, words: str) -> Meaning | None:
    """The first known thing that the words say."""
    text = " ".join(words.split())
    for meaning, pattern, codes, vague in _read_replies():
        if vague and reply.kind is not Kind.SOFT:
            continue
        if pattern.search(text) and (codes is None or codes.fullmatch(reply.codes)):
            return meaning
    return None


@cache
def _read_replies() -> list[tuple[Meaning, re.Pattern[str], re.Pattern[str] | None, bool]]:
    data = tomllib.loads(files("generator.delivery").joinpath("phrases.toml").read_text("utf-8"))
    return [
        (
            Meaning(row["means"]),
            re.compile(row["words"], re.IGNORECASE),
            re.compile(row["codes"]) if "codes" in row else None,
            row.get("vague", False),
        )
        for row in data["reply"]
    ]


def _find(stage: Stage, codes: str) -> Reply:
    return next(
        Reply(verdict, codes, kind) for pattern, verdict, kind in _ROWS[stage] if pattern.fullmatch(codes)
    )
