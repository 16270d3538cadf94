"""The index of the search: Pagefind makes it from the pages of a finished site, in the language of each.

Beside it stands a file for each language, with what the dialog of the search needs and Pagefind does not give it.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pagefind.service import get_executable

from generator.errors import PublishError
from generator.render.links import ARCHIVE
from generator.render.page.offline import SEARCH

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Language

_LETTERS_OFFLINE = 52
"""How many letters a reader without a network finds: those of the last year."""

_IGNORED = (".headerlink", ".footnote-ref", ".footnote", ".item__box", ".not-out", ".seven")
"""What stands in a text, and nobody searches for. Pagefind knows no selectors that look at a neighbour."""

_ENTRY = "pagefind-entry.json"
_NEEDLESS = ("pagefind-*ui*", "pagefind-highlight.js")
"""What Pagefind writes for a dialog of its own."""

_UNSTEMMED = "wasm.unknown.pagefind"
"""What it writes for a language of which it knows no endings."""

_LICENSE = Path(__file__).with_name("pagefind-license.txt")
"""Of the programs in the folder; it has to go with them."""

_WORD = re.compile(r"[^\W\d_]{3,}")


def build_index(site: Path, newsletter: Newsletter) -> None:
    """Write the index of all pages into the folder of a site. Raises PublishError: no site goes without its search."""
    folder = site / SEARCH
    shutil.rmtree(folder, ignore_errors=True)
    _run("--site", str(site), "--output-path", str(folder), "--exclude-selectors", ", ".join(_IGNORED))
    for path in [found for pattern in _NEEDLESS for found in folder.glob(pattern)]:
        path.unlink()
    shutil.copyfile(_LICENSE, folder / "LICENSE.txt")
    entry = json.loads((folder / _ENTRY).read_bytes())
    found = entry["languages"]
    entry["languages"] = dict(sorted(found.items()))  # Pagefind writes them in any order
    (folder / _ENTRY).write_text(_dump(entry), encoding="utf-8")
    if all(about["wasm"] for about in found.values()):
        (folder / _UNSTEMMED).unlink()
    for language in newsletter.settings.languages:
        if language in found:
            about = _describe(folder, newsletter, language, found[language])
            (folder / f"{language}.json").write_text(_dump(about), encoding="utf-8")


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _run(*arguments: str) -> None:
    try:
        command = [str(get_executable()), "--quiet", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    except OSError as error:
        raise PublishError(
            f"the search cannot be built: Pagefind does not run on this machine ({error}); install pagefind-bin, "
            "or name a program in PAGEFIND_BINARY_PATH"
        ) from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise PublishError(f"the search cannot be built; Pagefind reports: {said}")


def _describe(
    folder: Path, newsletter: Newsletter, language: Language, about: dict[str, Any]
) -> dict[str, Any]:
    """What is kept on the device of a reader, what other words mean, and the words that occur, the commonest first."""
    fragments = {}
    words: Counter[str] = Counter()
    for path in sorted((folder / "fragment").glob(f"{language}_*")):
        fragment = json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd"))
        fragments[fragment["url"]] = path.relative_to(folder).as_posix()
        words.update(word.lower() for word in _WORD.findall(fragment["content"]))
    letters = sorted(url for url in fragments if f"/{ARCHIVE.removesuffix('index.md')}" in url)
    old = letters[:-_LETTERS_OFFLINE]
    files = [
        "pagefind.js",
        "pagefind-worker.js",
        f"wasm.{about['wasm'] or 'unknown'}.pagefind",
        f"pagefind.{about['hash']}.pf_meta",
        *sorted(path.relative_to(folder).as_posix() for path in (folder / "index").glob(f"{language}_*")),
        *(file for url, file in sorted(fragments.items()) if url not in old),
        _ENTRY,  # last: it names the others
    ]
    return {
        "files": files,
        "synonyms": {typed: list(meant) for typed, meant in newsletter.style[language].synonyms.items()},
        "words": sorted(words, key=lambda word: (-words[word], word)),
    }
