"""`mkdocs.yml` and `mkdocs.en.yml`, and the names in `newsletter/`: what is wrong with them, by file and line.

MkDocs checks them as well, but in a programmer's terms and without the line. Only what it alone can know, such as the
options of a plugin, is left to it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatch
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from generator.content.archive import FOLDER as ISSUES
from generator.content.assessment import PATH as ASSESSMENT
from generator.content.documents import parse_yaml
from generator.content.evidence import PATH as EVIDENCE
from generator.content.pages.course import FOLDER as COURSE
from generator.content.releases import PATH as RELEASED
from generator.content.style import CLICHES, SYNONYMS, WORDS
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.content.thoughts import list_endings
from generator.content.welcome import PATH as WELCOME
from generator.model import Message, Problem, join_or
from generator.reading import (
    Fields,
    did_you_mean,
    exists,
    fold_name,
    is_file,
    is_folder,
    list_folder,
    parse_fields,
    plain_name,
    read_text,
    walk_folder,
)
from generator.settings import PATH as SETTINGS
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.model import Language

    _Add: TypeAlias = Callable[[str, Message], None]

_MAIN = "mkdocs.yml"
"""The configuration of the default language, from which the others inherit."""

_MADE = frozenset({"archive/index.md"})
"""Pages that the navigation names and no file holds: they are made from the letters."""


_INHERITED = ("nav", "not_in_nav", "exclude_docs", "draft_docs")
"""What is said once, in the file of the default language, and is checked against the pages of each."""

_LET_IN = "!/templates/"
"""In `exclude_docs`: without it, MkDocs would leave out this folder of pages."""

_SITE = "templates/site"
"""Where the style sheets and the scripts are, whatever else is in `theme.custom_dir`."""

_DEEPEST = 12
"""Lists and titles that a page of the navigation may be in."""


class _Theme(Fields):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: Literal["material"] | None = Field(None, description=Message("material"))
    language: str | None = Field(None, description=Message("a language, like nl"))
    custom_dir: str | None = Field(None, description=Message("a folder, like templates/site"))


class _Configuration(Fields):
    """The settings of MkDocs 1.6 (https://www.mkdocs.org/user-guide/configuration/), and its INHERIT."""

    inherit: str | None = Field(None, alias="INHERIT", description=Message("the file that this one adds to"))
    site_name: str | None = Field(None, description=Message("the name of the site"))
    site_url: str | None = Field(None, description=Message("an address, like https://example.org/"))
    site_description: str | None = Field(None, description=Message("a sentence"))
    site_author: str | None = Field(None, description=Message("a name"))
    copyright: str | None = Field(None, description=Message("a sentence"))
    docs_dir: str | None = Field(None, description=Message("a folder, like docs/nl"))
    site_dir: str | None = Field(None, description=Message("a folder, like site"))
    nav: list[Any] | None = Field(None, description=Message("a list of pages, like “- privacy.md”"))
    not_in_nav: str | None = Field(None, description=Message("patterns, one on each line"))
    exclude_docs: str | None = Field(None, description=Message("patterns, one on each line"))
    draft_docs: str | None = Field(None, description=Message("patterns, one on each line"))
    theme: _Theme | None = Field(None, description=Message("keys with values, like “name: material”"))
    plugins: list[Any] | dict[str, Any] | None = Field(None, description=Message("a list of plugins"))
    markdown_extensions: list[Any] | dict[str, Any] | None = Field(
        None, description=Message("a list of extensions")
    )
    hooks: list[str] | None = Field(None, description=Message("a list of Python files"))
    watch: list[str] | None = Field(None, description=Message("a list of files and folders"))
    extra_css: list[str] | None = Field(None, description=Message("a list of style sheets"))
    extra_javascript: list[Any] | None = Field(None, description=Message("a list of scripts"))
    extra_templates: list[str] | None = Field(None, description=Message("a list of templates"))
    extra: dict[str, Any] | None = Field(None, description=Message("keys with values"))
    validation: dict[str, Any] | str | None = Field(None, description=Message("keys with values"))
    use_directory_urls: bool | None = Field(None, description=Message("true or false"))
    strict: bool | None = Field(None, description=Message("true or false"))
    dev_addr: str | None = Field(None, description=Message("a host and a port, like 127.0.0.1:8000"))
    repo_url: str | None = Field(None, description=Message("an address, like https://example.org/"))
    repo_name: str | None = Field(None, description=Message("a name"))
    edit_uri: str | None = Field(None, description=Message("a path"))
    edit_uri_template: str | None = Field(None, description=Message("a path"))
    remote_branch: str | None = Field(None, description=Message("the name of a branch"))
    remote_name: str | None = Field(None, description=Message("the name of a remote"))


def list_configurations(root: Path) -> dict[Language, str]:
    """The file for each language, below the root of the project. Raises TemplateError."""
    languages = load_languages(root)
    return {one: _MAIN if one == languages.default else f"mkdocs.{one}.yml" for one in languages}


def find_configuration_problems(root: Path) -> list[Problem]:
    """What is wrong with the configuration of the site, and the names in `newsletter/`, paths below `root`."""
    problems: list[Problem] = []
    _check_names(root, problems)
    above: _Configuration | None = None
    for language, name in list_configurations(root).items():
        fields = _check_file(root, root / name, language, above, problems)
        if name == _MAIN and not problems:  # a mistake in it is told once
            above = fields
    return [replace(problem, path=problem.path.relative_to(root)) for problem in problems]


def _check_names(root: Path, problems: list[Problem]) -> None:
    """Add a problem for what is in `newsletter/` under nearly the right name, so that nobody reads it."""
    names, languages = [COURSE, ISSUES, THOUGHTS, SETTINGS, EVIDENCE, RELEASED], load_languages(root)
    names += [
        name.format(language=one)
        for name in (ASSESSMENT, WORDS, CLICHES, SYNONYMS, WELCOME)
        for one in languages
    ]
    known = {_fold(PurePath(name).name): PurePath(name).name for name in names}
    for path in list_folder(root / "newsletter"):
        right = known.get(_fold(path.name), path.name)
        if right != path.name:
            taken = exists(path.with_name(right))
            cure = (
                Message("{} exists too; keep one of the two", right)
                if taken
                else Message("rename it to {}", right)
            )
            problems.append(Problem(path, None, Message("is not read under this name; {}", cure)))
        elif right not in known.values() and plain_name(path.name).endswith(list_endings(languages)):
            message = Message(
                "is outside the folder of its certainty; move it to a folder like {}/referral/", THOUGHTS
            )
            problems.append(Problem(path, None, message))


def _fold(name: str) -> str:
    """A name without what people and programs write in several ways."""
    return re.sub(r"\.yml$", ".yaml", fold_name(name))


def _check_file(
    root: Path, path: Path, language: Language, above: _Configuration | None, problems: list[Problem]
) -> _Configuration | None:
    """Check a file, with what its navigation inherits from the one above; gives what it says, if it can be read."""
    text = read_text(path, problems)
    parsed = text and parse_yaml(text, path, 1, problems, tags=True)
    if not parsed:
        return None
    data, lines = parsed
    if not isinstance(data, dict):
        problems.append(Problem(path, 1, Message("write keys with values, like “site_name: …”")))
        return None

    def add(key: str, message: Message) -> None:
        while key and key not in lines:  # then the line of what it is in
            key = key.rpartition(".")[0]
        problems.append(Problem(path, lines.get(key, 1), message))

    fields = parse_fields(_Configuration, data, path, lines, problems)
    if fields and above and fields.inherit == _MAIN:
        fields = fields.model_copy(
            update={key: getattr(above, key) for key in _INHERITED if getattr(fields, key) is None}
        )
    if fields:
        _check(root, language, fields, add)
    return fields


def _check(root: Path, language: Language, fields: _Configuration, add: _Add) -> None:
    theme, languages = fields.theme or _Theme(), load_languages(root)
    if theme.name is None and language == languages.default:  # the other file inherits it
        add("theme", Message("the key “theme.name” is missing; expected material"))
    if theme.language is not None and theme.language not in languages:
        add(
            "theme.language",
            Message("“theme.language” is “{}”; expected {}", theme.language, join_or(languages)),
        )
    elif theme.language != language:
        add(
            "theme.language",
            Message("“theme.language” must be {} here: this is the site in that language", language),
        )
    if fields.inherit is None and language != languages.default:
        add("INHERIT", Message("the key “INHERIT” is missing; expected {}", _MAIN))
    docs = root / (fields.docs_dir or "docs")
    for key, name in (
        ("INHERIT", fields.inherit),
        ("docs_dir", fields.docs_dir),
        ("theme.custom_dir", theme.custom_dir),
        *((f"hooks.{number}", name) for number, name in enumerate(fields.hooks or ())),
        *((f"watch.{number}", name) for number, name in enumerate(fields.watch or ())),
    ):
        if name is not None and not exists(root / name):
            add(key, Message("“{}” names {}, which does not exist", key.rstrip(".0123456789"), name))
    _check_assets(root, fields, add)
    _check_installed("plugins", fields.plugins, "mkdocs.plugins", add)
    _check_installed("markdown_extensions", fields.markdown_extensions, "markdown.extensions", add)
    if fields.nav is not None and is_folder(docs):
        _check_navigation(fields, fields.nav, docs, add)


def _check_assets(root: Path, fields: _Configuration, add: _Add) -> None:
    """Look for the style sheets, which are joined. Scripts are not named there: they import each other."""
    for number, name in enumerate(fields.extra_css or ()):
        if "//" in name:
            add(
                f"extra_css.{number}",
                Message("“extra_css” names {}; pages load nothing from other sites", name),
            )
        elif not is_file(root / _SITE / name):
            add(
                f"extra_css.{number}",
                Message("“extra_css” names {}, which does not exist in {}", name, _SITE),
            )
    if fields.extra_javascript:
        add(
            "extra_javascript",
            Message(
                "“extra_javascript” has no effect; import a module in {}/assets/javascripts/main.js", _SITE
            ),
        )


def _check_installed(key: str, entries: list[Any] | dict[str, Any] | None, group: str, add: _Add) -> None:
    """Look for plugins or extensions among those that are installed, in a group of entry points."""
    # A plugin of the theme, material/tags, is also found as tags.
    known = {entry.name.removeprefix("material/") for entry in entry_points(group=group)}
    for number, entry in enumerate(entries or ()):
        name = str(next(iter(entry), "") if isinstance(entry, dict) else entry)
        if name.removeprefix("material/") not in known and not _is_module(name):
            place = name if isinstance(entries, dict) else number
            add(
                f"{key}.{place}",
                Message("“{}” names “{}”, which is not installed{}", key, name, did_you_mean(name, known)),
            )


def _is_module(name: str) -> bool:
    """Whether Python can import what has this name, as Markdown does with an extension."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _check_navigation(fields: _Configuration, nav: list[Any], docs: Path, add: _Add) -> None:
    """Compare the navigation with the pages that there are."""
    pages = {path.relative_to(docs).as_posix() for path in walk_folder(docs) if path.name.endswith(".md")}
    named = set[str]()
    for key, entry in _walk("nav", nav):
        if not isinstance(entry, str):
            add(key, Message("expected a page, like “- privacy.md” or “- Privacy: privacy.md”"))
        elif "//" not in entry and not entry.startswith("/"):
            named.add(entry)
            if entry not in pages | _MADE:
                hint = did_you_mean(entry, pages - named)
                named.update(page for page in pages if f"“{page}”" in hint)  # it is named, if not well
                add(
                    key, Message("“nav” names {}, and there is no such page in {}/{}", entry, docs.name, hint)
                )
    patterns = [
        line.strip()
        for text in (fields.not_in_nav, fields.exclude_docs, fields.draft_docs)
        for line in (text or "").split("\n")
    ]
    if any(line.startswith("!") and line != _LET_IN for line in patterns):
        return  # which pages these leave out, MkDocs knows
    for page in sorted(pages - named):
        if not any(
            line and fnmatch(f"/{page}", line if line.startswith("/") else f"*/{line}*") for line in patterns
        ):
            add("nav", Message("“nav” does not name {}; add it, or nobody will find the page", page))


def _walk(key: str, nav: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    """The pages of a navigation, in all its sections, each with the key of its line.

    What is nested deeper than any menu is no page: in YAML, a list can hold itself.
    """
    match nav:
        case _ if depth > _DEEPEST:
            yield key, None
        case list():
            for number, entry in enumerate(nav):
                yield from _walk(f"{key}.{number}", entry, depth + 1)
        case dict() if len(nav) == 1:
            ((title, entry),) = nav.items()
            yield from _walk(f"{key}.{title}", entry, depth + 1)
        case _:
            yield key, nav
