"""The parts of a check: the same on one core and on many."""

import os
import pickle
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.content import Newsletter, load_newsletter
from generator.errors import GeneratorError
from generator.model import Problem
from generator.publication.jobs import CheckLetter, CheckThought, plan_jobs, run_jobs
from generator.publication.selection import Selection
from tests.cli.generate.test_check import LETTER, THOUGHT, spoil
from tests.languages import NL


@pytest.mark.slow
def test_many_processes_find_what_one_finds(newsletter: Newsletter, sample: Path) -> None:
    """In the same order; and what they need travels, also where processes cannot be forked."""
    spoil(sample, LETTER, "summary: ", "summary: Kijk! ")
    spoil(sample, THOUGHT, "summary: ", "summary: Kijk! ")
    newsletter = load_newsletter(sample)
    jobs = list(plan_jobs(newsletter, Selection()))
    assert CheckLetter(newsletter.archive.issues[0].week) in jobs
    assert CheckThought(NL, 0) in jobs
    assert run_jobs(newsletter, jobs, many=0) == run_jobs(newsletter, jobs) != []
    assert pickle.loads(pickle.dumps(newsletter)) == newsletter  # noqa: S301


@dataclass(frozen=True)
class Die(CheckLetter):
    """A job that ends its process, as the system does when memory runs out."""

    def run(self, newsletter: Newsletter) -> list[Problem]:
        os.kill(os.getpid(), signal.SIGKILL)
        return []


def test_a_process_that_is_killed_is_one_sentence(newsletter: Newsletter) -> None:
    with pytest.raises(GeneratorError, match="was killed, probably because the machine ran out of memory"):
        run_jobs(newsletter, [Die(newsletter.archive.issues[0].week)] * 2, many=0)
