"""Files out of the browser and into it: transfer.js, and the buttons of the assessment."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.site.assessing import answers, evaluate, open_assessment
from tests.site.keeping import FULL, VERSION, done, keep, kept, kept_text, note, old_state, state, unfit

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

CODES = "211 321 0x0 221 210 10x 322"
THEN = {"date": "2026-10-05", "answers": answers("111 111 000 111 111 111 111")}
OWN = state({"ref-1": done(), "rel-2": unfit()}, answers(CODES), [THEN])
FULLER = {
    **OWN,
    "log": {"ref-1": ["2026-11-06", "2026-11-20"]},
    "notes": {"ref-1": note("Noor", "Eerst Bas bellen")},
    "team": {
        "members": [{"name": "Bas", "answers": answers(CODES)}],
        "deal": {"action": "Vraag één klant", "owner": "Noor", "date": "2026-12-04"},
    },
}
OTHER = state({"rep-1": done(), "rep-2": done()}, answers("3" * 10 + "-" * 11))


@pytest.fixture(scope="module")
def page(browser, site):
    """One page for all tests of the pure parts: of a reader who has answers."""
    with browser.new_context() as context:
        page = context.new_page()
        keep(page, site, OWN)
        yield open_assessment(page, site)


def export(kept_state: Any, **more: Any) -> str:
    return json.dumps({"kind": "7-certainties-export", "exported": "2026-11-23", "kept": kept_state, **more})


def read_files(page, site, texts: list[str]) -> list[dict[str, Any]]:
    return evaluate(page, site, "transfer", "texts.map(transfer.fromJson)", texts=texts)


# --- JSON ---


def test_an_export_brings_everything_back(page, site):
    text = evaluate(page, site, "transfer", 'transfer.toJson(mine, "2026-11-23")', mine=FULLER)
    assert json.loads(text) == json.loads(export(FULLER))
    assert read_files(page, site, [text, f"\ufeff{text}"]) == [{"found": "good", "state": FULLER}] * 2


def test_an_export_of_version_1_brings_everything_back_and_its_ticks_begin_the_log(page, site):
    old = old_state(OWN["items"], OWN["answers"], OWN["snapshots"])
    assert read_files(page, site, [export(old)]) == [{"found": "good", "state": OWN}]


@pytest.mark.parametrize(
    "text, found",
    [
        ("", "corrupt"),
        ("<!doctype html><p>no file of ours", "corrupt"),
        (export(OWN)[:-20], "corrupt"),
        ("null", "wrong"),
        ("7", "wrong"),
        ("[]", "wrong"),
        (json.dumps(OWN), "wrong"),
        (json.dumps({"version": VERSION, "kind": "of another site"}), "wrong"),
        (export(None), "wrong"),
        (export("{}"), "wrong"),
        (export({**OWN, "version": "1"}), "wrong"),
        (json.dumps({"kind": "7-certainties-export"}), "wrong"),
        (export({**OWN, "version": VERSION + 1}), "newer"),
        (export(state()), "empty"),
        (export(state({"ref-1": {"state": "gone"}}, {"relations-idea": "9"})), "empty"),
        ("[" * 200_000, "corrupt"),
        (f'{{"kind":"7-certainties-export","kept":{"[" * 3000}{"]" * 3000}}}', "wrong"),
    ],
)
def test_a_file_that_is_none_of_ours_is_told_from_one_that_is(page, site, text, found):
    assert read_files(page, site, [text]) == [{"found": found}]


def test_what_a_file_has_too_much_is_left_out(page, site):
    odd = {
        **OWN,
        "items": {**OWN["items"], "__proto__": done(), "<b>": done()},
        "answers": {**OWN["answers"], "relations-idea": "7"},
        "theme": "dark",
        "notes": {"<b>": note("Noor")},
    }
    (found,) = read_files(page, site, [export(odd, more=1)])
    rest = {key: value for key, value in OWN["answers"].items() if key != "relations-idea"}
    assert found == {"found": "good", "state": {**OWN, "answers": rest}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "kind",
                    "kept",
                    "version",
                    "items",
                    "answers",
                    "snapshots",
                    "log",
                    "notes",
                    "team",
                    "date",
                    "state",
                    "owner",
                    "__proto__",
                ]
            )
            | st.text(max_size=6),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
ANSWERS = st.dictionaries(
    st.sampled_from([*answers("0" * 21)]) | st.text(max_size=4), st.sampled_from("0123x-9") | JSON
)
KEPT = st.fixed_dictionaries(
    {
        "version": st.sampled_from([1, VERSION, VERSION, VERSION + 1, 0, "1", None]),
        "items": JSON | st.dictionaries(st.sampled_from(["ref-1", "REF-1", "ref"]), st.just(done()) | JSON),
        "answers": ANSWERS | JSON,
        "snapshots": JSON
        | st.lists(st.fixed_dictionaries({"date": st.just("2026-11-23") | JSON, "answers": ANSWERS}) | JSON),
    }
)
FILES = st.one_of(
    st.text(),
    JSON.map(json.dumps),
    (JSON | KEPT).map(export),
    st.tuples(KEPT.map(export), st.integers(0, 400), st.text(max_size=2)).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FILES, min_size=1, max_size=60))
def test_no_file_gives_anything_but_a_good_state_and_none_touches_ones_own(page, site, texts):
    texts = [text.encode("utf-16", "replace").decode("utf-16") for text in texts]
    before = kept_text(page, site)
    for found in read_files(page, site, texts):
        if found["found"] != "good":
            assert found in [{"found": kind} for kind in ("corrupt", "wrong", "newer", "empty")]
            continue
        good = found["state"]
        assert set(good) == set(state())
        assert any(good[part] for part in ("items", "answers", "snapshots", "log", "notes")) or (
            good["team"] != state()["team"]
        )
        assert all(set(tick) == {"state", "date"} for tick in good["items"].values())
        for given_answers in (good["answers"], *(one["answers"] for one in good["snapshots"])):
            assert all(re.fullmatch(r"[a-z]{1,20}-[a-z]{1,20}", key) for key in given_answers)
            assert set(given_answers.values()) <= set("0123x")
    assert kept_text(page, site) == before


# --- The buttons ---

DIALOG = "dialog.z7-dialog"


def a_file(text: str | bytes, name: str = "export.json") -> dict[str, Any]:
    content = text if isinstance(text, bytes) else text.encode()
    return {"name": name, "mimeType": "application/json", "buffer": content}


def choose_file(page, file: dict[str, Any] | Path, button: str = "Bestand importeren") -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files(file)


@pytest.fixture
def reader(open_browser, site):
    """Somebody with ticks, answers and an earlier result."""
    page = open_browser()
    keep(page, site, OWN)
    return open_assessment(page, site)


def test_an_exported_file_is_named_by_the_site_and_the_day(reader, site):
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Alles exporteren").click()
    assert re.fullmatch(r"de-7-zekerheden-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    assert json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["kept"] == OWN


@pytest.mark.parametrize(
    "folder, buttons, says",
    [
        (
            "",
            ("Bestand importeren", "Vervangen"),
            "1 keer “niet van toepassing”, 21 antwoorden van de toets, 1 bewaarde uitslag en 1 week in het logboek",
        ),
        (
            "en/",
            ("Import a file", "Replace"),
            "1 tick, 1 ‘not applicable’, 21 answers to the test, 1 saved result and 1 week in the log",
        ),
    ],
)
def test_a_good_file_is_taken_over_once_somebody_has_read_what_goes(
    open_browser, site, folder, buttons, says
):
    page = open_browser()
    keep(page, site, OWN)
    open_assessment(page, site, folder=folder)
    choose_file(page, a_file(export(OTHER)), buttons[0])
    dialog = page.locator(DIALOG)
    assert says in dialog.inner_text()
    assert re.search("2 (vinkjes|ticks), 10 .* (en|and) 1 week ", dialog.inner_text())
    assert kept(page, site) == OWN
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert kept(page, site) == OWN
    choose_file(page, a_file(export(OTHER)), buttons[0])  # the same file again
    dialog.get_by_role("button", name=buttons[1]).click()
    page.wait_for_selector(".result__unfinished")
    assert kept(page, site) == OTHER


@pytest.mark.parametrize(
    "file, sentence",
    [
        (a_file("not json"), "Dit bestand kunnen we niet lezen"),
        (a_file(export(OTHER)[:100]), "Dit bestand kunnen we niet lezen"),
        (a_file(bytes(range(256)), "picture.png"), "Dit bestand kunnen we niet lezen"),
        (a_file('{"name": "another-program", "version": 1}'), "Dit bestand komt niet van deze site"),
        (a_file(export({**OTHER, "version": VERSION + 1})), "Dit bestand komt van een nieuwere versie"),
        (a_file(export(state())), "In dit bestand staat niets om te importeren"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence_and_changes_nothing(reader, site, file, sentence):
    choose_file(reader, file)
    reader.get_by_role("status").get_by_text(sentence).wait_for()
    assert "JSON" not in reader.locator(".z7-note").inner_text()
    assert reader.locator(DIALOG).count() == 0
    assert kept(reader, site) == OWN


def said(page) -> list[str]:
    """What stands in the note, in words."""
    return [text for text in page.locator(".z7-note p").all_inner_texts() if text]


def test_a_failure_is_no_longer_said_once_something_succeeded(reader, site):
    """Whatever failed and whatever came after it: a file, a link, a copy."""
    reader.evaluate("location.hash = '#r=1.00'")
    failure = reader.get_by_role("status").get_by_text("De uitslag in deze link kunnen we niet lezen")
    failure.wait_for()
    choose_file(reader, a_file("not json"))
    reader.get_by_text("Dit bestand kunnen we niet lezen").wait_for()
    assert len(said(reader)) == 1
    choose_file(reader, a_file(export(OTHER)))
    reader.locator(DIALOG).get_by_role("button", name="Vervangen").click()
    reader.get_by_text("Het bestand is geïmporteerd.").wait_for()
    assert said(reader) == ["Het bestand is geïmporteerd."]
    assert kept(reader, site) == OTHER
    reader.get_by_role("button", name="Ongedaan maken").click()
    reader.get_by_text("Alles staat weer zoals het was.").wait_for()
    assert kept(reader, site) == OWN

    reader.evaluate("location.hash = '#r=2.00'")
    failure.wait_for()
    reader.evaluate(f"location.hash = '#r=1.{CODES.replace(' ', '')}'")
    reader.get_by_text("Gedeelde uitslag").wait_for()
    assert said(reader) == []
    reader.click("#result-own")

    reader.evaluate(
        "() => { window.copy = () => false; document.execCommand = () => window.copy();"
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }) }"
    )
    reader.click("#result-copy")
    reader.get_by_text("Kopiëren lukte niet.").wait_for()
    reader.evaluate("() => { window.copy = () => true }")
    reader.click("#result-copy")
    reader.get_by_text("De link staat op het klembord.").wait_for()
    assert said(reader) == ["De link staat op het klembord."]


def test_a_file_of_ten_megabytes_is_not_even_read(reader, site, tmp_path):
    large = tmp_path / "large.json"
    large.write_text(export(OTHER) + " " * 10_000_000)
    reader.evaluate("Blob.prototype.text = () => { throw new Error('it was read') }; null")
    choose_file(reader, large)
    reader.get_by_role("status").get_by_text("Dit bestand is te groot").wait_for()
    assert kept(reader, site) == OWN


def test_an_import_works_in_memory_when_nothing_can_be_kept(open_browser, site):
    page = open_browser()
    page.add_init_script(FULL)
    page.goto(f"{site.url}privacy/")
    choose_file(page, a_file(export(OWN)))
    page.locator(DIALOG).get_by_role("button", name="Vervangen").click()
    page.get_by_text("21 antwoorden van de toets").wait_for()
