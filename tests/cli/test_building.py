"""`generate site` and `generate serve`, with the real MkDocs."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

RUN = [sys.executable, "-c", "from generator.cli.generate import main; main()"]


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *arguments], cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture
def project(sample: Path) -> Path:
    """The sample, with the hook where its mkdocs.yml looks for it."""
    hooks = sample / "src/generator/hooks.py"
    hooks.parent.mkdir(parents=True)
    hooks.symlink_to(Path(__file__).parents[2] / "src/generator/hooks.py")
    for language in ("nl", "en"):
        for name in ("glossary", "privacy"):
            page = sample / f"docs/{language}/{name}.md"
            if not page.exists():
                page.write_text(
                    f"---\ntitle: {name}\nsummary: A page that the navigation names.\n---\n\nText.\n"
                )
    return sample


def test_site_builds_both_languages_and_says_how_much(project: Path) -> None:
    done = generate(project, "site")
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
        assert (project / "site" / path).is_file()
    assert not list(project.glob(".site-staging-*"))


def test_a_site_that_cannot_be_built_leaves_the_old_one(project: Path) -> None:
    """MkDocs' own words are passed on, and nothing is lost."""
    (project / "site").mkdir()
    (project / "site/index.html").write_text("old")
    config = project / "mkdocs.en.yml"
    config.write_text(config.read_text() + "\nno_such_key: 1\n")
    done = generate(project, "site")
    assert done.returncode == 1
    assert "Error: the site was not built" in done.stderr
    assert "no_such_key" in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / "site/index.html").read_text() == "old"


def test_a_killed_build_is_swept_and_its_old_site_comes_back(project: Path) -> None:
    """Killed between the two renames, the old site stands in the staging folder; the next run brings it back."""
    staging = project / ".site-staging-killed"
    (staging / "old").mkdir(parents=True)
    (staging / "old/index.html").write_text("old")
    (project / "docs/nl/index.md").write_text("")
    assert generate(project, "site").returncode == 1
    (project / "mkdocs.en.yml").write_text("no_such_key: 1\n")
    (project / "docs/nl/index.md").write_text((project / "docs/en/index.md").read_text())
    generate(project, "site")
    assert (project / "site/index.html").read_text() == "old"
    assert not staging.exists()


def test_published_leaves_out_letters_whose_friday_has_not_come(project: Path) -> None:
    """The sample's letters, moved into the next century, are not on the live site."""
    for language in ("nl", "en"):
        path = project / f"newsletter/issues/2026-W46/{language}.md"
        text = re.sub("^updated:.*\n", "", path.read_text(), flags=re.MULTILINE)
        path.write_text(text.replace("2026-11-13T", "2098-11-14T"))
    (project / "newsletter/issues/2026-W46").rename(project / "newsletter/issues/2098-W46")
    assert generate(project, "site", "--published").returncode == 0
    assert not (project / "site/archive/2098-W46").exists()
    assert generate(project, "site").returncode == 0
    assert (project / "site/archive/2098-W46/index.html").exists()
    assert "2098-W46" not in (project / "site/feed.xml").read_text()


def test_serve_shows_site_and_letters_until_it_is_stopped(project: Path) -> None:
    """A real server on a free port of this machine: the page, the letter, a rebuild after a save, Ctrl-C."""
    port = 8100 + os.getpid() % 800
    with subprocess.Popen(
        [*RUN, "serve", "--port", str(port)],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}/preview/2026-W45/nl/letter-light.html"
            assert b"</html>" in fetch_until(address, b"</html>")
            path = project / "newsletter/issues/2026-W45/nl.md"
            path.write_text(
                path.read_text().replace("## Food for action", "Een verse zin.\n\n## Food for action")
            )
            assert b"Een verse zin." in fetch_until(address, b"Een verse zin.")
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(timeout=30)
            finally:
                process.kill()


def test_a_port_that_is_taken_is_a_sentence(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = generate(project, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"Error: the port {port} cannot be used: " in done.stderr
    assert "name another one with --port" in done.stderr


def fetch_until(address: str, expected: bytes) -> bytes:
    content = b""
    end = time.monotonic() + 60
    while expected not in content and time.monotonic() < end:
        time.sleep(0.3)
        try:
            with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 (this machine)
                content = response.read()
        except OSError:
            continue
    return content
