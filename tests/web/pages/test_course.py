"""The course: asked for with the form, begun by the button in the mail, and changed by its reader."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.model import Course, CourseState, Notice, Status
from generator.outline import Outline
from generator.render.page.signup import wording
from generator.subscribers.ledger import courses
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.keys import PREFERENCES
from generator.subscribers.store.schema import COURSE, SUBSCRIBER, WISH
from tests.web.asking import Answer, Loop
from tests.web.journeys import EN, NL
from tests.web.reading import Reader, open_reader

ADDRESS = "reader@example.com"
HOURS = (time(7), time(10))


@pytest.fixture
def mailed(shared: Outline) -> Outline:
    """The sample, as a project that mails its course."""
    return replace(shared, settings=replace(shared.settings, course=HOURS))


@pytest.fixture
def reader(mailed: Outline, loop: Loop, tmp_path: Path) -> Iterator[Reader]:
    with open_reader(mailed, loop, tmp_path / "var") as reader:
        yield reader


def version(outline: Outline, language: str = "nl") -> str:
    """What the box of a form sends."""
    settings = outline.settings
    (one,) = (one for one in settings.languages if one == language)
    return wording(outline.root, settings, one, course=True).version


def course(reader: Reader) -> Course | None:
    with reader.database.read() as transaction:
        found = find_subscriber(transaction, ADDRESS)
        return found.course if found else None


def put(reader: Reader, state: CourseState, step: int, due: date | None = None) -> None:
    """Have the reader stand there."""
    with reader.database.begin() as transaction:
        transaction.connection.execute(COURSE.delete())
        number = transaction.connection.execute(SUBSCRIBER.select()).one().id
        transaction.connection.execute(
            COURSE.insert().values(
                subscriber_id=number, state=state, step=step, due=due, changed=reader.clock()
            )
        )


def preferences(reader: Reader) -> str:
    handle = reader.rows()["subscriber"][0][1]
    return f"/preferences/{reader.database.keys.sign(PREFERENCES, handle)}"


def section(answer: Answer) -> str:
    """What stands about the course."""
    (found,) = answer.page.xpath("//section[@id='course']")
    return " ".join(found.text_content().split())


def buttons(answer: Answer) -> list[str]:
    return [str(one) for one in answer.page.xpath("//section[@id='course']//button/@value")]


# --- The form ---


@pytest.mark.parametrize("folder, words", [("", NL), ("en/", EN)])
def test_the_form_asks_with_a_box_that_is_empty(
    reader: Reader, mailed: Outline, folder: str, words: dict[str, str]
) -> None:
    page = reader.ask.get(f"/{folder}subscribe").page
    (box,) = page.xpath("//input[@name='course']")
    assert (box.get("type"), box.get("checked")) == ("checkbox", None)
    assert box.get("value") == version(mailed, folder.strip("/") or "nl")
    assert box.getparent().text_content().strip() == words["signup_course"]


def test_without_mailed_lessons_nobody_is_asked(shared: Outline, loop: Loop, tmp_path: Path) -> None:
    with open_reader(shared, loop, tmp_path / "var") as reader:
        assert not reader.ask.get("/subscribe").page.xpath("//input[@name='course']")
        reader.confirm(ADDRESS)
        put(reader, CourseState.RUNNING, 3, date(2026, 12, 1))
        before = reader.rows()
        for link in (preferences(reader), reader.ask_for_link(ADDRESS)):
            page = reader.ask.get(link)
            assert not page.page.xpath("//section[@id='course']")
        form = reader.ask.get(preferences(reader)).form("/link")
        reader.clock.wait(seconds=5)
        fields = {"moment": form["moment"], "course": "stop"}
        assert reader.ask.post(f"{preferences(reader)}/course", fields).status == 400
        assert reader.rows()["course"] == before["course"]


def test_a_box_on_an_old_page_of_the_site_is_no_consent_when_the_course_has_ended(
    shared: Outline, mailed: Outline, loop: Loop, tmp_path: Path
) -> None:
    with open_reader(mailed, loop, tmp_path / "var"):
        pass  # it keeps the wordings
    with open_reader(shared, loop, tmp_path / "var") as reader:
        answer = reader.subscribe(ADDRESS, course=version(mailed))
        assert answer.status == 200
        assert NL["stale"] in answer.words()
        reader.work()
        assert reader.status(ADDRESS) is None


def test_the_box_stays_ticked_when_the_form_has_a_mistake(reader: Reader, mailed: Outline) -> None:
    answer = reader.subscribe("reader@example", course=version(mailed))
    assert answer.status == 422
    assert answer.page.xpath("//input[@name='course']/@checked")
    asked = reader.subscribe("reader@gmial.com", course=version(mailed))
    assert asked.page.xpath("//input[@name='course']/@checked")
    assert not reader.subscribe("reader@example").page.xpath("//input[@name='course']/@checked")


def test_what_was_ticked_is_kept_as_consent(reader: Reader, mailed: Outline) -> None:
    assert reader.subscribe(ADDRESS, course=version(mailed)).status == 202
    reader.work()
    assert course(reader) == Course(CourseState.ASKED, 1, None)
    with reader.database.read() as transaction:
        found = find_subscriber(transaction, ADDRESS)
    assert found
    [consent] = found.consents
    assert consent.wording
    assert consent.wording.text.endswith(NL["signup_course"])
    assert reader.subscribe("other@example.com").status == 202
    reader.work()
    assert len(reader.rows()["course"]) == 1


def test_a_text_that_nobody_has_shown_is_no_consent(reader: Reader) -> None:
    for value in ("yes", "0" * 16):
        answer = reader.subscribe(ADDRESS, course=value)
        assert (answer.status, NL["stale"] in answer.words()) == (200, True)
        assert answer.page.xpath("//input[@name='course']/@checked")
    with reader.database.read() as transaction:
        assert transaction.connection.execute(WISH.select()).all() == []


# --- The button in the mail ---


def test_who_confirms_begins_the_course_on_the_next_lesson_day(reader: Reader, mailed: Outline) -> None:
    reader.subscribe(ADDRESS, course=version(mailed))
    reader.work()
    [mail] = reader.mails(ADDRESS)
    assert "is ook de cursus aangevraagd" in " ".join(str(mail.get_body(("plain",)).get_content()).split())
    link = reader.links(ADDRESS)[-1]
    page = reader.ask.get(link)
    assert NL["confirm_course"] in page.words()
    assert NL["confirm_button_course"] in page.words()
    before = reader.rows()["course"]
    assert reader.ask.get(link).status == 200
    assert reader.rows()["course"] == before
    done = reader.press(link)
    assert "Les 1 van 7, op of na dinsdag 24 november 2026." in done.words()
    assert course(reader) == Course(CourseState.RUNNING, 1, date(2026, 11, 24))


def test_who_asks_for_the_letter_alone_gets_the_letter_alone(reader: Reader) -> None:
    reader.subscribe(ADDRESS)
    reader.work()
    [mail] = reader.mails(ADDRESS)
    assert "cursus" not in str(mail.get_body(("plain",)).get_content())
    page = reader.ask.get(reader.links(ADDRESS)[-1])
    assert NL["confirm_button"] in page.words()
    assert NL["confirm_course"] not in page.words()
    done = reader.press(reader.links(ADDRESS)[-1])
    assert NL["confirmed_course"] not in done.words()
    assert course(reader) is None


def test_pressing_twice_begins_it_once(reader: Reader, mailed: Outline) -> None:
    reader.subscribe(ADDRESS, course=version(mailed))
    reader.work()
    link = reader.links(ADDRESS)[-1]
    form = reader.ask.get(link).form("")
    reader.clock.wait(seconds=5)
    assert reader.ask.post(link, form).status == 200
    put(reader, CourseState.STOPPED, 2)
    assert NL["already_title"] in reader.ask.post(link, form).words()
    assert course(reader) == Course(CourseState.STOPPED, 2, None)


def test_who_comes_back_without_asking_has_it_stopped(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    put(reader, CourseState.RUNNING, 4, date(2026, 12, 1))
    reader.press(preferences(reader), "/unsubscribe/")
    reader.clock.wait(days=2)
    reader.confirm(ADDRESS)
    assert course(reader) == Course(CourseState.STOPPED, 4, None)


def test_who_comes_back_and_asks_goes_on(reader: Reader, mailed: Outline) -> None:
    reader.confirm(ADDRESS)
    put(reader, CourseState.RUNNING, 4, date(2026, 12, 1))
    reader.press(preferences(reader), "/unsubscribe/")
    reader.clock.wait(days=2)
    reader.subscribe(ADDRESS, course=version(mailed))
    reader.work()
    done = reader.press(next(link for link in reversed(reader.links(ADDRESS)) if "/confirm/" in link))
    assert "Les 4 van 7" in done.words()
    assert course(reader) == Course(CourseState.RUNNING, 4, date(2026, 11, 26))


def test_a_form_about_a_reader_leads_them_to_their_page(reader: Reader, mailed: Outline) -> None:
    """It begins nothing: anybody can fill in an address."""
    reader.confirm(ADDRESS)
    reader.subscribe(ADDRESS, course=version(mailed))
    reader.work()
    assert course(reader) is None
    text = " ".join(str(reader.mails(ADDRESS)[-1].get_body(("plain",)).get_content()).split())
    assert "- Cursus: nee" in text
    assert "Die begin je op die pagina." in text


# --- What a reader does with it ---

STATES = [
    (None, NL["course_new"], ["begin"]),
    ((CourseState.STOPPED, 1), NL["course_new"], ["begin"]),
    ((CourseState.ASKED, 1), NL["course_new"], ["begin"]),
    (
        (CourseState.RUNNING, 3, date(2026, 12, 8)),
        "Les 3 van 7, op of na dinsdag 8 december 2026.",
        ["pause", "stop"],
    ),
    ((CourseState.PAUSED, 3), "Gepauzeerd vóór les 3 van 7. Ga verder met les 3", ["begin", "stop"]),
    ((CourseState.STOPPED, 4), "Gestopt vóór les 4 van 7. Ga verder met les 4", ["begin"]),
    ((CourseState.RUNNING, 8), "Alle 7 lessen gehad. Lees de lessen nog eens op de site", []),
]


@pytest.mark.parametrize("stands, said, offered", STATES)
def test_both_pages_say_how_a_reader_stands_and_what_they_can_do(
    reader: Reader, stands: tuple[Any, ...] | None, said: str, offered: list[str]
) -> None:
    reader.confirm(ADDRESS)
    if stands:
        put(reader, *stands)
    for link in (preferences(reader), reader.ask_for_link(ADDRESS)):
        before = reader.rows()
        page = reader.ask.get(link)
        assert said in section(page)
        assert buttons(page) == offered
        assert reader.rows() == before


def test_a_day_that_has_passed_or_has_no_lessons_is_not_promised(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    put(reader, CourseState.RUNNING, 2, date(2026, 11, 24))
    reader.clock.wait(days=4)  # it is Friday: a lesson that waited leaves on Monday
    assert "op of na maandag 30 november 2026" in section(reader.ask.get(preferences(reader)))
    reader.press(preferences(reader), "/pause", weeks="4")
    assert "op of na maandag 28 december 2026" in section(reader.ask.get(preferences(reader)))


def test_the_course_links_to_its_page_in_the_language_of_the_reader(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    put(reader, CourseState.RUNNING, 8)
    for folder, expected in (("", "https://example.org/course/"), ("/en", "https://example.org/en/course/")):
        page = reader.ask.get(f"{folder}{preferences(reader)}").page
        assert page.xpath("//section[@id='course']//a/@href") == [expected]


def test_it_begins_pauses_goes_on_and_stops_by_the_link_of_a_letter(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    link, tuesday = preferences(reader), date(2026, 11, 24)
    for change, expected in (
        ("begin", Course(CourseState.RUNNING, 1, tuesday)),
        ("pause", Course(CourseState.PAUSED, 1, tuesday)),
        ("begin", Course(CourseState.RUNNING, 1, tuesday)),
        ("stop", Course(CourseState.STOPPED, 1, tuesday)),
    ):
        answer = reader.press(link, "/course", course=change)
        assert answer.status == 303
        location = answer.header("location") or ""
        assert location == f"{link}?done=course_{change}"
        assert NL[f"done_course_{change}"] in reader.ask.get(location).words()
        assert course(reader) == expected


def test_it_is_changed_on_the_own_page_whose_link_is_then_another(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    link = reader.ask_for_link(ADDRESS)
    answer = reader.press(link, "/course", course="begin")
    assert answer.status == 303
    location = answer.header("location") or ""
    assert location.endswith("?done=course_begin")
    assert NL["done_course_begin"] in reader.ask.get(location).words()
    assert reader.press(location.partition("?")[0], "/course", course="pause").status == 303
    assert course(reader) == Course(CourseState.PAUSED, 1, date(2026, 11, 24))
    assert reader.ask.get(link).status == 404


def test_a_reader_hears_by_mail_of_what_was_changed_and_of_nothing_else(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    link = preferences(reader)
    before = len(reader.mails(ADDRESS))
    assert reader.press(link, "/course", course="begin").status == 303
    reader.work()
    text = " ".join(str(reader.mails(ADDRESS)[-1].get_body(("plain",)).get_content()).split())
    assert "- Cursus: les 1 van 7, op of na dinsdag 24 november 2026" in text
    assert reader.press(link, "/course", course="begin").status == 303
    reader.work()
    assert len(reader.mails(ADDRESS)) == before + 1
    assert Notice.CHANGED in str(reader.mails(ADDRESS)[-1]["Message-ID"])


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.CONFIRMED])
def test_who_gets_no_letters_has_no_course_to_change(reader: Reader, status: Status) -> None:
    reader.confirm(ADDRESS)
    put(reader, CourseState.STOPPED, 3)
    link = preferences(reader)
    form = reader.ask.get(link).form("/course")
    with reader.database.begin() as transaction:
        transaction.connection.execute(SUBSCRIBER.update().values(status=status))
    assert not reader.ask.get(link).page.xpath("//section[@id='course']")
    reader.clock.wait(seconds=5)
    assert reader.ask.post(f"{link}/course", {**form, "course": "begin"}).status == 303
    assert course(reader) == Course(CourseState.STOPPED, 3, None)


# --- What is kept ---


def test_all_that_is_kept_is_shown_downloaded_and_erased(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    put(reader, CourseState.RUNNING, 3, date(2026, 12, 8))
    link = reader.ask_for_link(ADDRESS)
    page = reader.ask.get(link).page
    (kept,) = page.xpath("//dl//dt[text()='Cursus']/following-sibling::dd")
    assert kept.text_content() == "les 3 van 7, op of na dinsdag 8 december 2026"
    (row,) = json.loads(reader.ask.get(f"{link}/data.json").body)["course"]
    assert row["changed"]
    assert (row["state"], row["step"], row["due"]) == ("running", 3, "2026-12-08")
    assert "Alles is gewist" in reader.press(link, "/erase", sure="yes").words()
    assert reader.rows()["course"] == []


def test_who_was_erased_meanwhile_begins_no_course(reader: Reader) -> None:
    reader.confirm(ADDRESS)
    with reader.database.begin() as transaction:
        found = find_subscriber(transaction, ADDRESS)
        assert found
        transaction.connection.execute(SUBSCRIBER.delete())
        assert not courses.begin(
            transaction, found, date(2026, 11, 23), reader.clock() + timedelta(seconds=1)
        )
