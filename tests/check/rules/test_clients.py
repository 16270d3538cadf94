"""What mail programs can do, by caniemail."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from generator.check import refresh_caniemail
from generator.check.features import find_features
from generator.check.rules.clients import DATA, EXPECTED, check_support, list_missing, load_features
from generator.content import Newsletter
from generator.model import Language
from generator.render.email.message import render_email
from tests.check.proofs import proof_of, spoil
from tests.languages import LANGUAGES
from tests.render.mails import edition_of


def test_the_data_is_what_the_script_writes(tmp_path: Path) -> None:
    text = DATA.read_text("utf-8")
    refresh_caniemail.write_data(json.loads(text), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text("utf-8") == text
    assert "MIT" in json.loads(text)["about"]


def test_every_expected_feature_is_one_that_a_mail_program_lacks() -> None:
    features = load_features()
    assert [slug for slug in EXPECTED if not list_missing(features[slug])] == []


def test_every_expected_feature_is_used_by_a_letter(newsletter: Newsletter) -> None:
    used = find_features(html.document_fromstring(render_email(newsletter, edition_of(newsletter)).html))
    assert set(EXPECTED) <= set(used)


@pytest.mark.parametrize(
    "markup, slugs",
    [
        ('<p style="position: fixed">a</p>', {"css-position"}),
        ('<p style="margin: 0 auto; padding-left: 3vw">a</p>', {"css-margin", "css-padding", "css-unit-vw"}),
        ('<p style="border-left-color: rgba(1, 2, 3, .5)">a</p>', {"css-border", "css-rgba"}),
        ('<p style="border-top-left-radius: 50%">a</p>', {"css-border-radius", "css-unit-percent"}),
        ('<p style="display: flex; gap: 1rem">a</p>', {"css-display", "css-display-flex", "css-gap", "css-unit-rem"}),
        ('<p style="--a: 1; color: var(--a) !important">a</p>', {"css-variables", "css-color", "css-important"}),
        ('<p style="width: min(1px, 2ch)">a</p>', {"css-width", "css-function-min", "css-unit-px", "css-unit-ch"}),
        ('<p style="mso-hide: all">a</p>', set()),
        ("<h3>a</h3><ol><li>b</li></ol>", {"html-h1-h6", "html-lists"}),
        ("<section>a</section><video></video><svg></svg>", {"html-semantics", "html-video", "html-svg"}),
        ('<input type="checkbox"><button>a</button>', {"html-input-checkbox", "html-button-submit"}),
        ('<a href="#b">a</a>', {"html-a", "html-anchor-links"}),
        ('<a href="mailto:a@example.org" target="_blank">a</a>', {"html-a", "html-mailto-links", "html-target"}),
        ('<img src="https://example.org/a.WebP?b=c" width="1">', {"html-img", "image-webp", "html-width"}),
        ('<img src="data:image/png;base64,AA" loading="lazy">', {"html-img", "image-base64", "html-loading-attribute"}),
        ("<style>@media (hover) { .a > b:hover { color: red } }</style>", {
            "html-style", "css-at-media", "css-at-media-hover", "css-selector-class", "css-selector-child",
            "css-selector-type", "css-pseudo-class-hover", "css-color"}),
    ],
)  # fmt: skip
def test_features_have_the_names_of_caniemail(markup: str, slugs: set[str]) -> None:
    tree = html.document_fromstring(f"<!DOCTYPE html><html><body><div>{markup}</div></body></html>")
    around = {"html-doctype", "html-html", "html-head", "html-body", "html-div", "html-p"}
    found = set(find_features(tree)) - around
    assert found == slugs
    own = {"css-color", "html-a"}  # too plain for caniemail
    assert slugs - own <= set(load_features())


def test_programs_are_named_as_a_family_when_none_of_it_has_a_feature() -> None:
    features = load_features()
    assert list_missing(features["css-position"]) == "Gmail, Outlook for Windows and Outlook for iOS"
    assert list_missing(features["html-popover"]) == "Gmail and Outlook"
    assert list_missing(features["html-p"]) == ""


def test_an_element_is_found_where_its_words_stand(newsletter: Newsletter) -> None:
    proof = spoil(proof_of(newsletter), "Geen idee.", "<dialog>Geen idee.</dialog>")
    (finding,) = check_support(proof)
    assert finding.message.startswith(
        "“<dialog> element” has no effect in Gmail in a browser, Gmail in a browser on a phone, "
    )
    assert finding.message.endswith(" and Outlook: https://www.caniemail.com/features/html-dialog/")
    line = proof.manuscript.text.splitlines()[finding.spot.line - 1]
    assert line[finding.spot.column - 1 :].startswith("Geen idee.")


def raw(count: int = 250, **changes: Any) -> dict[str, Any]:
    """Data as caniemail gives it."""
    stats = {
        "gmail": {"ios": {"2019-02": "y", "2024-01": "n #1"}, "watch": {"2024-01": "y"}},
        "yahoo": {"ios": {"2019-02": "y"}},
    }
    features = [
        {
            "slug": f"css-{number}",
            "title": "A",
            "url": "https://example.org/",
            "category": "css",
            "stats": stats,
        }
        for number in range(count)
    ]
    return {
        "last_update_date": "2026-01-02 03:04:05 +0000",
        "data": [*features, {"category": "others"}],
        **changes,
    }


def test_refreshing_keeps_the_newest_answer_of_the_programs_that_are_asked_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "data.json", tmp_path / "caniemail.json"
    source.write_text(json.dumps(raw()), "utf-8")
    assert refresh_caniemail.main([str(source)], target) == 0
    made = json.loads(target.read_text("utf-8"))
    assert made["date"] == "2026-01-02"
    assert made["features"]["css-7"]["support"] == {"gmail": {"ios": "n"}, "outlook": {}, "apple-mail": {}}
    assert capsys.readouterr().out == "250 features of 2026-01-02 in caniemail.json\n"


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{}"),
        json.dumps(raw(199)),
        json.dumps(raw(data=[{"category": "css"}])),
        json.dumps(raw(last_update_date=3)),
        json.dumps(raw(300)).replace("n #1", "perhaps"),
    ],
)
def test_refreshing_writes_nothing_when_the_data_are_not_what_we_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    source, target = tmp_path / "data.json", tmp_path / "caniemail.json"
    source.write_text(content, "utf-8")
    assert refresh_caniemail.main([str(source)], target) == 1
    assert not target.exists()
    assert capsys.readouterr().err.endswith("Nothing was written.\n")


def test_refreshing_from_a_file_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert refresh_caniemail.main(["nowhere.json"]) == 1
    assert "nowhere.json" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_asks_nothing_that_is_not_expected(newsletter: Newsletter, language: Language) -> None:
    tree = html.document_fromstring(render_email(newsletter, edition_of(newsletter, language=language)).html)
    features = load_features()
    assert [
        slug
        for slug in find_features(tree)
        if slug in features and slug not in EXPECTED and list_missing(features[slug])
    ] == []
