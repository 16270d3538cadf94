"""What is read again after a save, and what is not."""

from pathlib import Path

import pytest

from generator import content
from generator.writing.project import Project
from generator.writing.texts import find_text
from tests.clocks import STOPPED
from tests.languages import NL
from tests.writing.conftest import THOUGHT, WEEK, letter


@pytest.fixture
def project(sample: Path) -> Project:
    return Project(sample, STOPPED)


@pytest.fixture
def grounds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A line for each time that what letters are made from is read."""
    read: list[Path] = []
    original = content.read_ground

    def read_ground(root: Path, *others: object) -> content.Ground:
        read.append(root)
        return original(root, *others)  # type: ignore[arg-type]

    monkeypatch.setattr("generator.writing.project.read_ground", read_ground)
    return read


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_nothing_is_read_twice_while_nothing_changes(project, grounds):
    assert project.read() is project.read()
    assert len(grounds) == 1


def test_a_letter_that_changes_is_read_alone(project, grounds, sample):
    before = project.read().newsletter
    change(letter(sample), "title: 'Zou", "title: 'Echt, zou")
    after = project.read().newsletter
    assert len(grounds) == 1
    assert after.playbook is before.playbook
    assert after.archive.issues[0].editions[NL].title.startswith("Echt, zou")


@pytest.mark.parametrize(
    "name, old, new",
    [
        ("docs/nl/certainties/referral.md", "title: ", "title: Anders "),
        (f"newsletter/{THOUGHT}.nl.md", "title: ", "title: Anders "),
        ("newsletter/evidence.yaml", "id: ref-kumar-2013", "id: ref-kumar-2014"),
        ("newsletter/settings.toml", 'url = "https://example.org/"', 'url = "https://www.example.org/"'),
        ("templates/words/nl.toml", 'name = "Nederlands"', 'name = "Hollands"'),
    ],
)
def test_whatever_letters_are_made_from_is_read_again(project, grounds, sample, name, old, new):  # noqa: PLR0913
    project.read()
    change(sample / name, old, new)
    project.read()
    assert len(grounds) == 2


def test_what_is_read_in_parts_is_what_is_read_at_once(project, sample):
    project.read()
    change(letter(sample), "ref-kumar-2007", "ref-kumar-2oo7")
    ground = project.read().newsletter
    whole = content.load_newsletter(sample, now=STOPPED(), needs=lambda _: False)
    assert ground.ignored == whole.ignored != ()
    assert ground.archive == whole.archive
    assert ground.playbook == whole.playbook


def test_a_thought_that_is_a_draft_counts_as_finished_only_for_its_own_page(project, sample):
    for language in ("nl", "en"):
        change(sample / f"newsletter/{THOUGHT}.{language}.md", "sources:", "draft: true\nsources:")
    text = find_text(sample, THOUGHT)
    slug = THOUGHT.rpartition("/")[2]
    assert project.read().newsletter.playbook.thought(NL, "referral", slug) is None
    assert project.read(text).newsletter.playbook.thought(NL, "referral", slug) is not None
    assert project.read().newsletter.playbook.thought(NL, "referral", slug) is None


def test_a_letter_that_cannot_be_read_is_shown_as_it_was(project, sample):
    text = find_text(sample, WEEK)
    before = project.render(text)
    assert set(before) == {"nl", "en"}
    change(letter(sample), "title:", "titel:")
    assert project.find_issue(text) is None
    assert project.render(text) == before
    change(letter(sample), "titel: 'Zou", "title: 'Echt, zou")
    assert b"Echt, zou" in project.render(text)["nl"]["letter-light.html"]


def test_a_letter_that_could_never_be_read_has_no_frames(project, sample):
    change(letter(sample), "title:", "titel:")
    assert project.render(find_text(sample, WEEK)) == {}
