"""Nobody starts, holds or ends the course of somebody else, and whoever has a letter cannot flood its reader."""

from dataclasses import replace
from datetime import time

import pytest

from generator.model import Notice
from generator.outline import Outline
from generator.subscribers.list.throttle import LIMITS
from generator.subscribers.store.keys import PREFERENCES, UNSUBSCRIBE
from tests.web.reading import BOTH, Reader

VICTIM = "victim@example.com"
CHANGES = ("begin", "pause", "stop")


@pytest.fixture
def shared(shared: Outline) -> Outline:
    """A project that mails its course."""
    return replace(shared, settings=replace(shared.settings, course=(time(7), time(10))))


def sign(reader: Reader, purpose: str = PREFERENCES) -> str:
    handle = str(reader.rows()["subscriber"][0][1])
    return reader.database.keys.sign(purpose, handle)


def box(reader: Reader) -> str:
    """What the box of the form sends."""
    return str(reader.ask.get("/subscribe").page.xpath("//input[@name='course']/@value")[0])


@BOTH
def test_a_form_of_a_stranger_begins_no_course(reader: Reader) -> None:
    """For who reads already, for who left, and for who never answers."""
    ticked = box(reader)
    reader.confirm(VICTIM)
    before = reader.rows()["course"]
    reader.subscribe(VICTIM, course=ticked)
    reader.work()
    assert reader.rows()["course"] == before == []
    reader.press(f"/unsubscribe/{sign(reader, UNSUBSCRIBE)}")
    reader.clock.wait(days=2)
    for address in (VICTIM, "other@example.com"):
        reader.subscribe(address, course=ticked)
        reader.work()
    assert {row[1] for row in reader.rows()["course"]} == {"asked"}
    assert (reader.status(VICTIM), reader.status("other@example.com")) == ("unsubscribed", "unconfirmed")


@BOTH
def test_forged_and_replayed_links_change_no_course(reader: Reader) -> None:
    reader.confirm(VICTIM)
    link = f"/preferences/{sign(reader)}"
    moment = reader.ask.get(link).form("/course")["moment"]
    own = reader.ask_for_link(VICTIM)
    reader.press(
        own, "/resume" if "resume" in reader.ask.get(own).text else "/pause", weeks="4"
    )  # it is used up
    reader.clock.wait(seconds=5)
    before = reader.rows()
    tokens = ("x" * 16, sign(reader, UNSUBSCRIBE), sign(reader, "moment"), f"{sign(reader)}x")
    paths = [f"/preferences/{token}/course" for token in tokens]
    paths += [f"{own}/course", f"/manage/{sign(reader)}/course", "/manage/x/course"]
    for path in paths:
        for change in CHANGES:
            answer = reader.ask.post(path, {"moment": moment, "course": change})
            assert answer.status == 404, path
    assert reader.rows() == before


@BOTH
def test_programs_that_open_links_and_press_buttons_change_no_course(reader: Reader) -> None:
    reader.confirm(VICTIM)
    links = (f"/preferences/{sign(reader)}", reader.ask_for_link(VICTIM))
    before = reader.rows()
    for link in links:
        for method in ("GET", "HEAD"):
            assert reader.ask.ask(method, f"{link}?done=course_begin").status == 200
            assert reader.ask.ask(method, f"{link}/course?course=begin").status == 405
        fields = {**reader.ask.get(link).form("/course"), "course": "begin"}
        assert reader.ask.post(f"{link}/course", fields).status == 200  # at once
        for moment in ("", "x", sign(reader)):
            assert reader.ask.post(f"{link}/course", {**fields, "moment": moment}).status == 200
    assert reader.rows() == before


@BOTH
def test_what_no_button_of_ours_asks_changes_no_course(reader: Reader) -> None:
    reader.confirm(VICTIM)
    link = f"/preferences/{sign(reader)}"
    moment = reader.ask.get(link).form("/course")["moment"]
    reader.clock.wait(seconds=5)
    before = reader.rows()
    for value in ("", "BEGIN", "begin ", "delete", "\0", "x" * 1000):
        assert reader.ask.post(f"{link}/course", {"moment": moment, "course": value}).status == 400
    twice = [("moment", moment), ("course", "begin"), ("course", "stop")]
    assert reader.ask.post(f"{link}/course", twice).status == 400
    assert reader.rows() == before


@BOTH
def test_pressing_twice_is_as_good_as_pressing_once(reader: Reader) -> None:
    reader.confirm(VICTIM)
    link = f"/preferences/{sign(reader)}"
    form = reader.ask.get(link).form("/course")
    reader.clock.wait(seconds=5)
    for change in CHANGES:
        assert reader.ask.post(f"{link}/course", {**form, "course": change}).status == 303
        before = reader.rows()
        assert reader.ask.post(f"{link}/course", {**form, "course": change}).status == 303
        assert reader.rows() == before


def test_whoever_has_the_letter_cannot_flood_its_reader(reader: Reader) -> None:
    reader.confirm(VICTIM)
    link = f"/preferences/{sign(reader)}"
    before = len(reader.mails(VICTIM))
    for number in range(3 * LIMITS[Notice.CHANGED].most):
        assert reader.press(link, "/course", course=("begin", "stop")[number % 2]).status == 303
        reader.work()
    assert len(reader.mails(VICTIM)) == before + LIMITS[Notice.CHANGED].most


def test_forms_of_other_sites_ask_for_no_course(reader: Reader) -> None:
    form = reader.ask.get("/subscribe").form("subscribe")
    answer = reader.ask.post(
        "/subscribe",
        {**form, "email": VICTIM, "course": box(reader)},
        headers=[("origin", "https://example.net")],
    )
    assert answer.status == 403
    assert reader.rows()["wish"] == []


def test_the_answer_to_the_form_is_the_same_for_everybody(reader: Reader) -> None:
    ticked = box(reader)
    reader.confirm(VICTIM)
    with reader.statements() as known:
        first = reader.subscribe(VICTIM, course=ticked)
    with reader.statements() as unknown:
        second = reader.subscribe("x" + VICTIM[1:], course=ticked)
    assert (first.status, known) == (second.status, unknown)
    assert not any("subscriber" in one for one in known)
