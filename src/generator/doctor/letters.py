"""The letter of the week: it exists, is no draft, and has the headers that mail providers require.

And as a mailbox received it: still the letter that left, or changed by a relay.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from email import message_from_bytes
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.check import check_proof
from generator.check.proofs import Proof
from generator.check.rules.headers import PROOF_RULES
from generator.check.web.addresses import read_html
from generator.delivery.incoming.message import MOST, Incoming
from generator.delivery.outgoing.transports import VARIABLE as MAIL
from generator.doctor.answers import fail, warn, well
from generator.environment import find_files, find_signer
from generator.errors import GeneratorError, RequestError
from generator.mailing.trial import prepare_letter
from generator.model import Severity, Week
from generator.sentences import count, join_words
from generator.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.content import Newsletter
    from generator.doctor.answers import Answer
    from generator.model import Issue, Language
    from generator.settings import Settings


def examine_letter(newsletter: Newsletter, week: Week) -> Iterator[Answer]:
    """The letter of `week`, and the headers of its emails as subscribers get them."""
    issue = newsletter.archive.issue(week)
    if issue is None:
        yield warn("letter", f"there is no letter of {week} yet", f"Run `generate issue {week}`.")
        return
    if issue.draft:
        remedy = "Delete “draft: true” in both languages when it is finished."
        yield warn("letter", f"the letter of {week} is a draft", remedy)
    yield from _look_at_headers(newsletter, issue)


def _look_at_headers(newsletter: Newsletter, issue: Issue) -> Iterator[Answer]:
    sizes: list[int] = []
    for edition in issue.editions.values():
        proof = Proof(newsletter, issue, edition)
        problems = [
            problem
            for problem in check_proof(proof, (), PROOF_RULES)
            if problem.rule != "waive" and not problem.waived
        ]
        for problem in problems:
            if problem.severity is Severity.ERROR:
                yield fail(
                    "headers", f"{edition.week}/{edition.language}: {problem.message}", problem.remedy or ""
                )
        if not problems:
            sizes.append(len(proof.copy or proof.email.message))
    if len(sizes) == len(issue.editions):
        yield well(
            "headers",
            f"the headers of the letter of {issue.week} are correct; at most {max(sizes) / 1000:,.0f} kB per letter",
        )


# --- As it was received ---

_SAVE = "save the mail itself, with its source, as an .eml file"
_UNLESS = (
    "If that host filters the mail of this mailbox, send the proof to another one; if the letter was edited since, "
    "send a new proof."
)
_LINKS = f"Your relay rewrites links: switch click tracking off there. {_UNLESS}"
_PICTURES = f"Your relay counts who opens a letter: switch open tracking off there. {_UNLESS}"
_WRITTEN = f"Your relay writes in letters: switch footers and the like off there. {_UNLESS}"
_NAME = re.compile(r"(?:^|boundary=\"?=_)(\d{4}-W\d\d)\.([a-z]{2})(?=[:\";\s]|$)")
"""What a letter calls itself, at the beginning of Feedback-ID and in its boundary."""
_PERSONAL = re.compile(
    r"(?<=/unsubscribe/)[\w.-]+|(?<=/preferences/)[\w.-]+|(?<=unsubscribe%20)[\w.-]+|(?<=\+)\d{4}-w\d\d\.[a-z\d.-]+(?=@)"
)
"""What differs from copy to copy: the token behind a link, and the tag in an address."""
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+")
_WORDS = 8
"""Words that are shown of a change."""


@dataclass(frozen=True, slots=True)
class _Mail:
    """What is compared of a mail."""

    kinds: list[str]
    """The type of each part, such as text/html."""
    links: Mapping[str, list[str]]
    """The addresses in the HTML and in the text, without what is personal."""
    pictures: list[str]
    words: Mapping[str, list[str]]


def examine_received(root: Path, path: Path, week: Week | None, now: datetime) -> Iterator[Answer]:
    """Compare a letter that a mailbox received (an .eml file) with the one that would leave now.

    `week` is needed when the mail does not say it itself. Raises GeneratorError for a file that is no such letter, and
    RequestError when nobody knows which letter it is.
    """
    settings = read_settings(root)
    mail = _open(path)
    _check_sender(mail, path, settings)
    received = _read(mail, path)
    if "message/rfc822" in received.kinds:
        raise GeneratorError(f"{path} is a forward, with another mail in it; {_SAVE}")
    named, language_named = _find_name(mail)
    found = named or week
    if found is None:
        raise RequestError(f"{path} has lost the name of its letter (Feedback-ID); add --week")
    if week not in {None, found}:
        raise RequestError(f"{path} is the letter of {found}, and not of {week}")
    if find_files(root):  # links of a trial lead to this machine
        raise GeneratorError(
            f"{MAIL} names no relay; run this with the environment in which the proof was sent"
        )
    masters = prepare_letter(root, settings, found, now, looks=False).masters
    letters = {language: Incoming(master) for language, master in masters.items()}
    language = _find_language(mail, letters, language_named)
    if language is None:
        raise GeneratorError(
            f"the letter of {found} is in no language like {path}, by name or subject; {_SAVE}"
        )
    left = letters[language]
    yield well("letter", f"{path} is the letter of {found} in the language {language}")
    answers = [*_compare(_read(left, path), received), *_compare_headers(left, mail)]
    yield from answers
    if not answers:
        yield well(
            "tracking", "every link, picture and word, and the headers to unsubscribe, are as they left"
        )
    yield _look_at_signature(mail, settings.dkim[1] if find_signer(root, settings) else "")


def _open(path: Path) -> Incoming:
    with path.open("rb") as file:
        content = file.read(MOST + 1).lstrip(b"\xef\xbb\xbf\r\n")  # a byte order mark of Windows
    if not content:
        raise GeneratorError(f"{path} is empty; {_SAVE}")
    if len(content) > MOST:
        raise GeneratorError(f"{path} has more than {MOST:,} bytes, so it is no letter of ours; {_SAVE}")
    if content.startswith(b"From "):  # a mailbox in a file (mbox)
        if re.search(rb"\n\r?\nFrom [^\n]*\n[!-9;-~]+:", content):
            raise GeneratorError(f"{path} has several mails; {_SAVE}")
        content = re.sub(rb"^>(>*From )", rb"\1", content, flags=re.MULTILINE)
    return Incoming(content)


def _check_sender(mail: Incoming, path: Path, settings: Settings) -> None:
    """Raise GeneratorError for what is no mail, did not travel, or is from somebody else."""
    sender = mail.header("From")
    if not sender:
        raise GeneratorError(f"{path} is no mail: it has no header From; {_SAVE}")
    if settings.sender_address.lower() not in re.split(r"[\s<>]+", sender.lower()):
        found = f"{path} is from {_quote(sender)}, and not from {settings.sender_address}"
        raise GeneratorError(f"{found}; a forward or a reply is another mail: {_SAVE}")
    if not mail.headers("Received"):
        raise GeneratorError(f"{path} was not received: no server has put its header Received in it; {_SAVE}")


def _find_name(mail: Incoming) -> tuple[Week | None, str]:
    """The week and the language that a mail names, if it does."""
    for value in (*mail.headers("Feedback-ID"), *mail.headers("Content-Type")):
        if found := _NAME.search(value):
            with suppress(ValueError):  # nobody is known to write of a week 99
                return Week.parse(found[1]), found[2]
    return None, ""


def _find_language(mail: Incoming, letters: Mapping[Language, Incoming], named: str) -> Language | None:
    """The language that a mail names; else that of the one letter that has its subject."""
    same = [
        language
        for language, letter in letters.items()
        if (language == named if named else letter.header("Subject") == mail.header("Subject"))
    ]
    return same[0] if len(same) == 1 else None


def _read(mail: Incoming, path: Path) -> _Mail:
    """Take a mail apart. Raises GeneratorError when it cannot be read."""
    try:
        parts = [*message_from_bytes(mail.whole).walk()]
        texts: dict[str, str] = {}
        for part in parts:
            content = part.get_payload(decode=True)
            if part.get_content_maintype() == "text" and isinstance(content, bytes):
                text = content.decode(part.get_content_charset("utf-8"), "replace")
                texts.setdefault(part.get_content_type(), _PERSONAL.sub("", text))
    except (LookupError, RecursionError, ValueError):
        raise GeneratorError(f"{path} has parts that cannot be read; {_SAVE}") from None
    links, pictures, words = read_html(texts.get("text/html", ""))
    text = texts.get("text/plain", "")
    return _Mail(
        [part.get_content_type() for part in parts if part.get_content_maintype() != "multipart"],
        {"HTML": links, "text": _ADDRESS.findall(text)},
        pictures,
        {"HTML": words.split(), "text": _ADDRESS.sub("", text).split()},
    )


def _compare(left: _Mail, received: _Mail) -> Iterator[Answer]:
    """What was done to a letter on its way."""
    if left.kinds != received.kinds:
        parts = _quote(join_words(received.kinds or ["nothing"]))
        yield fail(
            "parts", f"the mail is made of {parts}; the letter left as {join_words(left.kinds)}", _WRITTEN
        )
    for place, links in left.links.items():
        yield from _compare_addresses(("link", "leads to", "lead to"), place, links, received.links[place])
    yield from _compare_addresses(
        ("picture", "comes from", "come from"), "HTML", left.pictures, received.pictures
    )
    for place, words in left.words.items():
        pairs = enumerate(zip_longest(words, received.words[place]))
        at = next((number for number, (before, after) in pairs if before != after), None)
        if at is not None:
            before, after = (
                _quote(" ".join(some[at : at + _WORDS])) for some in (words, received.words[place])
            )
            yield fail(
                "words", f"the {place} says {after or 'nothing'} instead of {before or 'nothing'}", _WRITTEN
            )


def _compare_addresses(
    noun: tuple[str, str, str], place: str, left: list[str], received: list[str]
) -> Iterator[Answer]:
    """An answer for each host that addresses lead to now, and that is missing. `noun`: with its verb for 1 and 2."""
    changes: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for kind, start, end, first, last in SequenceMatcher(None, left, received, autojunk=False).get_opcodes():
        if kind != "equal":
            for before, after in zip_longest(left[start:end], received[first:last], fillvalue=""):
                same = before and after and _host(before) == _host(after)
                what = "other" if same else "added" if not before else "changed" if after else "missing"
                changes.setdefault((what, _host(after or before)), []).append((before, after))
    for (what, host), pairs in changes.items():
        said = f"{count(len(pairs), noun[0])} of the {place}"
        verb, was = (noun[1], "was") if len(pairs) == 1 else (noun[2], "were")
        before, after = pairs[0]
        if what == "changed":
            hosts = join_words(dict.fromkeys(_host(address) for address, _ in pairs))
            found = f"{said} {verb} {host} instead of {hosts}"
        elif what == "other":
            found = f"{said} {verb} another address at {host}: {_quote(after)} instead of {_quote(before)}"
        else:
            taken = "added" if what == "added" else "taken out"
            found = f"{said}, at {host}, {was} {taken}: {_quote(after or before)}"
        yield fail("tracking", found, _PICTURES if noun[0] == "picture" else _LINKS)


def _compare_headers(left: Incoming, received: Incoming) -> Iterator[Answer]:
    """The headers by which a mail program unsubscribes."""
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post"):
        before, after = (
            [_PERSONAL.sub("", value.replace(" ", "")) for value in mail.headers(name)]
            for mail in (left, received)
        )
        if before != after:
            ours, theirs = (_quote(", ".join(values)) or "nothing" for values in (before, after))
            found = f"is {theirs} instead of {ours}" if after else "is gone"
            remedy = "Switch the unsubscribe links of your relay off: readers could not leave by one click."
            yield fail("headers", f"{name} {found}", remedy)


def _look_at_signature(mail: Incoming, ours: str) -> Answer:
    """Whether the mail is signed, not whether the signature holds. `ours`: the domain that we sign for, or empty."""
    signatures = [
        re.search(r"(?:^|;)\s*d\s*=\s*([\w.-]+)", value) for value in mail.headers("DKIM-Signature")
    ]
    domains = [found[1].lower() for found in signatures if found]
    remedy = "See “Your own signature” in deploy/SET-UP.md, or switch DKIM on at your relay."
    if not domains:
        return fail("signature", "the mail has no DKIM-Signature", remedy)
    if ours and ours.lower() not in domains:
        return fail("signature", f"our DKIM-Signature, for {ours}, is gone", remedy)
    found = f"there is a DKIM-Signature for {join_words(dict.fromkeys(domains))}"
    return well("signature", f"{found}; whether it holds stands in Authentication-Results")


def _host(address: str) -> str:
    """The host of an address, or what else it is, with nothing that a terminal could take for a command."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or (f"{parts.scheme}:" if parts.scheme else "no host")
    except ValueError:
        host = ""
    return host if host and re.fullmatch(r"[\w.: -]+", host) else "an invalid host"


def _quote(text: str) -> str:
    """The beginning of what somebody else wrote, in quotation marks; empty for nothing."""
    shown = "".join(sign for sign in text[:160] if sign.isprintable())
    return f"“{shown}{'…' if len(text) > 160 else ''}”" if text else ""  # noqa: PLR2004 (above)
