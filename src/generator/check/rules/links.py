"""Links: they lead somewhere, say where, and tell nobody who followed them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from generator.check.rule import Finding, Rule, Spot
from generator.check.web.addresses import list_addresses, survey_with
from generator.model import Message, Severity, join_and
from generator.render.links import locate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof
    from generator.content.markdown.marks import Link

EXTERNAL = "external-link"
"""What `online` finds is waived under this name; it is no rule, for rules read nothing but files."""

_SHORTENERS = """
adf.ly amzn.to bit.ly bitly.com buff.ly cutt.ly db.tt dlvr.it fb.me flip.it goo.gl hubs.la hubs.ly ift.tt is.gd j.mp
lnkd.in ow.ly qr.ae rb.gy rebrand.ly shorturl.at t.co t.ly t2m.io tiny.cc tiny.one tinyurl.com trib.al v.gd wp.me
"""
SHORTENERS = frozenset(_SHORTENERS.split())
"""Hosts whose addresses hide where they lead, and end when their owner does."""
_TRACKERS = """
__hsfp __hssc __hstc _ga _gl _hsenc _hsmi dclid fbclid gbraid gclid gclsrc hsctatracking igshid li_fat_id mc_cid
mc_eid mkt_tok msclkid oly_anon_id oly_enc_id ref_src s_cid si srsltid trk trkcampaign ttclid twclid vero_id wbraid
yclid
"""
TRACKERS = frozenset(_TRACKERS.split())
"""Parameters of an address by which a visitor is counted or recognised; so is every one that begins with utm_."""
_VAGUE = """
bron, deze link, deze pagina, deze website, dit, dit artikel, hier, klik, klik dan hier, klik hier, lees meer,
lees verder, link, meer, meer informatie, meer lezen, via deze link, website,
click, click here, continue, continue reading, find out more, here, learn more, more, more information, read more,
source, this, this article, this link, this page, this website
"""
VAGUE = frozenset(words.strip() for words in _VAGUE.split(","))
"""Link texts that say nothing to somebody who hears the links of a letter read out one after another."""

_ADDRESS = re.compile(
    r"(?<![\w./@-])(?:(?:https?://|www\.)[^\s<>\[\]]++|(?<![+%])[\w.+%-]++@[\w-]++(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"^[ ]{0,3}\[[^\[\]\n]+\]:.*$|\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|<[^<>\n]*>|\{[^{}\n]*\}",
    re.MULTILINE,
)
"""What holds addresses that readers do not see: targets, definitions, attributes; and addresses in angle brackets."""
_AFTER = ".,;:!?)”’\"'*_~|"
_MAILBOX = re.compile(r"[^\s@,;:<>()\"\\]+@[\w-]+(?:\.[\w-]+)+")


# --- What the author wrote ---


def check_shorteners(manuscript: Manuscript) -> Iterator[Finding]:
    """No link hides behind a shortener."""
    for link, spot in links_of(manuscript):
        host = _host(link.target)
        if host in SHORTENERS:
            yield Finding(
                Message("“{}” is shortened by {}, which hides the real address", link.target, host), spot
            )


def check_tracking(manuscript: Manuscript) -> Iterator[Finding]:
    """No address carries a parameter that recognises or counts who follows it."""
    for link, spot in links_of(manuscript):
        found = _split(link.target)
        if found is None or found.scheme.lower() not in {"http", "https"}:
            continue
        names = dict.fromkeys(name for name, _ in parse_qsl(found.query, keep_blank_values=True))
        if tracking := [f"“{name}”" for name in names if _is_tracker(name.lower())]:
            yield Finding(Message("the address tracks the reader with {}", join_and(tracking)), spot)


def check_insecure(manuscript: Manuscript) -> Iterator[Finding]:
    """Every address is https."""
    for link, spot in links_of(manuscript):
        if link.target.lower().startswith("http:"):
            yield Finding(Message("“{}” is not https", link.target), spot)


def check_texts(manuscript: Manuscript) -> Iterator[Finding]:
    """The text of a link says where it leads."""
    for link in manuscript.marks.links:
        spot = manuscript.spot_of(link.words, link.line)
        if link.image:
            continue
        if not link.text.strip():
            yield Finding(Message("the link has no text"), spot)
        elif _say(link.text) in VAGUE:
            yield Finding(Message("the link “{}” does not say where it leads", link.text), spot)


def check_bare(manuscript: Manuscript) -> Iterator[Finding]:
    """An address is a link with words, or stands between < and >."""
    text = _MARKED.sub(lambda match: " " * len(match[0]), _code_masked(manuscript))
    for match in _ADDRESS.finditer(text):
        found = _trim(match[0])
        spot = manuscript.spot(match.start(), match.start() + len(found))
        yield Finding(Message("“{}” is an address; use words as the text of the link", found), spot)


def check_mailto(manuscript: Manuscript) -> Iterator[Finding]:
    """A mail link opens a mail to one address, with at most a subject."""
    for link, spot in links_of(manuscript):
        scheme, _, rest = link.target.partition(":")
        if scheme.lower() != "mailto":
            continue
        address, _, query = rest.partition("?")
        headers = parse_qsl(query, keep_blank_values=True)
        if not _MAILBOX.fullmatch(unquote(address)):
            yield Finding(Message("“{}” is not a single mail address", unquote(address)), spot)
        elif more := [name for name, _ in headers if name.lower() != "subject"]:
            yield Finding(Message("the mail link fills in “{}”", more[0]), spot)
        elif any("\n" in value or "\r" in value for _, value in headers):
            yield Finding(Message("the subject of the mail link is more than one line"), spot)


# --- What readers follow ---


def check_dead(proof: Proof) -> Iterator[Finding]:
    """Every address of our own site, in the email, its text, the feed and on the page, can be opened."""
    settings = proof.newsletter.settings
    addresses = survey_with(proof.newsletter, proof.issue)
    for address, where in dict(reversed([*list_addresses(proof)])).items():
        if address.startswith(settings.site_url) and (why := addresses.why_dead(address)):
            yield Finding(Message("“{}” {} does not work: {}", address, where, why), _origin(proof, address))


def _origin(proof: Proof, address: str) -> Spot:
    """Where a letter names an address of the site."""
    manuscript, edition, settings = proof.manuscript, proof.edition, proof.newsletter.settings
    for link in manuscript.marks.links:
        place = locate(proof.newsletter, edition.source, edition.language, link.target)
        if address == (link.target if place is None else place.url(settings)):
            return manuscript.spot_of(link.address, link.line)
    return Spot()


# --- How it is found ---


def links_of(manuscript: Manuscript) -> Iterator[tuple[Link, Spot]]:
    """Each link and image that an author wrote, and where its address stands."""
    for link in manuscript.marks.links:
        yield link, manuscript.spot_of(link.address, link.line)


def _code_masked(manuscript: Manuscript) -> str:
    """The whole file, front matter and code as spaces."""
    front = manuscript.text[: manuscript.body]
    return "".join("\n" if character == "\n" else " " for character in front) + manuscript.uncoded


def _trim(address: str) -> str:
    """An address without what follows it in a sentence; a bracket that it opens itself is its own."""
    surplus, end = address.count(")") - address.count("("), len(address)
    while end and address[end - 1] in _AFTER:
        if address[end - 1] == ")":
            if surplus <= 0:
                break
            surplus -= 1
        end -= 1
    return address[:end]


def _split(target: str) -> SplitResult | None:
    try:
        return urlsplit(target)
    except ValueError:  # “https://[” is no address
        return None


def _host(target: str) -> str:
    found = _split(target)
    try:
        return (found.hostname or "").removeprefix("www.") if found else ""
    except ValueError:
        return ""


def _is_tracker(name: str) -> bool:
    return name.startswith("utm_") or name in TRACKERS


def _say(text: str) -> str:
    """A link text as somebody would say it."""
    return " ".join(re.sub(r"[^\w\s]", " ", text).lower().split())


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = (
    Rule("shortener", Severity.ERROR, Message("Link to the full address."), check_shorteners),
    Rule("tracking", Severity.ERROR, Message("Remove the parameter from the address."), check_tracking),
    Rule(
        "insecure-link", Severity.ERROR, Message("Use the https address, or another source."), check_insecure
    ),
    Rule("link-text", Severity.WARNING, Message("Name what readers find there."), check_texts),
    Rule(
        "bare-address",
        Severity.WARNING,
        Message("Make it a link: [words](address), or <address>."),
        check_bare,
    ),
    Rule(
        "mailto",
        Severity.ERROR,
        Message("Write it as mailto:name@example.org, with at most “?subject=…”."),
        check_mailto,
    ),
)
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "dead-link", Severity.ERROR, Message("Correct the address, or link to the file instead."), check_dead
    ),
)
