"""Proofs of letters of the sample, whole or spoilt."""

from dataclasses import replace
from typing import Any

from generator.check.proofs import Proof
from generator.check.rule import Finding
from generator.content import Newsletter
from generator.model import Week
from tests.languages import NL
from tests.render.editions import change_text

PLAIN, FULL = "2026-W45", "2026-W47"


def proof_of(newsletter: Newsletter, week: str = PLAIN, **changes: Any) -> Proof:
    """The Dutch edition of a letter; `changes` are made in its front matter."""
    issue = newsletter.archive.issue(Week.parse(week))
    return Proof(newsletter, issue, replace(issue.editions[NL], **changes))


def proof_with(newsletter: Newsletter, markdown: str) -> Proof:
    """A letter with this Markdown as its thought; the file of its manuscript stays as it is."""
    return proof_of(change_text(newsletter, PLAIN, markdown))


def spoil(proof: Proof, old: str, new: str) -> Proof:
    """The same letter, with something else in its HTML, as often as it stands there."""
    assert old in proof.email.html
    proof.__dict__["email"] = replace(proof.email, html=proof.email.html.replace(old, new))
    return proof


def messages(findings: Any) -> list[str]:
    found: list[Finding] = list(findings)
    return [finding.message for finding in found]
