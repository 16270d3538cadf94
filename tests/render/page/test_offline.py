"""The service worker as a file. What it does is seen in tests/site/test_offline.py."""

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from generator.render.page.offline import render_worker
from tests.render.editions import empty_archive


def text_of(newsletter) -> str:
    worker = render_worker(newsletter)
    assert worker.path == PurePosixPath("sw.js")
    return worker.content.decode()


def settings_of(text: str) -> dict:
    """What the worker was told, as it reads it."""
    match = re.search(r"^const \{[^}]*\} = (\{.*\});$", text, re.MULTILINE)
    assert match
    return json.loads(match[1])


def turn_off(newsletter):
    return replace(newsletter, settings=replace(newsletter.settings, offline=False))


def test_the_same_site_gives_the_same_bytes(newsletter):
    assert text_of(newsletter) == text_of(newsletter)


def test_a_new_letter_makes_no_new_worker_since_that_would_forget_what_was_read(newsletter):
    assert text_of(newsletter) == text_of(empty_archive(newsletter))


@pytest.mark.usefixtures("sample")
def test_another_worker_is_another_version(newsletter):
    template = newsletter.root / "templates/offline/sw.js"
    before = settings_of(text_of(newsletter))["version"]
    assert re.fullmatch(r"[0-9a-f]{12}", before)
    template.write_text(template.read_text() + "// changed\n")
    assert settings_of(text_of(newsletter))["version"] != before


def test_the_core_of_each_language_is_there_and_is_what_the_playbook_has(newsletter):
    nl, en = settings_of(text_of(newsletter))["languages"]
    assert nl["core"][0] == ""
    assert en["core"][0] == "en/"
    assert "certainties/repetition/" in nl["core"]
    assert [f"en/{path}" for path in nl["core"]] == en["core"]
    assert len([path for path in nl["core"] if path.startswith("certainties/")]) == 7
    assert (nl["archive"], en["archive"]) == ("archive/", "en/archive/")
    assert nl["archive"] in nl["core"]
    for path in set(nl["core"]) - {nl["archive"]}:
        page = path.removesuffix("/") or "index"
        assert (newsletter.root / f"docs/nl/{page}.md").is_file()


def test_the_search_is_kept_for_all_languages_at_once(newsletter):
    settings = settings_of(text_of(newsletter))
    assert settings["search"] == "pagefind/"
    assert settings["search"] in settings["assets"]


def test_a_site_in_a_folder_has_the_same_worker(newsletter):
    moved = replace(newsletter, settings=replace(newsletter.settings, site_url="https://example.org/a/b/"))
    assert text_of(moved) == text_of(newsletter)


def test_a_name_cannot_end_the_script(newsletter):
    name = '</script>`${alert(1)}"\\\u2028é'
    channels = {
        language: replace(channel, site_name=name)
        for language, channel in newsletter.settings.channels.items()
    }
    hostile = replace(newsletter, settings=replace(newsletter.settings, channels=channels))
    text = text_of(hostile)
    (line,) = [line for line in text.splitlines() if "alert(1)" in line]
    assert not re.search("[<>\u2028]", line)
    assert "&lt;/script&gt;" in settings_of(text)["languages"][0]["sentence"]


def test_switched_off_it_is_a_worker_that_cleans_up(newsletter):
    text = text_of(turn_off(newsletter))
    assert "unregister()" in text
    assert "fetch" not in text
