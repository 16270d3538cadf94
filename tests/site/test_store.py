"""What a reader keeps, and the scripts that know no page: state, ticks, store, words, days and calendar."""

import json
import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.site.keeping import (
    BLOCKED,
    FULL,
    VERSION,
    done,
    keep,
    kept,
    kept_text,
    key,
    note,
    old_state,
    state,
    unfit,
)

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`


def empty(page, site, language: str = "nl"):
    """A page of the site with nothing on it: no script but those that a test imports."""
    url = f"{site.url}{'' if language == 'nl' else f'{language}/'}empty/"
    body = f'<!doctype html><html lang="{language}"><title>Empty</title><body>'
    page.route(url, lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(url)
    return page


@pytest.fixture
def page(open_browser, site):
    """Of a reader who comes for the first time."""
    return empty(open_browser(), site)


@pytest.fixture(scope="module")
def pure(browser, site):
    """For scripts that keep nothing: one page for all tests."""
    with browser.new_context() as context:
        yield empty(context.new_page(), site)


def ask(page, site, name: str, expression: str, **values: Any) -> Any:
    """Import a script, under its own name, and say what an expression with these values is."""
    return page.evaluate(
        f"async ([url, values]) => {{ const {name} = await import(url); "
        f"const {{ {', '.join(values) or '_'} }} = values; return {expression} }}",
        [site.script(name), values],
    )


# --- Reading what was kept ---


def parse(page, site, text):
    return ask(page, site, "state", "state.parse(text)", text=text)


def test_what_was_kept_is_read_back(pure, site):
    mine = state(
        {"ref-2": done(), "rel-1": unfit()},
        {"relations-idea": "2", "referral-execution": "x"},
        [{"date": "2026-11-20", "answers": {"relations-idea": "0"}}],
        {"ref-2": ["2026-11-13", "2026-11-20"], "rel-1": ["2026-11-06"]},
        {"ref-2": note("Noor", "Vraag Bas; hij kent “iedereen” \U0001f642"), "rel-1": note(text="Later")},
        {
            "members": [{"name": "Bas", "answers": {"relations-idea": "1"}}, {"name": "Bas", "answers": {}}],
            "deal": {"action": "Bel vijf klanten", "owner": "Noor", "date": "2026-12-04"},
        },
    )
    assert parse(pure, site, json.dumps(mine)) == {"state": mine, "found": "good"}


def test_nothing_kept_is_an_empty_state(pure, site):
    assert parse(pure, site, None) == {"state": state(), "found": "good"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "7", '"text"', "[]", "{}", '{"version": "1"}', '{"version": 0}', '{"version": 1.5}'],
)
def test_what_is_no_state_is_corrupt(pure, site, text):
    assert parse(pure, site, text) == {"state": state(), "found": "corrupt"}


def test_a_newer_version_is_told_from_a_corrupt_one(pure, site):
    assert parse(pure, site, f'{{"version": {VERSION + 1}, "items": "of another kind"}}')["found"] == "newer"


@pytest.mark.parametrize(
    "part, entries",
    [
        ("items", {"ref-2": "done"}),
        ("items", {"ref-2": {"state": "perhaps", "date": "2026-11-20"}}),
        ("items", {"ref-2": {"state": "done"}}),
        ("items", {"ref-2": {"state": "done", "date": "2026-02-30"}}),
        ("items", {"ref-2": {"state": "done", "date": "20-11-2026"}}),
        ("items", {"ref-2": {"state": "done", "date": 20261120}}),
        ("items", {"ref-2 onclick": done(), "__proto__": done(), "REF-2": done(), "": done()}),
        ("items", [done()]),
        ("items", None),
        ("answers", {"relations-idea": "4"}),
        ("answers", {"relations-idea": 3}),
        ("answers", {"relations-idea": "22"}),
        ("answers", {"relations": "2", "constructor": "2"}),
        ("snapshots", {"date": "2026-11-20", "answers": {}}),
        ("log", {"ref-2": "2026-11-20", "ref-3": [], "ref-4": ["someday", 7, None], "<b>": ["2026-11-20"]}),
        ("log", [["2026-11-20"]]),
        ("notes", {"ref-2": "Noor", "ref-3": note(), "ref-4": note(" \n"), "__proto__": note("Noor")}),
        ("notes", {"ref-2": {"owner": 7, "text": ["Noor"]}, "ref-3": None}),
        ("team", []),
        ("team", {"members": {"name": "Bas"}, "deal": "none"}),
        ("team", {"members": [None, "Bas", {"name": ""}, {"name": 7}], "deal": {"date": "someday"}}),
        ("snapshots", [None, 7, "2026-11-20", {"date": "2026-11-20"}, {"date": "someday", "answers": {}}]),
    ],
)
def test_an_entry_that_nobody_understands_is_left_out_and_the_others_stay(pure, site, part, entries):
    mine = state(
        {"rel-1": done()} if part != "items" else None, {"revenue-idea": "1"} if part != "answers" else None
    )
    if part == "log":
        mine["log"] = {}
    assert parse(pure, site, json.dumps({**mine, part: entries, "more": 1})) == {
        "state": mine,
        "found": "good",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.text(max_size=12) | st.just("2026-11-20"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "version",
                    "items",
                    "answers",
                    "snapshots",
                    "log",
                    "notes",
                    "team",
                    "members",
                    "deal",
                    "ref-1",
                    "rel-idea",
                    "state",
                    "date",
                    "owner",
                ]
            )
            | st.text(max_size=6),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)

ITEMS = st.sampled_from(["ref-1", "ref-2"])
LONG = st.text(min_size=30, max_size=80) | st.text(
    st.sampled_from(" a\n\U0001f642"), min_size=55, max_size=65
)
NOTE = st.fixed_dictionaries({"owner": LONG, "text": LONG})
MEMBER = st.fixed_dictionaries({"name": LONG, "answers": JSON})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        JSON
        | st.fixed_dictionaries({"version": st.just(1), "items": JSON, "answers": JSON, "snapshots": JSON})
        | st.fixed_dictionaries(
            {
                "version": st.just(VERSION),
                "log": JSON | st.dictionaries(ITEMS, st.lists(st.just("2026-11-20") | JSON)),
                "notes": JSON | st.dictionaries(ITEMS, NOTE | JSON),
                "team": JSON
                | st.fixed_dictionaries({"members": JSON | st.lists(MEMBER), "deal": JSON | NOTE}),
            }
        )
    )
)
def test_whatever_was_kept_gives_a_state_that_reads_back_as_itself(pure, site, values):
    texts = [*map(json.dumps, values), *(json.dumps(value)[:-1] for value in values)]
    states = ask(pure, site, "state", "texts.map(text => state.parse(text).state)", texts=texts)
    assert all(set(read) == set(state()) for read in states)
    again = ask(pure, site, "state", "states.map(read => state.parse(JSON.stringify(read)))", states=states)
    assert again == [{"state": read, "found": "good"} for read in states]


def test_a_state_cannot_be_changed_by_mistake(pure, site):
    frozen = "[state.EMPTY, state.parse(text).state.items['ref-1']].every(Object.isFrozen)"
    assert ask(pure, site, "state", frozen, text=json.dumps(state({"ref-1": done()})))


# --- Migration ---

MIGRATIONS = """[
  data => ({ ...data, log: [...data.log, "1 to 2"] }),
  data => ({ ...data, log: [...data.log, "2 to 3"], version: "whatever" }),
  data => ({ ...data, log: [...data.log, "3 to 4"] }),
]"""


@pytest.mark.parametrize(
    "version, steps",
    [(1, ["1 to 2", "2 to 3", "3 to 4"]), (2, ["2 to 3", "3 to 4"]), (3, ["3 to 4"]), (4, [])],
)
def test_older_data_takes_each_step_that_it_lacks_in_order(pure, site, version, steps):
    data = {"version": version, "log": []}
    upgraded = ask(pure, site, "state", f"state.upgrade(data, {MIGRATIONS})", data=data)
    assert upgraded == {"version": 4, "log": steps}


# What readers had in their browsers while version 1 was the newest, as its scripts wrote it.
OLD = {
    "a tick, answers and a result": (
        old_state(
            {"ref-2": done("2026-11-13"), "rel-1": unfit("2026-10-01"), "reb-4": done("2025-12-31")},
            {"relations-idea": "2", "referral-execution": "x"},
            [{"date": "2026-10-05", "answers": {"relations-idea": "0"}}],
        ),
        {"ref-2": ["2026-11-13"], "reb-4": ["2025-12-31"]},
    ),
    "only answers": (old_state(answers={"revenue-idea": "3"}), {}),
    "an item that is gone": (old_state({"old-99": done("2026-02-28")}), {"old-99": ["2026-02-28"]}),
    "a clock that stood wrong": (old_state({"rep-1": done("1970-01-01")}), {"rep-1": ["1970-01-01"]}),
}


@pytest.mark.parametrize("old, log", OLD.values(), ids=OLD)
def test_a_state_of_version_1_keeps_everything_and_its_ticks_begin_the_log(pure, site, old, log):
    new = {**state(), **old, "version": VERSION, "log": log}
    assert parse(pure, site, json.dumps(old)) == {"state": new, "found": "good"}


@pytest.mark.parametrize(
    "odd",
    [
        {"version": 1},
        {"version": 1, "items": None, "answers": None, "snapshots": None},
        {"version": 1, "items": {"ref-1": {"state": "done"}, "ref-2": "done", "__proto__": done()}},
        {"version": 1, "items": [], "log": {"ref-1": ["2026-11-20"]}},
    ],
)
def test_an_odd_state_of_version_1_is_read_as_far_as_it_can_be(pure, site, odd):
    assert parse(pure, site, json.dumps(odd)) == {"state": state(), "found": "good"}


def test_what_version_1_kept_is_kept_on_and_written_anew_at_the_next_change(page, site):
    old = old_state({"ref-1": done("2026-11-13")}, {"relations-idea": "2"})
    keep(page, site, old)
    empty(page, site)
    assert ask(page, site, "store", "store.read().log") == {"ref-1": ["2026-11-13"]}
    assert kept(page, site) == old  # looking changes nothing
    mark(page, site, "ref-2")
    assert kept(page, site) == {
        **state({"ref-1": done("2026-11-13"), "ref-2": done("2026-11-23")}, {"relations-idea": "2"}),
        "log": {"ref-1": ["2026-11-13"]},  # `mark` does not tick, it only writes an item
    }


def test_a_text_is_no_longer_than_its_field_and_has_no_line_ends(pure, site):
    mine = state(
        notes={"ref-1": note("N" * 70, "\U0001f642" * 600), "ref-2": note("\n Noor \x00 de Wit\t", "")},
        team={
            "members": [{"name": "B" * 50, "answers": {}}] * 12,
            "deal": {"action": "A" * 300, "owner": "O" * 70, "date": "2026-11-20"},
        },
    )
    read = parse(pure, site, json.dumps(mine))["state"]
    assert read["notes"] == {"ref-1": note("N" * 60, "\U0001f642" * 500), "ref-2": note("Noor   de Wit", "")}
    assert read["team"] == {
        "members": [{"name": "B" * 40, "answers": {}}] * 8,
        "deal": {"action": "A" * 200, "owner": "O" * 60, "date": "2026-11-20"},
    }


def test_the_log_of_an_item_has_each_day_once_oldest_first_and_ends(pure, site):
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 8, 15, 22, 28, 3)]
    read = parse(pure, site, json.dumps(state(log={"ref-1": [*days, *days]})))["state"]
    assert read["log"] == {"ref-1": sorted(days)[-60:]}


# --- Ticks ---


def test_marking_an_item_replaces_what_it_was_and_touches_no_other(pure, site):
    mine = state({"ref-1": done(), "ref-2": unfit()}, {"relations-idea": "2"})
    marked = {
        mark: ask(
            pure,
            site,
            "ticks",
            'ticks.markItem(mine, "ref-2", mark, "2026-11-23").items',
            mine=mine,
            mark=mark,
        )
        for mark in ("done", "na", "open")
    }
    assert marked == {
        "done": {"ref-1": done(), "ref-2": done("2026-11-23")},
        "na": {"ref-1": done(), "ref-2": unfit("2026-11-23")},
        "open": {"ref-1": done()},
    }


def test_starting_again_opens_the_done_items_of_one_certainty(pure, site):
    mine = state({"ref-1": done(), "ref-2": unfit(), "rel-1": done()}, {"relations-idea": "2"})
    again = ask(pure, site, "ticks", 'ticks.startAgain(mine, ["ref-1", "ref-2", "ref-3"])', mine=mine)
    assert again == {**mine, "items": {"ref-2": unfit(), "rel-1": done()}}


def run(page, site, mine, *steps):
    """What is left of a state after steps of ticks.js, each an expression with `state`."""
    calls = "".join(f"state = {step};" for step in steps)
    tidied = f"(() => {{ let state = mine; {calls} return tidy.tidy(state) }})()"
    return page.evaluate(
        "async ([urls, mine]) => { const [ticks, tidy] = await Promise.all(urls.map(url => import(url)));"
        f"return {tidied} }}",
        [[site.script("ticks"), site.script("state")], mine],
    )


def tick(mark, day, item="ref-1"):
    return f'ticks.markItem(state, "{item}", "{mark}", "{day}")'


AGAIN = 'ticks.startAgain(state, ["ref-1", "ref-2"])'


@pytest.mark.parametrize(
    "steps, log",
    [
        ([tick("done", "2026-11-23")], {"ref-1": ["2026-11-23"]}),
        ([tick("done", "2026-11-16"), AGAIN, tick("done", "2026-11-23")], {"ref-1": ["2026-11-16", "2026-11-23"]}),
        ([tick("done", "2026-11-16"), AGAIN], {"ref-1": ["2026-11-16"]}),
        # Taken away: it was not done.
        ([tick("done", "2026-11-16"), tick("open", "2026-11-23")], {}),
        ([tick("done", "2026-11-16"), tick("na", "2026-11-23")], {}),
        (
            [tick("done", "2026-11-16"), AGAIN, tick("done", "2026-11-23"), tick("open", "2026-11-23")],
            {"ref-1": ["2026-11-16"]},
        ),
        # What does not apply is not done, and starting again does not change that.
        ([tick("na", "2026-11-16"), AGAIN, tick("open", "2026-11-23")], {}),
        (
            [tick("done", "2026-11-16"), AGAIN, tick("na", "2026-11-23"), tick("open", "2026-11-23")],
            {"ref-1": ["2026-11-16"]},
        ),
        ([tick("done", "2026-11-16"), tick("done", "2026-11-17", "ref-2"), AGAIN],
         {"ref-1": ["2026-11-16"], "ref-2": ["2026-11-17"]}),
    ],
)  # fmt: skip
def test_the_log_has_the_days_on_which_an_item_was_done(pure, site, steps, log):
    assert run(pure, site, state(), *steps)["log"] == log


def test_the_log_says_what_was_done_in_which_week_newest_first(pure, site):
    log = {
        "ref-1": ["2026-11-13", "2026-11-20"],
        "rel-1": ["2026-11-22", "2026-12-28"],
        "rep-1": ["2027-01-01"],
    }
    assert ask(pure, site, "ticks", "ticks.weeksOf(mine)", mine=state(log=log)) == [
        {"week": "2026-12-28", "items": [{"id": "rel-1", "date": "2026-12-28"}, {"id": "rep-1", "date": "2027-01-01"}]},
        {"week": "2026-11-16", "items": [{"id": "ref-1", "date": "2026-11-20"}, {"id": "rel-1", "date": "2026-11-22"}]},
        {"week": "2026-11-09", "items": [{"id": "ref-1", "date": "2026-11-13"}]},
    ]  # fmt: skip


def test_a_note_is_written_and_an_empty_one_goes(pure, site):
    write = 'ticks.noteItem(state, "ref-1", {{ owner: "{0}", text: "{1}" }})'
    mine = state(notes={"ref-2": note("Bas")})
    assert run(pure, site, mine, write.format("Noor", "Bel"))["notes"] == {
        "ref-1": note("Noor", "Bel"),
        "ref-2": note("Bas"),
    }
    assert run(pure, site, mine, write.format("Noor", ""), write.format(" ", ""))["notes"] == mine["notes"]


def test_progress_leaves_out_what_does_not_apply(pure, site):
    mine = state({"ref-1": done(), "ref-2": unfit(), "rel-1": done()})
    progress = 'ticks.progressOf(mine, ["ref-1", "ref-2", "ref-3", "ref-4"])'
    assert ask(pure, site, "ticks", progress, mine=mine) == {"done": 1, "of": 3}


# --- Keeping ---


ADD = """(id => store.change(state => (
  { ...state, items: { ...state.items, [id]: { state: "done", date: "2026-11-23" } } }
)))"""


def mark(page, site, item: str) -> Any:
    """Write that an item is done; then what is read and how the storage does."""
    after = "{ items: Object.keys(store.read().items), status: store.status() }"
    return ask(page, site, "store", f"({ADD}(item), {after})", item=item)


def test_one_entry_named_after_the_site_holds_everything(page, site):
    assert mark(page, site, "ref-2") == {"items": ["ref-2"], "status": "kept"}
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('z7'))") == [key(site)]
    assert kept(page, site) == state({"ref-2": done("2026-11-23")}, log={})


def test_the_scripts_of_both_languages_keep_it_in_the_same_place(page, site):
    empty(page, site, "en")
    assert page.evaluate("url => import(url).then(store => store.KEY)", site.script("store", "en/")) == key(
        site
    )


def test_a_listener_hears_every_change_until_it_is_taken_away(page, site):
    heard = f"""(() => {{
      const heard = [], add = {ADD};
      const end = store.subscribe(state => heard.push(Object.keys(state.items).length));
      add("ref-1"); add("ref-2"); store.clear(); end(); add("ref-3");
      return heard;
    }})()"""
    assert ask(page, site, "store", heard) == [1, 2, 0]


def test_today_is_the_readers_day(open_browser, site):
    for zone, day in (("Pacific/Kiritimati", "2026-01-02"), ("America/Los_Angeles", "2026-01-01")):
        page = empty(open_browser(timezone_id=zone), site)
        page.clock.set_fixed_time("2026-01-01T12:00:00Z")
        assert ask(page, site, "store", "store.today()") == day


def test_blocked_storage_is_told_and_everything_works_in_memory(page, site):
    page.add_init_script(BLOCKED)
    page.reload()
    assert ask(page, site, "store", "store.status()") == "memory"
    mark(page, site, "ref-1")
    assert mark(page, site, "ref-2") == {"items": ["ref-1", "ref-2"], "status": "memory"}


def test_full_storage_is_told_works_in_memory_and_is_tried_again(page, site):
    """Really filled, by another project on the same host."""
    keep(page, site, state({"rel-1": done()}))
    empty(page, site)
    page.evaluate(
        """() => {
          for (let size = 2 ** 22; size >= 1; size = size / 2) {
            try { for (let n = 0; ; n++) localStorage.setItem(`other:${size}:${n}`, "x".repeat(size)) } catch { }
          }
        }"""
    )
    assert mark(page, site, "ref-1") == {"items": ["rel-1", "ref-1"], "status": "memory"}
    assert kept(page, site) == state({"rel-1": done()})
    page.evaluate(
        "Object.keys(localStorage).filter(key => key.startsWith('other')).forEach(key => localStorage.removeItem(key))"
    )
    assert mark(page, site, "ref-2") == {"items": ["rel-1", "ref-1", "ref-2"], "status": "kept"}
    assert set(kept(page, site)["items"]) == {"rel-1", "ref-1", "ref-2"}


def test_what_another_tab_kept_meanwhile_is_not_lost_when_there_is_room_again(page, site):
    page.evaluate(f"window.real = Storage.prototype.setItem; {FULL}; null")
    mark(page, site, "ref-1")
    other = page.context.new_page()
    keep(other, site, state({"rel-1": done()}))
    page.evaluate("Storage.prototype.setItem = window.real; null")
    assert mark(page, site, "ref-2")["items"] == ["rel-1", "ref-1", "ref-2"]
    assert set(kept(other, site)["items"]) == {"rel-1", "ref-1", "ref-2"}


def test_a_newer_version_is_left_as_it_is(page, site):
    newer = '{"version": 99, "ticks": ["ref-1"]}'
    keep(page, site, newer)
    empty(page, site)
    assert ask(page, site, "store", "store.status()") == "newer"
    assert mark(page, site, "ref-2") == {"items": ["ref-2"], "status": "newer"}
    ask(page, site, "store", "store.clear()")
    assert ask(page, site, "store", "store.read().items") == {}
    assert kept_text(page, site) == newer


def test_a_newer_version_in_another_tab_leaves_this_one_with_what_it_had(page, site):
    mark(page, site, "ref-1")
    keep(page.context.new_page(), site, '{"version": 99}')
    assert mark(page, site, "ref-2") == {"items": ["ref-1", "ref-2"], "status": "newer"}
    assert kept_text(page, site) == '{"version": 99}'


def test_corrupt_storage_is_set_aside_before_anything_is_written(page, site):
    keep(page, site, '{"version": 1, "items": {"ref-1"')
    empty(page, site)
    assert ask(page, site, "store", "store.status()") == "mended"
    assert mark(page, site, "ref-2") == {"items": ["ref-2"], "status": "mended"}
    assert kept_text(page, site, ":corrupt") == '{"version": 1, "items": {"ref-1"'
    assert set(kept(page, site)["items"]) == {"ref-2"}
    page.reload()
    assert ask(page, site, "store", "store.status()") == "kept"


def test_corrupt_storage_that_cannot_be_set_aside_is_not_overwritten(page, site):
    """There is room for a small state, and none for a copy of what is there."""
    keep(page, site, "{")
    empty(page, site)
    page.evaluate(
        """const set = window.real = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, text) {
          if (key.endsWith(":corrupt")) throw new DOMException("full", "QuotaExceededError");
          set.call(this, key, text);
        }; null"""
    )
    assert mark(page, site, "ref-2") == {"items": ["ref-2"], "status": "memory"}
    assert kept_text(page, site) == "{"
    # It can be, later: then nothing is lost at all.
    page.evaluate("Storage.prototype.setItem = window.real; null")
    assert mark(page, site, "ref-3") == {"items": ["ref-2", "ref-3"], "status": "mended"}
    assert kept_text(page, site, ":corrupt") == "{"


def test_clearing_leaves_nothing_in_the_browser(page, site):
    keep(page, site, "{")
    empty(page, site)
    mark(page, site, "ref-2")
    ask(page, site, "store", "store.clear()")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('z7'))") == []


def test_what_a_team_agreed_on_counts_as_kept(pure, site):
    mine = state(team={"members": [], "deal": {"action": "", "owner": "Noor", "date": ""}})
    amount = ask(pure, site, "ticks", "ticks.amountOf(mine)", mine=mine)
    assert {name for name, number in amount.items() if number} == {"deals"}


def test_taking_back_the_last_tick_leaves_nothing_either(page, site):
    mark(page, site, "ref-2")
    ask(page, site, "store", "store.change(state => ({ ...state, items: {} }))")
    assert kept_text(page, site) is None


# --- Days and reminders ---


def test_weeks_are_those_of_iso_8601_at_the_ends_of_years_and_in_between(pure, site):
    days = [date(year, 12, 21) + timedelta(days=n) for year in range(1999, 2051) for n in range(21)]
    days += [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    texts = [day.isoformat() for day in days]
    said = ask(
        pure,
        site,
        "days",
        "texts.map(day => [days.weekOf(day), days.weekdayOf(day), days.mondayOf(day), days.nextMonday(day)])",
        texts=texts,
    )
    mondays = [day - timedelta(days=day.weekday()) for day in days]
    assert said == [
        [day.isocalendar().week, day.weekday(), monday.isoformat(), (monday + timedelta(days=7)).isoformat()]
        for day, monday in zip(days, mondays, strict=True)
    ]


def test_days_are_added_over_the_ends_of_months_and_of_summer_time(pure, site):
    for day, number in (
        ("2026-10-24", 1),
        ("2027-03-27", 2),
        ("2028-02-28", 2),
        ("2026-12-31", 49),
        ("2026-01-01", -1),
    ):
        after = ask(pure, site, "days", "days.addDays(day, number)", day=day, number=number)
        assert after == (date.fromisoformat(day) + timedelta(days=number)).isoformat()


REMINDER = {
    "id": "item-ref-2",
    "date": "2026-11-30",
    "summary": "Eén van hen, om precies te zijn; \\ bij één genoemde persoon gevraagd “morgen” \U0001f642"
    * 2,
    "text": "Eén ding.\nKlaar? Vink het af:",
    "url": "https://example.org/certainties/referral/#ref-2",
}


def calendar(pure, site, moment="2026-11-24T09:00:30+00:00", **changes):
    made = ask(
        pure,
        site,
        "calendar",
        'calendar.toCalendar(reminder, "example.org", now)',
        reminder={**REMINDER, **changes},
        now=int(datetime.fromisoformat(moment).timestamp() * 1000),
    )
    assert made.endswith("\r\n")
    assert re.search("(?<!\r)\n|\r(?!\n)", made) is None
    lines = made.removesuffix("\r\n").split("\r\n")
    assert all(
        0 < len(line.encode()) <= 75 for line in lines
    )  # a line that cuts a character would not encode
    return made.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def prop(lines, name):
    """The first value of a property of the event, with its parameters."""
    event = lines[lines.index("BEGIN:VEVENT") :]
    return next(line.removeprefix(name) for line in event if re.match(f"{name}[:;]", line))[1:]


def test_a_reminder_is_a_calendar_as_rfc_5545_wants_it(pure, site):
    lines = calendar(pure, site)
    stack = []
    for line in lines:
        assert re.match(r"[A-Z-]+[:;]", line), line
        if line.startswith("BEGIN:"):
            stack.append(line.removeprefix("BEGIN:"))
        elif line.startswith("END:"):
            assert stack.pop() == line.removeprefix("END:")
    assert stack == []
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "VERSION:2.0" in lines
    assert any(line.startswith("PRODID:") for line in lines)
    assert prop(lines, "UID") == "item-ref-2@example.org"
    assert prop(lines, "DTSTAMP") == "20261124T090030Z"
    assert prop(lines, "DTSTART") == "TZID=Europe/Amsterdam:20261130T090000"
    assert prop(lines, "DURATION") == "PT15M"
    assert prop(lines, "URL") == REMINDER["url"]


def test_what_a_reminder_says_is_escaped_and_comes_back_whole(pure, site):
    lines = calendar(pure, site)
    plain = {r"\n": "\n", r"\N": "\n"}

    def read(text: str) -> str:
        return re.sub(r"\\.", lambda found: plain.get(found[0], found[0][1:]), text)

    assert re.search(r"(?<!\\)(\\\\)*[;,]", prop(lines, "SUMMARY")) is None
    assert read(prop(lines, "SUMMARY")) == REMINDER["summary"]
    assert read(prop(lines, "DESCRIPTION")) == f"{REMINDER['text']}\n{REMINDER['url']}"


def test_a_reminder_that_moves_has_the_same_id_and_a_higher_number(pure, site):
    first = calendar(pure, site)
    later = calendar(pure, site, "2026-12-01T08:00:00+00:00", date="2026-12-07")
    assert prop(first, "UID") == prop(later, "UID")
    assert 0 < int(prop(first, "SEQUENCE")) < int(prop(later, "SEQUENCE")) < 2**31
    assert prop(later, "DTSTART").endswith(":20261207T090000")


def test_the_zone_of_a_reminder_changes_when_amsterdam_does(pure, site):
    """At nine o'clock in winter and in summer; the rules of the file are those of the zone in Python."""
    lines = calendar(pure, site)
    zone = lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE")]
    values = dict.fromkeys(["DAYLIGHT", "STANDARD"])
    for kind in values:
        part = zone[zone.index(f"BEGIN:{kind}") : zone.index(f"END:{kind}")]
        values[kind] = dict(line.split(":", 1) for line in part)
    amsterdam = ZoneInfo("Europe/Amsterdam")
    for year in range(2026, 2032):
        for kind, month in (("DAYLIGHT", 3), ("STANDARD", 10)):
            assert values[kind]["RRULE"] == f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU"
            last = date(year, month, 31) - timedelta(days=(date(year, month, 31).weekday() + 1) % 7)
            hour = int(values[kind]["DTSTART"].partition("T")[2][:2])
            before, after = (
                datetime(year, month, last.day, at, 30, tzinfo=amsterdam).utcoffset()
                for at in (hour - 2, hour + 1)
            )
            for name, offset in (("TZOFFSETFROM", before), ("TZOFFSETTO", after)):
                assert values[kind][name] == f"+{offset.seconds // 3600:02}00"


# --- Words ---

NONE = "{ done: 0, na: 0, answers: 0, snapshots: 0, weeks: 0, notes: 0, members: 0, deals: 0 }"


def test_a_number_has_the_noun_that_goes_with_it_and_nothing_is_not_counted(pure, site):
    said = ask(
        pure,
        site,
        "words",
        f"[0, 1, 2].map(done => words.words.clearText({{ ...{NONE}, done, answers: 2 }}))",
    )
    assert [text.partition(": ")[2].partition(".")[0] for text in said] == [
        "2 antwoorden van de toets",
        "1 vinkje en 2 antwoorden van de toets",
        "2 vinkjes en 2 antwoorden van de toets",
    ]
    nothing = ask(pure, site, "words", f"words.words.clearText({NONE})")
    assert ": nog niets." in nothing
    assert ask(pure, site, "words", "words.words.doneOf(0, 0)") == "Niets van toepassing"


@pytest.mark.parametrize("language, day", [("nl", "1 maart 2026"), ("en", "1 March 2026")])
def test_a_day_is_said_in_the_language_of_the_page(page, site, language, day):
    words = site.script("words", "en/" if language == "en" else "")
    say = "url => import(url).then(words => words.sayDay('2026-03-01'))"
    assert empty(page, site, language).evaluate(say, words) == day
