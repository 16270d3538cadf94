"""`generate site` and `generate serve`, with the real MkDocs."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE

import pytest
from click.testing import CliRunner

from generator.cli.generate import main
from generator.publication.site import _alone_in, _exchange, _keep_times, _swap
from tests.clocks import stop_at
from tests.site.hosting import ALL_OUT
from tests.web.running import find_port

RUN = [sys.executable, "-c", "from generator.cli.generate import main; main()"]


ONLY_MKDOCS_KNOWS = "\nvalidation: {omitted_files: loud}\n"
"""A mistake that our own look at the configuration does not see."""

ENVIRONMENT = {**os.environ, "PUBLISHED_UNTIL": ALL_OUT}


def generate(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a person types it, when every letter is out."""
    return subprocess.run(
        [*RUN, *arguments],
        cwd=root,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_site_builds_both_languages_and_says_how_much(sample: Path) -> None:
    done = generate(sample, "site")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Built site/: ")
    for path in (
        "index.html",
        "en/index.html",
        "feed.xml",
        "en/feed.xml",
        "feeds.opml",
        "archive/2026-W45/index.html",
    ):
        assert (sample / "site" / path).is_file()
    assert not list(sample.glob(".site-staging-*"))


def test_a_site_that_cannot_be_built_leaves_the_old_one(sample: Path) -> None:
    """MkDocs' own words are passed on, and nothing is lost."""
    (sample / "site").mkdir()
    (sample / "site/index.html").write_text("old")
    config = sample / "mkdocs.en.yml"
    config.write_text(config.read_text() + ONLY_MKDOCS_KNOWS)
    done = generate(sample, "site")
    assert done.returncode == 1
    assert "Error: the site could not be built; MkDocs reports:\n" in done.stderr
    assert "omitted_files" in done.stderr
    assert "Traceback" not in done.stderr
    assert (sample / "site/index.html").read_text() == "old"


def test_a_mistake_in_the_configuration_is_told_before_anything_is_built(sample: Path) -> None:
    config = sample / "mkdocs.yml"
    config.write_text(config.read_text().replace("site_dir: site", "site_dir: [site"))
    for command in ("site", "serve", "check"):
        done = generate(sample, command)
        assert done.returncode == 1
        assert "mkdocs.yml:7: error: is not YAML: the brackets do not match\n" in done.stdout + done.stderr
        assert "Built" not in done.stdout


@pytest.mark.slow
def test_a_killed_build_is_swept_and_its_old_site_comes_back(sample: Path) -> None:
    """Killed between the two renames, the old site stands in the staging folder; the next run brings it back."""
    staging = sample / ".site-staging-killed"
    (staging / "old").mkdir(parents=True)
    (staging / "old/index.html").write_text("old")
    (sample / "docs/nl/index.md").write_text("")
    assert generate(sample, "site").returncode == 1
    config = sample / "mkdocs.en.yml"
    config.write_text(config.read_text() + ONLY_MKDOCS_KNOWS)
    (sample / "docs/nl/index.md").write_text((sample / "docs/en/index.md").read_text())
    generate(sample, "site")
    assert (sample / "site/index.html").read_text() == "old"
    assert not staging.exists()


@pytest.mark.slow
def test_what_is_out_by_the_clock_of_the_command_is_published_and_the_rest_is_named(sample, monkeypatch):
    """FUTURE is for plain MkDocs: left over in a shell, it publishes nothing here."""
    monkeypatch.delenv("PUBLISHED_UNTIL", raising=False)
    monkeypatch.setenv("FUTURE", "1")
    before = stop_at(datetime(2026, 11, 20, 4, 59, 59, tzinfo=UTC))
    done = CliRunner().invoke(main, ["--root", str(sample), "site"], obj=before)
    assert done.exit_code == 0, done.output
    assert "\nLeft out, because not published yet: 2026-W47. To include them, add --future.\n" in done.stdout
    for folder in (sample / "site", sample / "site/en"):
        assert (folder / "archive/2026-W46/index.html").exists()
        assert not (folder / "archive/2026-W47").exists()


@pytest.mark.slow
def test_a_draft_and_a_skipped_letter_whose_friday_is_past_are_named(sample: Path) -> None:
    for path in (sample / "newsletter/issues/2026-W46").glob("*.md"):
        path.write_text(path.read_text("utf-8").replace("title:", "draft: true\ntitle:", 1), "utf-8")
    settings = sample / "newsletter/settings.toml"
    settings.write_text(settings.read_text("utf-8").replace("= 20", '= 20\nskip = ["2026-W47"]', 1), "utf-8")
    done = generate(sample, "site", PUBLISHED_UNTIL="2026-11-19T12:00:00+01:00")
    assert "Left out: 2026-W46 is still a draft.\n" in done.stdout
    assert "2026-W47" not in done.stdout
    done = generate(sample, "site", PUBLISHED_UNTIL="2026-11-20T12:00:00+01:00")
    assert done.returncode == 0, done.stderr
    assert "Left out: 2026-W46 is still a draft.\nLeft out: 2026-W47 is skipped in newsletter/" in done.stdout
    assert "If readers have it, run `generate release 2026-W47`.\n" in done.stdout
    assert not (sample / "site/archive/2026-W47").exists()


@pytest.mark.slow
def test_a_slip_in_what_readers_do_not_see_stops_no_site(sample: Path) -> None:
    """A letter that waits for its Friday, and a thought; a letter that is out is another matter."""
    thought = next((sample / "newsletter/thoughts").rglob("*.nl.md"))
    for path in (sample / "newsletter/issues/2026-W47/nl.md", thought):
        path.write_text(path.read_text("utf-8").replace("title:", "tittle:", 1), "utf-8")
    done = generate(sample, "site", PUBLISHED_UNTIL="2026-11-19T12:00:00+01:00")
    assert done.returncode == 0, done.stderr
    assert "that are not needed here: see `generate check`." in done.stdout
    assert (sample / "site/archive/2026-W46/index.html").exists()
    assert not (sample / "site/archive/2026-W47").exists()
    done = generate(sample, "site", PUBLISHED_UNTIL="2026-11-20T12:00:00+01:00")
    assert done.returncode == 1
    assert "newsletter/issues/2026-W47/nl.md:2: error: unknown key “tittle”" in done.stderr
    assert not (sample / "site/archive/2026-W47").exists(), "the site of before is whole"


@pytest.mark.slow
def test_future_shows_what_is_not_out_with_a_mark_and_says_not_to_publish_it(sample: Path) -> None:
    done = generate(sample, "site", "--future", "--published", PUBLISHED_UNTIL="2026-11-13T05:59:59+01:00")
    assert done.returncode == 0, done.stderr
    assert (
        "Included, although not published yet: 2026-W46, 2026-W47. Do not publish this site." in done.stdout
    )
    assert "--published is the default now" in done.stderr
    for language, mark in (("", "nog niet verschenen"), ("en/", "not out yet")):
        assert mark in (sample / f"site/{language}archive/2026-W47/index.html").read_text()
        assert "2026-W46" not in (sample / f"site/{language}feed.xml").read_text()


def test_a_moment_that_is_none_is_told_before_anything_is_built(sample: Path) -> None:
    done = generate(sample, "site", PUBLISHED_UNTIL="friday")
    assert done.returncode == 1
    assert "Error: “friday” is not a date and time; write it like 2026-11-27T06:00:00+01:00" in done.stderr
    assert not (sample / "site").exists()


@pytest.mark.slow
def test_builds_wait_for_one_that_is_at_work_and_the_site_is_there_at_every_moment(sample: Path) -> None:
    """Where two folders can be exchanged; where not, it is away between two renames."""
    (sample / "site").mkdir()
    (sample / "site/index.html").write_text("old")
    at_once = _exchange(sample / "docs", sample / "newsletter")
    assert _exchange(sample / "docs", sample / "newsletter") is at_once
    seen, ended = [], threading.Event()

    def look() -> None:
        while not ended.wait(0.001):
            seen.append((sample / "site/index.html").is_file())

    watcher = threading.Thread(target=look)
    watcher.start()
    with _alone_in(sample, print):
        builds = [
            subprocess.Popen([*RUN, "site"], cwd=sample, env=ENVIRONMENT, stdout=PIPE, stderr=PIPE, text=True)
            for _ in range(2)
        ]
        for build in builds:
            assert build.stderr
            assert build.stderr.readline().startswith("Another build is running")
        assert not list(sample.glob(".site-staging-*"))
    said = [build.communicate() for build in builds]
    ended.set()
    watcher.join()
    assert [(build.returncode, errors) for build, (_, errors) in zip(builds, said, strict=True)] == [
        (0, "")
    ] * 2
    assert seen
    assert all(seen) or not at_once
    assert (sample / "site/en/index.html").is_file()
    assert not list(sample.glob(".site-staging-*"))


def test_without_a_step_that_exchanges_the_site_is_replaced_in_two(sample, tmp_path, monkeypatch):
    """As on macOS, and on file systems that cannot."""
    monkeypatch.setattr("generator.publication.site._exchange", lambda one, other: False)
    for name in ("new", "site"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    _swap(tmp_path / "new", tmp_path / "site", tmp_path / "old")
    assert (tmp_path / "site/index.html").read_text() == "new"
    assert (tmp_path / "old/index.html").read_text() == "site"


def test_what_has_not_changed_keeps_its_time(tmp_path: Path) -> None:
    """So that whoever has a file is not sent it again after each build."""
    old, new, then = tmp_path / "old", tmp_path / "new", 1_700_000_000
    for site in (old, new):
        (site / "a").mkdir(parents=True)
        for name in ("same", "a/same", "other", f"only-{site.name}"):
            (site / name).write_text("same" if name.endswith("same") else site.name)
            if site is old:
                os.utime(site / name, (then, then))
    _keep_times(old, new)
    kept = {path.relative_to(new).as_posix() for path in new.rglob("*") if path.stat().st_mtime == then}
    assert kept == {"same", "a/same"}


@pytest.mark.slow
def test_a_site_that_is_a_link_is_built_where_it_leads(sample: Path, tmp_path: Path) -> None:
    """Where the account that publishes owns that folder, it needs to write nowhere else."""
    folder = tmp_path / "account"
    (folder / "site").mkdir(parents=True)
    (folder / "site/old.html").touch()
    (sample / "site").symlink_to(folder / "site")
    before = sorted(path.name for path in sample.iterdir())
    assert generate(sample, "site").returncode == 0
    assert sorted(path.name for path in sample.iterdir()) == before
    assert [path.name for path in folder.iterdir()] == ["site"]
    assert (sample / "site").is_symlink()
    assert not (folder / "site/old.html").exists()
    assert (folder / "site/en/index.html").exists()


@pytest.mark.slow
def test_the_folder_of_another_account_is_left_to_it(sample: Path, tmp_path: Path) -> None:
    """Above all by root, whose files that account could never replace."""
    folder = tmp_path / "account"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 64001, 64001)  # an account that does not exist
    else:
        folder = Path("/usr")
    (sample / "site").symlink_to(folder / "site")
    done = generate(sample, "site")
    assert done.returncode == 1
    assert "Error: site is a link to a folder of another account, " in done.stderr
    assert done.stderr.endswith("; build the site as that account\n")
    assert not (folder / "site").exists()


def test_serve_shows_site_and_letters_until_it_is_stopped(sample: Path) -> None:
    """A real server on a free port of this machine: the page, the letter, a rebuild after a save, Ctrl-C."""
    port, said = find_port(), sample.parent / "said"
    with (
        said.open("w") as output,
        subprocess.Popen(
            [*RUN, "serve", "--port", str(port)],
            cwd=sample,
            env=ENVIRONMENT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}/preview/2026-W45/nl/letter-light.html"
            assert b"</html>" in fetch_until(address, b"</html>"), said.read_text()
            path = sample / "newsletter/issues/2026-W45/nl.md"
            path.write_text(
                path.read_text().replace("## Food for action", "Een verse zin.\n\n## Food for action")
            )
            assert b"Een verse zin." in fetch_until(address, b"Een verse zin."), said.read_text()
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(timeout=30)
            finally:
                process.kill()


def test_a_port_that_is_taken_is_a_sentence(sample: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = generate(sample, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"Error: cannot listen on port {port}: another program uses it (" in done.stderr
    assert "choose another one with --port" in done.stderr


def fetch_until(address: str, expected: bytes) -> bytes:
    content = b""
    end = time.monotonic() + 120
    while expected not in content and time.monotonic() < end:
        time.sleep(0.3)
        try:
            with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310 (this machine)
                content = response.read()
        except OSError:
            continue
    return content
