"""What a reader keeps: the scripts state.js, ticks.js, store.js and words.js, in a page of the site."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.site.keeping import BLOCKED, FULL, done, keep, kept, kept_text, key, state, unfit

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
    assert parse(pure, site, '{"version": 2, "items": "of another kind"}')["found"] == "newer"


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
        ("snapshots", [None, 7, "2026-11-20", {"date": "2026-11-20"}, {"date": "someday", "answers": {}}]),
    ],
)
def test_an_entry_that_nobody_understands_is_left_out_and_the_others_stay(pure, site, part, entries):
    mine = state(
        {"rel-1": done()} if part != "items" else None, {"revenue-idea": "1"} if part != "answers" else None
    )
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
                ["version", "items", "answers", "snapshots", "ref-1", "rel-idea", "state", "date"]
            )
            | st.text(max_size=6),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        JSON
        | st.fixed_dictionaries({"version": st.just(1), "items": JSON, "answers": JSON, "snapshots": JSON})
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


def test_progress_leaves_out_what_does_not_apply(pure, site):
    mine = state({"ref-1": done(), "ref-2": unfit(), "rel-1": done()})
    progress = 'ticks.progressOf(mine, ["ref-1", "ref-2", "ref-3", "ref-4"])'
    assert ask(pure, site, "ticks", progress, mine=mine) == {"done": 1, "of": 3}


# --- Keeping ---


ADD = """(id => store.change(state => (
  { ...state, items: { ...state.items, [id]: { state: "done", date: "2026-11-23" } } }
)))"""


def mark(page, site, item: str) -> Any:
    """Tick an item; then what is read and how the storage does."""
    after = "{ items: Object.keys(store.read().items), status: store.status() }"
    return ask(page, site, "store", f"({ADD}(item), {after})", item=item)


def test_one_entry_named_after_the_site_holds_everything(page, site):
    assert mark(page, site, "ref-2") == {"items": ["ref-2"], "status": "kept"}
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('z7'))") == [key(site)]
    assert kept(page, site) == state({"ref-2": done("2026-11-23")})


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


def test_taking_back_the_last_tick_leaves_nothing_either(page, site):
    mark(page, site, "ref-2")
    ask(page, site, "store", "store.change(state => ({ ...state, items: {} }))")
    assert kept_text(page, site) is None


# --- Words ---


def test_a_number_has_the_noun_that_goes_with_it_and_nothing_is_not_counted(pure, site):
    said = ask(
        pure,
        site,
        "words",
        "[0, 1, 2].map(done => words.words.clearText({ done, na: 0, answers: 2, snapshots: 0 }))",
    )
    assert [text.partition(": ")[2].partition(".")[0] for text in said] == [
        "2 antwoorden van de toets",
        "1 vinkje en 2 antwoorden van de toets",
        "2 vinkjes en 2 antwoorden van de toets",
    ]
    nothing = ask(pure, site, "words", "words.words.clearText({ done: 0, na: 0, answers: 0, snapshots: 0 })")
    assert ": nog niets." in nothing
    assert ask(pure, site, "words", "words.words.doneOf(0, 0)") == "Niets van toepassing"


@pytest.mark.parametrize("language, day", [("nl", "1 maart 2026"), ("en", "1 March 2026")])
def test_a_day_is_said_in_the_language_of_the_page(page, site, language, day):
    words = site.script("words", "en/" if language == "en" else "")
    say = "url => import(url).then(words => words.sayDay('2026-03-01'))"
    assert empty(page, site, language).evaluate(say, words) == day
