"""The languages of the sample."""

import shutil
from pathlib import Path

from generator.model import Language, Languages

NL, EN = Language("nl"), Language("en")
LANGUAGES = Languages({NL: "Dutch", EN: "English"})

_WORDS = "templates/words"


def give_words(root: Path) -> None:
    """Put the real words into a project that has few other files."""
    shutil.copytree(Path(__file__).parents[1] / _WORDS, root / _WORDS, dirs_exist_ok=True)
