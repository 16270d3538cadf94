"""Templates: one folder a channel, one file a thing, and the extension says how values are escaped.

`.html` escapes for HTML; `.txt` and `.md` do not. An unknown name is an error, never an empty space.
"""

from __future__ import annotations

import traceback
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2 import TemplateError as JinjaError

from generator.errors import TemplateError


def render_template(root: Path, name: str, **values: Any) -> str:
    """Render `templates/<name>` of the project in `root`. Raises TemplateError with file and line."""
    try:
        return _environment(root).get_template(name).render(values)
    except TemplateSyntaxError as error:
        raise TemplateError(f"templates/{error.name}:{error.lineno}: {error.message}") from error
    except TemplateNotFound as error:
        raise TemplateError(f"templates/{error.name}: there is no such template") from error
    except UndefinedError as error:
        place = _place(error, root) or f"templates/{name}"
        raise TemplateError(
            f"{place}: {error.message}; a template may use only the names it is given"
        ) from error
    except JinjaError as error:
        raise TemplateError(f"templates/{name}: {error.message}") from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"templates/{name}: is not UTF-8; save it with the encoding UTF-8") from error


def read_templates(root: Path, folder: str) -> list[bytes]:
    """All templates of a channel as they stand, for who must know whether one has changed."""
    return [path.read_bytes() for path in sorted((root / "templates" / folder).glob("*")) if path.is_file()]


@lru_cache(maxsize=4)
def _environment(root: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(root / "templates"),
        # By the last extension, and on unless it is known to be text: select_autoescape() would miss *.html.j2.
        autoescape=lambda name: not (name or "").endswith((".txt", ".md")),  # noqa: S701 (ruff knows the other one only)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=True,
    )


def _place(error: Exception, root: Path) -> str | None:
    """The innermost template line of an error: Jinja rewrites tracebacks to point into templates."""
    folder = root / "templates"
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(folder)
    ]
    return (
        f"templates/{Path(frames[-1].filename).relative_to(folder).as_posix()}:{frames[-1].lineno}"
        if frames
        else None
    )
