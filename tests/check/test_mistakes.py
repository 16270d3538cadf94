"""A letter with more than twenty mistakes, made by hand: each is found, at its line, and nothing else is."""

import shutil
from pathlib import Path

from generator.check import check_issue
from generator.content import load_newsletter
from generator.model import Week

HERE = Path(__file__).parent
WEEK = "2026-W45"

EXPECTED = {
    # The Dutch edition, from top to bottom.
    ("nl", 2, "shouting"),  # DRINGEND
    ("nl", 3, "placeholder"),  # a word left for later
    ("nl", 3, "subject-length"),
    ("nl", 3, "emoji"),
    ("nl", 4, "summary-length"),
    ("nl", 4, "summary-repeats-title"),
    ("nl", 8, "send-day"),  # a Thursday
    ("nl", 11, "waive"),  # names a check that does not exist
    ("nl", 16, "cliche"),  # two of them, both waived
    ("nl", 16, "placeholder"),  # [naam]
    ("nl", 16, "exclamation"),
    ("nl", 18, "figure-without-source"),  # 37%
    ("nl", 18, "article-figure"),  # 92%
    ("nl", 20, "long-sentence"),
    ("nl", 22, "link-text"),  # klik hier
    ("nl", 22, "shortener"),
    ("nl", 22, "insecure-link"),
    ("nl", 22, "tracking"),
    ("nl", 22, "bare-address"),
    ("nl", 24, "other-language"),
    ("nl", 26, "headings"),  # from ## to ####
    ("nl", 28, "mailto"),
    ("nl", 28, "one-certainty"),
    ("nl", 28, "spelling"),
    ("nl", 30, "image-alt"),
    # The English one, which has less than half of it.
    ("en", 7, "send-day"),
    ("en", 10, "section-length"),
    ("en", 10, "length-ratio"),
    ("en", 10, "headings-differ"),
    ("en", 10, "images-differ"),
    ("en", 10, "links-differ"),
}


def test_every_mistake_is_found_at_its_line(sample: Path) -> None:
    folder = sample / "newsletter/issues" / WEEK
    shutil.copytree(HERE / "mistakes", folder, dirs_exist_ok=True)
    shutil.copy(folder.with_name("2026-W47") / "two-contacts.png", folder)
    for path in (HERE.parents[1] / "newsletter").glob("*.txt"):
        shutil.copy(path, sample / "newsletter")
    newsletter = load_newsletter(sample)
    issue = newsletter.archive.issue(Week.parse(WEEK))
    problems = check_issue(newsletter, issue)
    found = {(problem.path.stem, problem.line, problem.rule) for problem in problems}
    assert found == EXPECTED
    assert {problem.rule for problem in problems if problem.waived} == {"cliche"}
