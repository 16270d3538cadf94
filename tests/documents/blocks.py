"""The code blocks of our documents, and what the word behind the fence says about each.

```sh            commands that a person types in the project, in the order of the page: the tests run them
```console       the same, each behind a $, with what they print; … stands for anything
```sh root       commands for a server, as root: the tests look whether what they name exists
```sh developer  commands that run the tests themselves: the same
```              anything else: files, settings, trees
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

RUN = (
    "README.md",
    "newsletter/GUIDE.md",
    "deploy/RUN.md",
    "OPERATING.md",
    "deploy/SET-UP.md",
    "deploy/PROOF.md",
    "CONTRIBUTING.md",
)
"""The documents whose commands are run or looked at."""

OURS = r"(?:\.venv/bin/)?(?:generate|newsletter|make)\b"


@dataclass(frozen=True)
class Command:
    """One command as it is typed, with its continued lines in one piece."""

    text: str
    said: tuple[str, ...] = ()
    """What the document shows that it prints."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    document: str
    line: int
    heading: str
    """The last one above it."""
    info: tuple[str, ...]
    """The words behind the fence."""
    text: str

    @property
    def is_run(self) -> bool:
        return self.info in {("sh",), ("console",)}

    @property
    def is_looked_at(self) -> bool:
        return self.info[:1] == ("sh",) and len(self.info) == 2

    @property
    def commands(self) -> list[Command]:
        """The commands in it, in order."""
        text = re.sub(r"\s*\\\n\s*", " ", self.text)
        lines = [line for line in text.splitlines() if line.strip()]
        if self.info != ("console",):
            return [Command(re.sub(r"\s+# .*", "", line).strip()) for line in lines]
        found: list[Command] = []
        for line in lines:
            if line.startswith("$ "):
                found.append(Command(line[2:]))
            else:
                found[-1] = Command(found[-1].text, (*found[-1].said, line))
        return found


def find_blocks(document: str) -> Iterator[Block]:
    """The fenced blocks of a document, in order."""
    heading, fence, begun = "", None, (0, ())
    lines: list[str] = []
    for number, line in enumerate((ROOT / document).read_text("utf-8").splitlines(), start=1):
        match = re.match(r"( *)(```+)([^`]*)$", line)
        if fence is None:
            if match:
                fence, begun, lines = (match[1], match[2]), (number, tuple(match[3].split())), []
            elif title := re.match(r"#+ (.+)", line):
                heading = title[1]
        elif match and match[2] == fence[1] and not match[3].strip():
            yield Block(document, begun[0], heading, begun[1], "\n".join(lines))
            fence = None
        else:
            lines.append(line.removeprefix(fence[0]))
    assert fence is None, f"{document}:{begun[0]}: this block does not end"


def find_mentions(document: str) -> Iterator[str]:
    """Commands of ours in running text, like `newsletter send 2026-W48`, which need not be whole."""
    text = re.sub(
        r"^( *)(```+).*?^\1\2$", "", (ROOT / document).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    yield from (
        " ".join(found.split()) for found in re.findall(r"`((?:generate|newsletter|make) [^`]+)`", text)
    )
