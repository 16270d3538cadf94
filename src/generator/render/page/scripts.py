"""The scripts of the site, joined: one file for every page, and one for what a page imports when it needs it.

Each module stays a scope of its own. Only the forms that our modules use are understood; anything else is refused. The
modules are published too, for people and tests to read; no page loads them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.errors import TemplateError
from generator.model import Artifact
from generator.render.templating import render_template
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.content import Newsletter
    from generator.model import Language

FOLDER = PurePosixPath("assets/javascripts")
ENTRY = "main"
_WORDS = "words"
"""The module that is made for each language."""

_EARLY = "early"
"""Not a module: it runs before a page is drawn."""

_COMMENT = re.compile(r"/\*\*.*?\*/ ?|^ *//[^\n]*\n?", re.DOTALL | re.MULTILINE)
_IMPORT = re.compile(r'^import \{([\w\s,]+)\} from "\./(\w+)\.js";\n?', re.MULTILINE)
_LATER = re.compile(r'\bimport\("\./(\w+)\.js"\)')
_EXPORT = re.compile(r"^export ((?:async )?function|const) (\w+)", re.MULTILINE)
_REST = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def render_scripts(newsletter: Newsletter, language: Language) -> dict[str, Artifact]:
    """The joined files by the name of the module they begin with, and the module of the words by its own.

    Paths are below the language's folder. Raises TemplateError.
    """
    words = _render_words(newsletter, language)
    folder = newsletter.root / "templates/site" / FOLDER
    sources = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.js")}
    del sources[_EARLY]
    made = join_modules({**sources, _WORDS: words}, ENTRY)
    return {
        _WORDS: Artifact(FOLDER / f"{_WORDS}.js", words.encode()),
        **{name: Artifact(FOLDER / file, text.encode()) for name, (file, text) in made.items()},
    }


def join_modules(sources: Mapping[str, str], entry: str) -> dict[str, tuple[str, str]]:
    """The file of the entry and of each module that is imported later, by name: what it is called, and its text.

    Raises TemplateError for an import or export that is not understood, a module that is not there, and a circle.
    """
    texts = {name: _COMMENT.sub("", text) for name, text in sources.items()}
    version = hashlib.sha256("".join(texts[name] for name in sorted(texts)).encode()).hexdigest()[:8]
    first = list(_order(texts, entry))
    later = sorted({name for module in first for name in _LATER.findall(texts[module])} - {*first})
    # A host and our worker keep what has such a name for ever.
    files = {name: f"{'site' if name == entry else name}.{version}.min.js" for name in (entry, *later)}
    made = {}
    for name, file in files.items():
        modules = first if name == entry else [one for one in _order(texts, name) if one not in first]
        parts = [_wrap(module, texts[module], files) for module in modules]
        if name == entry:
            parts.append(f"export {{ {', '.join(f'${module}' for module in modules)} }};\n" if later else "")
        else:
            shared = ", ".join(f"${module}" for module in first)
            parts.insert(0, f'import {{ {shared} }} from "./{files[entry]}";\n')
            parts.append(f"export const {{ {', '.join(_names(texts[name]))} }} = ${name};\n")
        made[name] = file, "".join(parts)
    return made


def _order(texts: Mapping[str, str], name: str, above: tuple[str, ...] = ()) -> Iterator[str]:
    """A module after those that it imports, each once, in the order in which a browser runs them."""
    place = f"templates/site/{FOLDER}/{(above or (name,))[-1]}.js"
    if name in above:
        raise TemplateError(
            f"{place}: imports {name}.js, which imports this one; our modules have no circles"
        )
    if name not in texts:
        raise TemplateError(f"{place}: imports {name}.js, which does not exist")
    found = dict.fromkeys(
        one for _, other in _IMPORT.findall(texts[name]) for one in _order(texts, other, (*above, name))
    )
    yield from found
    yield name


def _names(text: str) -> list[str]:
    return [name for _, name in _EXPORT.findall(text)]


def _wrap(name: str, text: str, files: Mapping[str, str]) -> str:
    """A module as a function that gives what it exports."""
    body = _IMPORT.sub(lambda found: f"const {{{found[1].replace(' as ', ': ')}}} = ${found[2]};\n", text)
    body = _EXPORT.sub(r"\1 \2", body)
    if left := _REST.search(body):
        line = "import { a } from “./b.js”, export function or export const"
        raise TemplateError(
            f"templates/site/{FOLDER}/{name}.js: “{left[0]}” cannot be joined; expected {line}"
        )
    body = _LATER.sub(lambda found: f'import("./{files.get(found[1], found[1])}")', body)
    return f"const ${name} = (() => {{\n{body.strip()}\nreturn {{ {', '.join(_names(text))} }};\n}})();\n"


def _render_words(newsletter: Newsletter, language: Language) -> str:
    """The module with the words of the other scripts."""
    words, path = load_words(newsletter.root)[language], f"{FOLDER}/{_WORDS}.js"
    return render_template(
        newsletter.root,
        f"site/{path}",
        language=language,
        locale=words["language"]["locale"],
        up="../" * (path.count("/") + newsletter.settings.languages.prefix(language).count("/")),
        texts=words["script"],
    )
