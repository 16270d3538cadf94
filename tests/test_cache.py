"""What one run keeps for the next: never anything but what the next run would have made itself."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from generator.cache import Cache, digest, load_cache
from generator.cli.generate import main
from generator.content import load_newsletter
from generator.errors import ContentError
from generator.model import Artifact
from generator.render.feed.feeds import render_feeds
from tests.clocks import STOPPED


def issue(root: Path) -> dict[str, bytes]:
    """Run `generate issue`, and return what it published but for the caches."""
    done = CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(root), "issue", "--week", "2026-W47"], catch_exceptions=False
    )
    assert done.exit_code == 0
    files = [path for path in (root / "build").rglob("*") if path.is_file() and path.parent.name != "cache"]
    return {str(path): path.read_bytes() for path in files}


def save(path: Path, cache: Cache[Any]) -> None:
    path.write_bytes(cache.dump() or b"")


# --- Cache ---


def test_what_was_kept_is_found_by_the_next_run(tmp_path: Path) -> None:
    first: Cache[str] = Cache()
    assert first.find("key") is None
    first.keep("key", "value")
    save(tmp_path / "cache", first)
    assert load_cache(tmp_path / "cache").find("key") == "value"


def test_what_is_no_longer_asked_for_is_forgotten(tmp_path: Path) -> None:
    first: Cache[int] = Cache({"old": 1, "used": 2})
    first.find("used")
    first.keep("new", 3)
    save(tmp_path / "cache", first)
    second: Cache[int] = load_cache(tmp_path / "cache")
    assert [second.find(key) for key in ("old", "used", "new")] == [None, 2, 3]


@pytest.mark.parametrize(
    "known, new, written", [(0, 0, False), (0, 1, True), (100, 2, False), (100, 3, True)]
)
def test_the_file_is_written_again_when_enough_is_new(known: int, new: int, written: bool) -> None:
    cache: Cache[int] = Cache({f"known {number}": number for number in range(known)})
    for number in range(new):
        cache.keep(number, number)
    assert (cache.dump() is not None) is written


@pytest.mark.parametrize("damage", ["nothing", "half", "flipped", "other version", "folder"])
def test_a_file_that_cannot_be_used_is_an_empty_cache(tmp_path: Path, damage: str) -> None:
    cache: Cache[list[str]] = Cache()
    cache.keep("key", ["value"] * 100)
    content, path = cache.dump() or b"", tmp_path / "cache"
    if damage == "folder":
        path.mkdir()
    else:
        changed = {
            "nothing": b"",
            "half": content[: len(content) // 2],
            "flipped": content[:16] + bytes(byte ^ 0xFF for byte in content[16:]),
            "other version": bytes(16) + content[16:],
        }
        path.write_bytes(changed[damage])
    assert load_cache(path).find("key") is None


def test_a_digest_tells_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") == digest("a")
    assert len(digest("\ud800", b"bytes", None)) == 16


# --- What is kept ---


def test_texts_are_the_same_from_the_cache_as_from_their_files(sample: Path) -> None:
    documents: Cache[Any] = Cache()
    fresh = load_newsletter(sample, documents)
    save(sample / "kept", documents)
    kept: Cache[Any] = load_cache(sample / "kept")
    assert load_newsletter(sample, kept) == fresh
    assert kept.dump() is None  # all of it was known


def test_a_mistake_made_after_a_good_run_is_found(sample: Path) -> None:
    issue(sample)
    path = sample / "newsletter/issues/2026-W45/nl.md"
    path.write_text(path.read_text().replace("summary:", "sumary:"))
    with pytest.raises(ContentError, match="unknown key “sumary”"):
        load_newsletter(sample, load_cache(sample / "build/cache/documents"))


@pytest.mark.parametrize(
    "path, old, new",
    [
        ("newsletter/issues/2026-W47/nl.md", "\n## Food for action", "\nNog een zin.\n\n## Food for action"),
        ("newsletter/issues/2026-W46/en.md", "title: ", "title: Once more, "),
        ("newsletter/settings.toml", 'url = "https://example.org/"', 'url = "https://www.example.org/"'),
        ("newsletter/evidence.yaml", "limits:", "# a comment\n  limits:"),
        ("newsletter/evidence.yaml", "source: ", "source: See "),
        ("templates/feed/entry.html", "<h2>", "<h2>§ "),
        ("templates/words/nl.toml", 'limits = "', 'limits = "De '),
    ],
)
def test_a_change_shows_as_if_nothing_had_been_kept(sample: Path, path: str, old: str, new: str) -> None:
    """Whatever a letter depends on, it is rendered anew when that changes."""
    before = issue(sample)
    text = (sample / path).read_text()
    assert old in text
    (sample / path).write_text(text.replace(old, new, 1))
    after = issue(sample)
    for cache in (sample / "build/cache").iterdir():
        cache.unlink()
    assert issue(sample) == after
    assert (after != before) is (not new.startswith("#"))


def test_a_picture_of_another_size_is_noticed(sample: Path) -> None:
    """A letter names the size of its pictures, which stand in other files."""
    before = issue(sample)
    picture = sample / "newsletter/issues/2026-W47/two-contacts.png"
    Image.new("RGB", (321, 123)).save(picture)
    after = issue(sample)
    feed = str(sample / "build/feeds/feed.xml")
    assert b'width="321"' in after[feed]
    assert b'width="321"' not in before[feed]


def test_feeds_are_the_same_with_and_without_what_was_kept(newsletter: Any) -> None:
    bodies: Cache[Any] = Cache()
    first = render_feeds(newsletter, bodies=bodies)
    again: Cache[Any] = Cache(bodies._kept)
    assert (
        _contents(render_feeds(newsletter, bodies=again))
        == _contents(first)
        == _contents(render_feeds(newsletter))
    )
    assert again.dump() is None


def _contents(artifacts: tuple[Artifact, ...]) -> list[tuple[Any, Any]]:
    return [(artifact.path, artifact.content) for artifact in artifacts]
