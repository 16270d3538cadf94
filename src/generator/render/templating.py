"""Templates: a folder for each channel. The extension of a file decides how values are escaped.

`.html` escapes for HTML; `.txt` and `.md` do not. An unknown name is an error, never an empty space. Every template
knows the colours, fonts and sizes of `templates/tokens.toml`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2 import TemplateError as JinjaError
from markupsafe import Markup

from generator.errors import TemplateError
from generator.reading import did_you_mean
from generator.syntax import load_toml

TOKENS = "tokens.toml"
"""Colours (`light` and `dark` with the same names, `both`, `print`), sizes (`mail`, `web`, `ratio`) and `font`."""

_FORMS = {
    **dict.fromkeys(("light", "dark", "both", "print"), (r"#(?:[0-9a-f]{3}){1,2}", "a colour like #a63a0a")),
    **dict.fromkeys(("mail", "web", "type", "space"), (r"\d+(?:\.\d+)?px", "pixels like 16px")),
    "ratio": (r"-?\d+(?:\.\d+)?(?:em)?", "a factor like 1.5, or a length like -0.01em"),
    "motion": (r"\d+ms", "milliseconds like 200ms"),
}
"""How the values of a table are written, and what is expected instead of a mistake."""

Tokens: TypeAlias = Mapping[str, Mapping[str, str]]


def render_template(root: Path, name: str, **values: Any) -> str:
    """Render `templates/<name>` of the project in `root`. Raises TemplateError with file and line."""
    try:
        return _environment(root).get_template(name).render({**load_tokens(root), **values})
    except TemplateSyntaxError as error:
        where = name if error.name is None or Path(error.name).is_absolute() else error.name
        raise TemplateError(f"templates/{where}:{error.lineno}: {_explain_syntax(error)}") from error
    except TemplateNotFound as error:
        raise TemplateError(f"templates/{error.name}: there is no such template") from error
    except UndefinedError as error:
        place = _place(error, root) or f"templates/{name}"
        unknown = re.findall(r"'([^']*)'", error.message or "")[-1:]
        said = f"“{unknown[0]}” is not known here" if unknown else "a name is not known here"
        raise TemplateError(f"{place}: {said}; a template may use only the names it is given") from error
    except JinjaError as error:
        place = _place(error, root) or f"templates/{name}"
        raise TemplateError(f"{place}: {_explain_syntax(error)}") from error
    except (ArithmeticError, TypeError) as error:
        at = _place(error, root, last=True)
        if at is None:
            raise  # a mistake of ours
        raise TemplateError(f"{at}: cannot be computed with these values") from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"templates/{name}: is not UTF-8; save it with the encoding UTF-8") from error


def _explain_syntax(error: JinjaError) -> str:
    """What is wrong with the text of a template."""
    if named := re.match(r"No (filter|test) named '([^']*)'", error.message or ""):
        return f"there is no {named[1]} “{named[2]}”"
    if tag := re.match(r"Encountered unknown tag '([^']*)'", error.message or ""):
        return f"the tag “{tag[1]}” is not expected here; is the one that it closes missing?"
    if block := re.search(r"block that needs to be closed is '([^']*)'", error.message or ""):
        return f"the tag “{block[1]}” is not closed"
    return "cannot be read as a template; look for a {{, {% or {# that is not closed, or a word that is missing in one"


def load_tokens(root: Path) -> Tokens:
    """The tables of `templates/tokens.toml`; empty when there is no such file. Raises TemplateError."""
    path = root / "templates" / TOKENS
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}  # a template that uses one says so
    return _read_tokens(path, changed)


def find_token(root: Path, table: str, name: str) -> str:
    """The colour or font of that name. Raises TemplateError when there is none."""
    try:
        return load_tokens(root)[table][name]
    except KeyError:
        raise TemplateError(f"templates/{TOKENS}: the value {table}.{name} is missing") from None


@lru_cache(maxsize=4)
def _read_tokens(path: Path, _changed: int) -> Tokens:
    place = f"templates/{TOKENS}"
    tables = load_toml(path, place)
    for table, values in tables.items():
        if table not in {*_FORMS, "font"}:
            raise TemplateError(f"{place}: unknown table “{table}”{did_you_mean(table, _FORMS)}")
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise TemplateError(f'{place}: “{table}” must be a table of texts, like paper = "#fbf8f2"')
        form, expected = _FORMS.get(table, (".*", ""))
        for name, value in values.items():
            if not re.fullmatch(form, value, re.ASCII):
                raise TemplateError(f"{place}: {table}.{name} is “{value}”; expected {expected}")
            if not re.fullmatch(r"[\w#,.' -]+", value):
                raise TemplateError(
                    f"{place}: {table}.{name} has characters that a style sheet would misread"
                )
    if odd := tables.get("light", {}).keys() ^ tables.get("dark", {}).keys():
        raise TemplateError(f"{place}: light and dark must have the same names; only one has {min(odd)}")
    # These values were checked above. The quotes of a font must not be escaped in a style sheet.
    return {
        table: {name: Markup(value) for name, value in values.items()}  # noqa: S704 (no value of a stranger)
        for table, values in tables.items()
    }


def read_templates(root: Path, folder: str) -> list[bytes]:
    """The bytes of all templates of a channel, to find out whether one has changed."""
    return [path.read_bytes() for path in sorted((root / "templates" / folder).glob("*")) if path.is_file()]


@lru_cache(maxsize=4)
def _environment(root: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(root / "templates"),
        # By the last extension, and on unless that is text: select_autoescape() would miss *.html.j2.
        autoescape=lambda name: not (name or "").endswith((".txt", ".md")),  # noqa: S701 (ruff knows the other one only)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=True,
    )
    environment.filters["rem"] = _to_rem
    environment.filters["quote"] = _quote
    return environment


def _to_rem(pixels: str, base: int) -> str:
    """A size in rem, where one rem has `base` pixels: 19px is 0.95rem of 20."""
    return f"{float(pixels.removesuffix('px')) / base:g}rem"


def _quote(text: str) -> Markup:
    """A text as a string of a style sheet. Nothing in it ends the string, and no HTML is escaped."""
    escaped = re.sub(r"[^\w .,:;!?()/-]", lambda found: f"\\{ord(found[0]):x} ", text)
    return Markup(f'"{escaped}"')  # noqa: S704 (escaped above)


def _place(error: Exception, root: Path, *, last: bool = False) -> str | None:
    """The innermost template line of an error: Jinja rewrites tracebacks to point into templates.

    `last`: only when the template itself raised it, and no function that it called.
    """
    folder = root / "templates"
    found = traceback.extract_tb(error.__traceback__)
    frames = [
        frame for frame in (found[-1:] if last else found) if Path(frame.filename).is_relative_to(folder)
    ]
    return (
        f"templates/{Path(frames[-1].filename).relative_to(folder).as_posix()}:{frames[-1].lineno}"
        if frames
        else None
    )
