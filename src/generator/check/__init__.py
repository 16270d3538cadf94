"""An edition and its email → Problems that a person should look at before the letter goes out.

What makes a letter impossible to render is found while it is read, in `content`. A rule here is advice: it names the
place, what was found and how to mend it, and an editor may waive it in the front matter with a reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.check.rules import RULES
from generator.model import Problem
from generator.reading import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Email


def check_email(email: Email, root: Path) -> list[Problem]:
    """What the rules say of an email that nobody has waived; paths are below `root`."""
    edition = email.edition
    source = edition.source.relative_to(root)
    problems = []
    for rule, check in RULES.items():
        message = check(email)
        if message is not None and rule not in edition.waive:
            problems.append(Problem(source, 1, f"{message} ({rule})", rule))
    for rule in edition.waive:
        if rule not in RULES:
            problems.append(
                Problem(
                    source, 1, f"“waive” names an unknown check “{rule}”{did_you_mean(rule, RULES)}", "waive"
                )
            )
    return problems
