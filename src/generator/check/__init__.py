"""A letter as it was written and as it will be read → Problems that somebody should look at before it goes out.

What makes a letter impossible to render is found while it is read, in `content`. A rule here asks one question, of the
Manuscript (what the author wrote; also of a thought, from which letters are made) or of the Proof (what readers get).
An editor may waive it in the front matter of the letter, with a reason.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from generator.check.manuscripts import read_thought
from generator.check.proofs import Proof
from generator.check.rules import MANUSCRIPT_RULES, PROOF_RULES, RETIRED, RULES
from generator.check.rules.links import EXTERNAL
from generator.errors import ContentError, GeneratorError
from generator.model import NOTHING, Message, Problem, Severity
from generator.reading import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from generator.check.manuscripts import Manuscript
    from generator.check.rule import Finding, Rule
    from generator.content import Newsletter
    from generator.model import Issue, Lesson, Thought

S = TypeVar("S")

A_BUG = "This is a bug; please report it with this message"
"""How the remedy of a problem begins that is one of this program, or of the machine."""


def check_issue(newsletter: Newsletter, issue: Issue, *, suggests: bool = True) -> list[Problem]:
    """What the rules find in all editions of an issue, and what is waived; paths are below the newsletter's root.

    `suggests`: see Manuscript.
    """
    problems: list[Problem] = []
    for edition in issue.editions.values():
        problems += check_proof(Proof(newsletter, issue, edition, suggests=suggests))
    return problems


def check_proof(
    proof: Proof,
    manuscript_rules: Iterable[Rule[Manuscript]] = MANUSCRIPT_RULES,
    proof_rules: Iterable[Rule[Proof]] = PROOF_RULES,
) -> list[Problem]:
    """What the rules find in one edition, and what is waived."""
    path = proof.edition.source.relative_to(proof.newsletter.root)
    findings: list[Problem] = []
    for manuscript_rule in manuscript_rules:
        findings += _ask(manuscript_rule, lambda: proof.manuscript, path)
    try:
        proof.email  # noqa: B018 (what cannot be rendered is said once, not by every rule)
    except ContentError as error:
        findings += error.problems
    except GeneratorError:
        raise
    except Exception as error:  # noqa: BLE001 (as in _ask)
        message = Message("the letter cannot be rendered: {}: {}", type(error).__name__, str(error))
        findings.append(
            Problem(
                path,
                1,
                message,
                remedy=Message("This is a bug; please report it with this message and the letter."),
            )
        )
    else:
        for proof_rule in proof_rules:
            findings += _ask(proof_rule, lambda: proof, path)
    return _sort(_waive(findings, proof, path))


def check_thought(
    newsletter: Newsletter, thought: Thought | Lesson, *, suggests: bool = True
) -> list[Problem]:
    """What the rules for manuscripts find in a thought or a lesson; paths are below the newsletter's root.

    `suggests`: see Manuscript.
    """
    return check_manuscript(read_thought(newsletter, thought, suggests=suggests))


def check_manuscript(manuscript: Manuscript) -> list[Problem]:
    """What the rules for manuscripts find in one."""
    path = manuscript.source.relative_to(manuscript.newsletter.root)
    findings: list[Problem] = []
    for rule in MANUSCRIPT_RULES:
        findings += _ask(rule, lambda: manuscript, path)
    return _sort(findings)


def _ask(rule: Rule[S], subject: Callable[[], S], path: Path) -> list[Problem]:
    """What a rule finds. An error that it raises becomes a problem, and the other rules still run."""
    try:
        return [_problem(rule, finding, path) for finding in rule.check(subject())]
    except ContentError:
        return []  # about the other edition, which is asked too
    except Exception as error:  # noqa: BLE001 (content may be as odd as it likes: a check ends in a report)
        message = Message("the check itself failed: {}: {}", type(error).__name__, str(error))
        return [
            Problem(
                path,
                1,
                message,
                rule.id,
                remedy=Message("This is a bug; please report it with this message. The other checks ran."),
            )
        ]


def _problem(rule: Rule[S], finding: Finding, path: Path) -> Problem:
    return Problem(
        path,
        finding.spot.line,
        finding.message,
        rule.id,
        severity=finding.severity or rule.severity,
        column=finding.spot.column,
        length=finding.spot.length,
        remedy=rule.remedy,
        cure=finding.cure,
    )


def _waive(findings: Iterable[Problem], proof: Proof, path: Path) -> Iterator[Problem]:
    """Add the reason to each problem that is waived, and a problem for each waiver that waives nothing."""
    waive, found = proof.edition.waive, set()
    for problem in findings:
        found.add(problem.rule)
        yield replace(problem, waived=waive.get(problem.rule or "", ""))
    for rule in waive:
        if rule in found or rule == EXTERNAL:
            continue  # what EXTERNAL waives is found online only
        line, severity, remedy = (
            proof.manuscript.line_of_waiver(rule),
            Severity.WARNING,
            Message("Delete the waiver."),
        )
        if rule in RETIRED:
            message = Message("“waive” names “{}”, a check that is no longer made: {}", rule, RETIRED[rule])
        elif rule in RULES:
            message = Message("“waive” names “{}”, but there is no such problem", rule)
        else:
            message = Message("“waive” names an unknown check “{}”{}", rule, did_you_mean(rule, RULES))
            severity, remedy = Severity.ERROR, NOTHING
        yield Problem(path, line, message, "waive", severity=severity, remedy=remedy)


def _sort(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0, problem.rule or ""))
