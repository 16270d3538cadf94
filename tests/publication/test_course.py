"""`generate course`: a start for an editor, which is never written over."""

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from generator.cli.generate import main
from generator.content import load_newsletter
from generator.content.certainties import IDS
from tests.clocks import STOPPED
from tests.courses import FOLDER, write_course
from tests.languages import EN, LANGUAGES, NL


def test_every_lesson_is_assembled_from_the_page_of_its_certainty(sample: Path) -> None:
    said = write_course(sample).output.splitlines()
    assert said == [
        *(f"Wrote {FOLDER}/{one}.{language}.md." for one in IDS for language in LANGUAGES),
        f"Next: read newsletter/STYLE.md, make each lesson its own text, and run: generate check {FOLDER}",
    ]
    playbook = load_newsletter(sample).playbook
    for language in LANGUAGES:
        for lesson in playbook.lessons[language]:
            page = playbook.certainty(language, lesson.certainty)
            assert lesson.title == page.title
            assert lesson.actions == (page.items[0].id,)
            idea = re.search(r"\*\*(.+?)\*\*", page.sections[0].body, re.DOTALL)
            assert not idea or idea[1] in lesson.markdown


def test_what_exists_stays_and_its_item_is_that_of_the_other_language(sample: Path) -> None:
    write_course(sample)
    kept = sample / FOLDER / "referral.nl.md"
    kept.write_text(kept.read_text().replace("[ref-1]", "[ref-2]"))
    before = kept.read_bytes()
    (sample / FOLDER / "referral.en.md").unlink()
    said = write_course(sample).output
    assert f"Wrote {FOLDER}/referral.en.md." in said
    assert "13 lessons existed already, and stayed as they were." in said
    assert kept.read_bytes() == before
    lessons = load_newsletter(sample).playbook.lessons
    assert lessons[NL][2].actions == lessons[EN][2].actions == ("ref-2",)
    assert write_course(sample).output == "All 14 lessons exist; nothing was written.\n"


def test_the_same_pages_make_the_same_lessons(sample: Path) -> None:
    write_course(sample)
    first = {path.name: path.read_bytes() for path in (sample / FOLDER).iterdir()}
    shutil.rmtree(sample / FOLDER)
    write_course(sample)
    assert {path.name: path.read_bytes() for path in (sample / FOLDER).iterdir()} == first


def test_lessons_are_checked_like_thoughts(sample: Path) -> None:
    write_course(sample)
    path = sample / FOLDER / "referral.nl.md"
    path.write_text(path.read_text() + "\nDat zegt 34% van de kopers. Een spelvaut.\n")
    command = ["--root", str(sample), "check", FOLDER]
    done = CliRunner().invoke(main, command, obj=STOPPED, catch_exceptions=False)
    assert done.exit_code == 1
    assert "figure-without-source" in done.output
    assert "spelling" in done.output
    assert "Checked 7 lessons, in 2 languages." in done.output


def test_the_help_has_an_example() -> None:
    said = CliRunner().invoke(main, ["course", "--help"]).output
    assert "Example:\n    generate course" in said
    assert "It never overwrites a file." in " ".join(said.split())
