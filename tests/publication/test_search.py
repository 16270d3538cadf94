"""The index of the search, made from a site of a few pages. tests/site/test_search.py asks that of the real site."""

import json
from pathlib import Path

import pytest

from generator.errors import PublishError
from generator.publication.search import build_index

PAGE = '<html lang="{}"><body><main data-pagefind-body><h1>{}</h1><p>{}</p></main></body></html>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for path, language, title, text in (
        ("", "nl", "Start", "Vraag elke klant iets, en vraag het nog eens."),
        ("en", "en", "Home", "Ask each customer something."),
        *(
            (f"archive/{2025 + n // 50}-W{n % 50 + 1:02}", "nl", f"Brief {n}", "Beste lezer.")
            for n in range(60)
        ),
    ):
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        (tmp_path / path / "index.html").write_text(PAGE.format(language, title, text), "utf-8")
    return tmp_path


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_pages_give_the_same_bytes(site, newsletter):
    """Ten times, because Pagefind reads pages at the same time and writes languages in any order."""
    build_index(site, newsletter)
    first = read_all(site)
    for _ in range(10):
        build_index(site, newsletter)
        assert read_all(site) == first


def test_what_an_older_index_had_is_gone(site, newsletter):
    build_index(site, newsletter)
    before = read_all(site).keys()
    (site / "en/index.html").write_text(PAGE.format("en", "Home", "Other words."), "utf-8")
    build_index(site, newsletter)
    after = read_all(site).keys()
    assert len(after) == len(before)
    assert after != before
    assert "MIT License" in (site / "pagefind/LICENSE.txt").read_text("utf-8")


def test_a_language_has_its_words_and_names_what_is_kept_on_a_device(site, newsletter):
    build_index(site, newsletter)
    folder = site / "pagefind"
    dutch = json.loads((folder / "nl.json").read_text("utf-8"))
    assert dutch["words"][:3] == ["beste", "brief", "lezer"]  # the commonest first
    assert {"vraag", "klant"} <= set(dutch["words"])
    assert "customer" not in dutch["words"]
    assert all((folder / file).is_file() for file in dutch["files"])
    assert dutch["files"][-1] == "pagefind-entry.json"
    fragments = [file for file in dutch["files"] if file.startswith("fragment/")]
    assert len(fragments) == 1 + 52  # the page, and the letters of a year
    assert len(list(folder.glob("fragment/nl_*"))) == 1 + 60
    assert not [file for file in dutch["files"] if "/en_" in file]
    named = set(dutch["files"]) | set(json.loads((folder / "en.json").read_text("utf-8"))["files"])
    unnamed = {str(path.relative_to(folder)) for path in folder.rglob("*.*")} - named
    assert {name for name in unnamed if "fragment" not in name} == {"LICENSE.txt", "nl.json", "en.json"}


def test_without_pagefind_there_is_one_sentence(site, newsletter, monkeypatch):
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(site / "nowhere"))
    with pytest.raises(
        PublishError, match=r"^the search cannot be built: Pagefind does not run .*nowhere.*pagefind-bin"
    ):
        build_index(site, newsletter)


def test_what_pagefind_says_is_passed_on(site, newsletter, monkeypatch):
    program = site / "pagefind-fails"
    program.write_text("#!/bin/sh\necho no room >&2; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(program))
    with pytest.raises(PublishError, match=r"^the search cannot be built; Pagefind reports: no room$"):
        build_index(site, newsletter)
