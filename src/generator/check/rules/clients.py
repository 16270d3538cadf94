"""Whether the mail programs of our readers show what the letter is made of, by caniemail's tests."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.check.features import find_features
from generator.check.places import find_place
from generator.check.rule import Finding, Rule
from generator.model import NOTHING, Message, Severity, join_and

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

    from generator.check.manuscripts import Manuscript
    from generator.check.proofs import Proof
    from generator.check.rule import Spot

CLIENTS = {
    "Gmail": {
        "desktop-webmail": "Gmail in a browser",
        "mobile-webmail": "Gmail in a browser on a phone",
        "ios": "Gmail for iOS",
        "android": "Gmail for Android",
    },
    "Outlook": {
        "windows": "Outlook for Windows",
        "outlook-com": "Outlook.com and the new Outlook",
        "macos": "Outlook for Mac",
        "ios": "Outlook for iOS",
        "android": "Outlook for Android",
    },
    "Apple Mail": {"macos": "Apple Mail for Mac", "ios": "Apple Mail for iOS"},
}
DATA = Path(__file__).parents[1] / "caniemail.json"

_INLINED = "the inline styles remain, in the light scheme and at the width of a phone"
_FITS = "only a very long word extends beyond the column"
EXPECTED = {
    "html-style": _INLINED,
    "css-at-media": _INLINED,
    "css-selector-attribute": _INLINED,
    "css-selector-class": _INLINED,
    "css-selector-descendant": _INLINED,
    "css-selector-grouping": _INLINED,
    "css-selector-type": _INLINED,
    "css-at-media-prefers-color-scheme": "the light scheme, or a dark scheme that the program derives from it",
    "css-color-scheme": "the same",
    "html-meta-color-scheme": "the same",
    "html-doctype": "Word applies its own layout rules, which letter.css takes into account",
    "html-body": "the element inside has the same colours",
    "css-display-none": "the program supports neither this nor mso-hide: the summary is shown above the letter",
    "css-max-height": "display and mso-hide hide the summary",
    "css-overflow": "the same",
    "css-overflow-wrap": _FITS,
    "css-hyphens": _FITS,
    "css-min-width": "a column of a table is as narrow as its longest word",
    "css-white-space": "preformatted lines are not wrapped, so a long one makes the letter wider",
    "html-abbr": "the abbreviation without its explanation, which is in the playbook",
}
"""The features that the letter uses although some mail programs lack them, each with what their readers get."""


def check_support(proof: Proof) -> Iterator[Finding]:
    """What the letter is made of works in Gmail, Outlook and Apple Mail, or does no harm where it does not."""
    features = load_features()
    for slug, element in find_features(proof.tree).items():
        if slug in features and slug not in EXPECTED and (missing := list_missing(features[slug])):
            title, url = features[slug]["title"], features[slug]["url"]
            if slug.startswith("css-"):  # authors write none
                yield Finding(
                    Message("“{}”, which templates/email uses, has no effect in {}: {}", title, missing, url)
                )
            else:
                yield Finding(
                    Message("“{}” has no effect in {}: {}", title, missing, url), _find(proof, element)
                )


def list_missing(feature: Mapping[str, Any]) -> Message:
    """The mail programs that lack a feature, joined for a sentence; empty when none does."""
    names: list[str] = []
    for family, platforms in CLIENTS.items():
        support = feature["support"][family.lower().replace(" ", "-")]
        missing = [name for platform, name in platforms.items() if support.get(platform) == "n"]
        names += [family] if len(missing) == len(support) else missing
    return join_and(filter(None, (", ".join(names[:-1]), *names[-1:]))) if names else NOTHING


def _find(proof: Proof, element: HtmlElement) -> Spot:
    words = element.text_content() or element.get("alt") or ""
    return find_place(proof.manuscript, words)


@cache
def load_features() -> Mapping[str, Any]:
    """The features in caniemail.json by name; `refresh_caniemail` makes the file. Memoised."""
    features: Mapping[str, Any] = json.loads(DATA.read_text("utf-8"))["features"]
    return features


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = ()
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule(
        "client-support",
        Severity.WARNING,
        Message("Remove it, or describe in EXPECTED (check/clients.py) what readers get instead."),
        check_support,
    ),
)
