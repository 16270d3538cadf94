"""Builds a site as a person would, and hosts it in a folder of this machine."""

import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

from lxml import html

ROOT = Path(__file__).parents[2]
MISSING_PAGE = "no/such/page/"
ALL_OUT = "2100-01-01T00:00:00+00:00"
"""A moment to build for at which every letter is out."""


def mkdocs(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run MkDocs in a project, as a person would, when every letter is out."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PUBLISHED_UNTIL": ALL_OUT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def build(root: Path, *arguments: str, **environment: str) -> None:
    """Build strictly, into `site` unless told otherwise; MkDocs has nothing to say about it."""
    done = mkdocs(root, "build", "--strict", "--quiet", *arguments, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


class Host(SimpleHTTPRequestHandler):
    """A web server that has one 404 page, as most have."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        """Show the page that the site has for it."""
        page = Path(self.directory, "playbook", "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@dataclass(frozen=True)
class Site:
    """The site of the real content, as if it lived in a folder of this machine: `http://127.0.0.1:…/playbook/`."""

    project: Path
    folder: Path
    url: str

    @functools.cached_property
    def pages(self) -> dict[str, Any]:
        """The tree of every page, by its address; also of the 404 pages."""
        found = {}
        for path in sorted(self.folder.rglob("*.html")):
            address = self.url + path.relative_to(self.folder).as_posix().removesuffix("index.html")
            found[address] = html.fromstring(path.read_bytes())
        return found

    @functools.cached_property
    def kinds(self) -> tuple[str, ...]:
        """One page of every kind, below a language's folder; the last one does not exist."""
        newest = max(path.name for path in (self.folder / "archive").iterdir() if path.is_dir())
        return (
            "",
            "certainties/referral/",
            "assessment/",
            "team-sheet/",
            f"archive/{newest}/",
            "archive/",
            "newsletter/",
            "about-the-numbers/",
            MISSING_PAGE,
        )

    def script(self, name: str, folder: str = "") -> str:
        """The address of one of our ES modules, to import in a page."""
        return f"{self.url}{folder}assets/javascripts/{name}.js"
