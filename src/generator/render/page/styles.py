"""The style sheet of the site, with the values of tokens.toml filled in."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.model import Artifact
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def render_styles(root: Path, sheets: Iterable[str]) -> Artifact:
    """The sheets in their order as one file; its path is below the language's folder. Raises TemplateError."""
    text = "\n".join(render_template(root, f"site/{sheet}") for sheet in sheets)
    content = re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL).encode()
    version = hashlib.sha256(content).hexdigest()[:8]
    # A host and our worker keep what has such a name for ever.
    return Artifact(PurePosixPath(f"assets/stylesheets/site.{version}.min.css"), content)
