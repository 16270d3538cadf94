"""Each rule speaks on its bad example, at the right line, and is silent on its good one."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import tests.check.examples
from generator.check import check_issue
from generator.check.proofs import Proof
from generator.check.rule import Finding
from generator.check.rules import MANUSCRIPT_RULES, PROOF_RULES, RETIRED, RULES
from generator.check.rules.links import EXTERNAL
from generator.content import load_newsletter
from generator.model import Language, Severity, Week
from tests.check.examples import LETTER, Edit, Example

EXAMPLES: dict[str, Example] = {}
for module in pkgutil.iter_modules(tests.check.examples.__path__):
    EXAMPLES |= importlib.import_module(f"tests.check.examples.{module.name}").EXAMPLES


def test_every_rule_has_an_example_and_its_own_id() -> None:
    assert set(EXAMPLES) == set(RULES)
    assert len(RULES) == len(MANUSCRIPT_RULES) + len(PROOF_RULES)


def find(rule_id: str, root: Path, example: Example, *, bad: bool) -> list[Finding]:
    """What a rule finds in the sample after the edits of an example."""
    for edit in example.bad if bad else example.good:
        edit.apply(root)
    newsletter = load_newsletter(root)
    path = Path(example.file)
    issue = newsletter.archive.issue(Week.parse(path.parent.name))
    proof = Proof(newsletter, issue, issue.editions[Language(path.stem)])
    if bad and example.alter is not None:
        example.alter(proof)
    for rule in MANUSCRIPT_RULES:
        if rule.id == rule_id:
            return list(rule.check(proof.manuscript))
    (rule,) = (rule for rule in PROOF_RULES if rule.id == rule_id)
    return list(rule.check(proof))


@pytest.mark.parametrize("rule_id", EXAMPLES)
def test_a_rule_speaks_on_its_bad_example_at_the_right_line(rule_id: str, sample: Path) -> None:
    example = EXAMPLES[rule_id]
    findings = find(rule_id, sample, example, bad=True)
    assert findings, rule_id
    spot = findings[0].spot
    line = (sample / example.file).read_text("utf-8").splitlines()[spot.line - 1]
    assert example.at in line
    assert example.at or spot.line == 1
    assert spot.column is None or spot.column + spot.length - 1 <= len(line)


@pytest.mark.parametrize("rule_id", EXAMPLES)
def test_a_rule_is_silent_on_its_good_example(rule_id: str, sample: Path) -> None:
    assert find(rule_id, sample, EXAMPLES[rule_id], bad=False) == []


def test_a_waiver_of_a_rule_that_is_gone_stops_no_letter_and_says_why(sample: Path) -> None:
    assert not RULES.keys() & RETIRED.keys()
    for waiver in RETIRED:
        Edit("certainty: ", f"waive:\n  {waiver}: on purpose\ncertainty: ").apply(sample)
        newsletter = load_newsletter(sample)
        (problem,) = (
            problem
            for problem in check_issue(newsletter, newsletter.archive.issue(Week(2026, 45)))
            if problem.rule == "waive"
        )
        said = f"“waive” names “{waiver}”, a check that is no longer made: {RETIRED[waiver]}"
        assert (problem.message, problem.severity, problem.remedy) == (
            said,
            Severity.WARNING,
            "Delete the waiver.",
        )
        assert (sample / LETTER).read_text("utf-8").splitlines()[problem.line - 1].startswith(f"  {waiver}:")


def test_every_rule_has_its_section_in_the_docs_with_its_severity() -> None:
    text = (Path(__file__).parents[3] / "newsletter/CHECKS.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (\S+)\n\n\*(Error|Warning)", text, re.MULTILINE))
    assert set(sections) == {*RULES, EXTERNAL, "waive"}
    assert {rule: sections[rule].lower() for rule in RULES} == {**RULES}
