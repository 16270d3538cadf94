"""The letter of the week: it exists, is no draft, and has the headers that mail providers require."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.check import check_proof
from generator.check.proofs import Proof
from generator.check.rules.headers import PROOF_RULES
from generator.doctor.answers import fail, warn, well
from generator.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content import Newsletter
    from generator.doctor.answers import Answer
    from generator.model import Issue, Week


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
