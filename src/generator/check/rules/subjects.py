"""Subject and summary: the two lines by which a reader decides."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.check.memo import survey
from generator.check.rule import Finding, Rule
from generator.model import Message, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof
    from generator.content import Newsletter
    from generator.model import Edition, Language, Week

SUBJECT = range(10, 61)
"""Shorter says nothing; longer is cut on a phone."""
SUMMARY = range(40, 141)
"""Shorter, and a mail program fills the preview with the beginning of the letter; longer, and it is cut."""
ALIKE = 0.8
"""The share of common words from which two lines are too alike."""

_CAPITALS = re.compile(r"[^\W\d_]{5,}")
_LOUD_LINE = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{2,}(?:[ \t]+[A-ZÀ-ÖØ-Þ]{2,}){2,}\b")
"""Three words in capitals, where acronyms would have a comma or a small word between them."""

_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a flag
    "|[#*0-9]\ufe0f?\u20e3"  # a key
    "|(?:[\U0001f000-\U0001f0ff\U0001f170-\U0001f1e5\U0001f200-\U0001faff"
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be"
    "\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757"
    "\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]|[\u2190-\u2bff\u3030\u303d](?=\ufe0f))"
    "\ufe0f?[\U0001f3fb-\U0001f3ff]?(?:\u200d[^\\s\\w]\ufe0f?[\U0001f3fb-\U0001f3ff]?)*"
)
"""One emoji, which may have several characters: a skin tone, a gender or a family follows after a joiner."""

_BLANKS = (
    r"(?:voor|achter|bedrijfs)?naam(?: [\w ]{1,30})?|(?:first |last |full |your |customer |company )?name"
    r"|bedrijf|company|datum|date|bedrag|amount|aantal|number|bron|source|citation needed|url|tekst|titel"
    r"|in ?te ?vullen|invullen|vul in|nog doen|fill in|insert [\w ]{1,30}"
)
"""Words between brackets that are to be filled in."""
_PLACEHOLDER = re.compile(
    r"\b(?:TK|TKTK|TBD|FIXME|XXX+|xxx+)\b|\bTODO\b(?!-)|\btodo:|\bn\.t\.b\.|\bNTB\b|\?{3,}"
    r"|\b[Ll]orem ipsum\b|\{\{[^{}\n]*\}\}"
    rf"|\[(?i:{_BLANKS})\](?![(\[:])|<(?i:{_BLANKS})>"
    r"|(?:…|\.\.\.)[ \t]*(?i:invullen|aanvullen|vul in|fill in)\b"
)
_NAMES = {"title": Message("title"), "subject": Message("subject"), "summary": Message("summary")}
_ESCAPED = re.compile(r"\\([\[{<])|\\([\]}>])")


def check_subject_length(manuscript: Manuscript) -> Iterator[Finding]:
    """The subject fits on a line of a phone."""
    field = manuscript.fields["subject"]
    if len(field.text) not in SUBJECT:
        yield Finding(
            Message(
                "the subject has {} characters; {} to {} are recommended",
                len(field.text),
                SUBJECT.start,
                SUBJECT.stop - 1,
            ),
            field.spot(),
        )


def check_subject_repeated(proof: Proof) -> Iterator[Finding]:
    """No earlier letter had the same subject, capitals and punctuation aside."""
    edition = proof.edition
    if found := find_same_subject(proof.newsletter, edition):
        message = Message("the letter of {} had the same subject, “{}”", *found)
        yield Finding(message, proof.manuscript.fields["subject"].spot())


def find_same_subject(newsletter: Newsletter, edition: Edition) -> tuple[Week, str] | None:
    """The week and the subject of the last letter before an edition with the same one, as it was written there."""
    others = _survey_subjects(newsletter).get((edition.language, _plain(edition.subject)), ())
    return next(((other.week, other.subject) for other in others if other.week < edition.week), None)


@survey
def _survey_subjects(newsletter: Newsletter) -> dict[tuple[Language, tuple[str, ...]], list[Edition]]:
    """The editions with each subject, the newest first."""
    found: dict[tuple[Language, tuple[str, ...]], list[Edition]] = {}
    for issue in newsletter.archive.issues:
        for language, edition in issue.editions.items():
            found.setdefault((language, _plain(edition.subject)), []).append(edition)
    return found


def check_shouting(manuscript: Manuscript) -> Iterator[Finding]:
    """Title, subject and summary have no words in capitals but acronyms and house words."""
    known = manuscript.newsletter.style[manuscript.language].words
    for field in dict.fromkeys(manuscript.fields.values()):
        if line := _LOUD_LINE.search(field.text):
            yield Finding(Message("“{}” is in capitals", line[0]), field.spot(*line.span()))
            continue
        for match, spot in field.find(_CAPITALS):
            if match[0].isupper() and match[0] not in known:
                yield Finding(Message("“{}” is in capitals", match[0]), spot)


def check_emoji(manuscript: Manuscript) -> Iterator[Finding]:
    """Title, subject and summary have one emoji at most."""
    for field in dict.fromkeys(manuscript.fields.values()):
        found = list(field.find(_EMOJI))
        if len(found) > 1:
            pictures = " ".join(match[0] for match, _ in found[:10])
            yield Finding(
                Message(
                    "the {} has {} emoji ({}); at most one is recommended",
                    _NAMES[field.name],
                    len(found),
                    pictures,
                ),
                found[1][1],
            )


def check_placeholder(manuscript: Manuscript) -> Iterator[Finding]:
    """Nothing is left to be filled in."""
    for field in dict.fromkeys(manuscript.fields.values()):
        for match, spot in field.find(_PLACEHOLDER):
            yield Finding(Message("“{}” is a placeholder that is not filled in", match[0]), spot)
    # The passages have no brackets any more: only code is hidden here, and `\[name\]` is read as `[name]`.
    raw = _ESCAPED.sub(lambda match: f" {match[1]}" if match[1] else f"{match[2]} ", manuscript.uncoded)
    defined = {link.text.casefold() for link in manuscript.marks.links}
    for match in _PLACEHOLDER.finditer(raw):
        if match[0][1:-1].casefold() not in defined:
            place = manuscript.body + match.start()
            yield Finding(
                Message("“{}” is a placeholder that is not filled in", match[0]),
                manuscript.spot(place, place + len(match[0])),
            )


def check_summary_length(manuscript: Manuscript) -> Iterator[Finding]:
    """The summary fits beside the subject in an inbox."""
    field = manuscript.fields["summary"]
    if len(field.text) not in SUMMARY:
        yield Finding(
            Message(
                "the summary has {} characters; {} to {} are recommended",
                len(field.text),
                SUMMARY.start,
                SUMMARY.stop - 1,
            ),
            field.spot(),
        )


def check_summary_repeats_title(manuscript: Manuscript) -> Iterator[Finding]:
    """The summary says something that title and subject do not."""
    summary = _plain(manuscript.summary)
    for key in ("title", "subject"):
        if _are_alike(_plain(manuscript.fields[key].text), summary):
            yield Finding(
                Message("the summary repeats the {}", _NAMES[key]), manuscript.fields["summary"].spot()
            )
            return


@lru_cache(maxsize=8192)
def _plain(line: str) -> tuple[str, ...]:
    """The words of a line, in lower case; memoised, because each letter is compared with all others."""
    return tuple(re.findall(r"\w+", line.casefold()))


def _are_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one line has nearly all words of the other."""
    shorter, longer = sorted((set(one), set(other)), key=len)
    return one == other or (len(shorter) > 3 and len(shorter & longer) >= ALIKE * len(shorter))  # noqa: PLR2004 (a few words)


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = (
    Rule("subject-length", Severity.WARNING, Message("Use other words."), check_subject_length),
    Rule("shouting", Severity.WARNING, Message("Use lower case."), check_shouting),
    Rule("emoji", Severity.WARNING, Message("Keep the best one, or none."), check_emoji),
    Rule("placeholder", Severity.ERROR, Message("Fill it in, or delete it."), check_placeholder),
    Rule("summary-length", Severity.WARNING, Message("Rewrite it as one sentence."), check_summary_length),
    Rule(
        "summary-repeats-title",
        Severity.ERROR,
        Message("Describe in the summary what readers get."),
        check_summary_repeats_title,
    ),
)
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "subject-repeated",
        Severity.ERROR,
        Message("Choose another subject for this letter."),
        check_subject_repeated,
    ),
)
