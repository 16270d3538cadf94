"""The front matter of a text → the same with other values: each key on its lines, and all other bytes as they were.

Our reader of YAML has the last word: what it does not read back as it was meant is refused, so nothing is guessed.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from generator.content.documents import parse_yaml
from generator.writing.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Value: TypeAlias = "str | bool | list[str]"
"""What a field of the page has; an empty text or list stands for a key that was left out, too."""

_LINE = r"^{key}[ \t]*:(?=[ \t]|$)"
_CONTINUED = re.compile(r"[ \t]|-(?:[ \t]|$)")
_VALUE = re.compile(
    r"(?P<space>[ \t]*)(?P<value>\[[^\]]*\]|\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|(?:(?![ \t]#).)*?)"
    r"(?P<comment>[ \t]+#.*)?[ \t]*"
)
_WORD = re.compile(r"[\w.-]+")


def read_front(front: str) -> dict[str, object] | None:
    """The keys and values of a front matter, without its fences; None when it is no mapping that we can read."""
    parsed = parse_yaml(front, Path(), 1, [])
    return parsed[0] if parsed is not None and isinstance(parsed[0], dict) else None


def show_value(found: object) -> object:
    """A value of YAML as it travels to the page: texts, lists, tables, true and false."""
    match found:
        case None:
            return ""
        case bool() | str():
            return found
        case datetime():
            return found.isoformat()
        case list():
            return [show_value(one) for one in found]
        case dict():
            return {str(key): show_value(one) for key, one in found.items()}
    return str(found)


def change_front(front: str, changes: Mapping[str, Value], order: Sequence[str]) -> str:
    """The front matter with other values for some keys; a new key stands where `order` has it.

    Raises Refusal for a value that cannot be written, and for a key that is written in a way that we do not change.
    """
    for key, value in changes.items():
        front = _change(front, key, value, order)
    return front


def _change(front: str, key: str, value: Value, order: Sequence[str]) -> str:
    before = read_front(front)
    if before is None:
        raise Refusal("front_unreadable")
    others = {name: one for name, one in before.items() if name != key}
    for candidate in _propose(front, key, value, order, written=key in before):
        after = read_front(candidate)
        if after is None or {name: one for name, one in after.items() if name != key} != others:
            continue
        if (key not in after and value in ("", [], False)) or (key in after and _is_meant(after[key], value)):
            return candidate
    raise Refusal("odd_field", field=key)


def change_waiver(front: str, rule: str, reason: str, order: Sequence[str]) -> str:
    """The front matter with a reason for which a rule is waived, on a line below `waive`; without one it is gone.

    Raises Refusal when the waivers are written in a way that we do not change.
    """
    before = read_front(front)
    if before is None:
        raise Refusal("front_unreadable")
    waivers = before.get("waive") or {}
    if not isinstance(waivers, dict):
        raise Refusal("odd_field", field="waive")
    meant = {name: why for name, why in waivers.items() if name != rule} | ({rule: reason} if reason else {})
    for candidate in _propose_waiver(front, rule, reason, order, last=not meant):
        after = read_front(candidate)
        if after is None or (after.get("waive") or {}) != meant:
            continue
        if {**after, "waive": None} == {**before, "waive": None}:
            return candidate
    raise Refusal("odd_field", field="waive")


def _propose_waiver(front: str, rule: str, reason: str, order: Sequence[str], *, last: bool) -> Iterator[str]:
    lines = front.split("\n")
    place = next((row for row, line in enumerate(lines) if re.match(_LINE.format(key="waive"), line)), None)
    if place is None:
        start = end = _find_row(lines, "waive", order)
    else:
        start, end = place, _find_end(lines, place)
    others = lines[start + 1 : end]
    own = next(
        (row for row, line in enumerate(others) if re.match(rf"[ \t]+[\"']?{rule}[\"']?[ \t]*:", line)), None
    )
    indent = others[0][: len(others[0]) - len(others[0].lstrip())] if others else "  "
    if own is not None:
        deeper = rf"{indent}[ \t]"
        stop = next(
            (row for row in range(own + 1, len(others)) if not re.match(deeper, others[row])), len(others)
        )
        del others[own:stop]
    if last:
        yield "\n".join([*lines[:start], *lines[end:]])
        return
    for text in _write(reason, "") if reason else [""]:
        added = [f"{indent}{rule}: {text}"] if reason else []
        yield "\n".join([*lines[:start], "waive:", *others, *added, *lines[end:]])


def _is_meant(found: object, value: Value) -> bool:
    if isinstance(found, datetime) and isinstance(value, str):
        try:
            return found == datetime.fromisoformat(value)
        except (ValueError, TypeError):
            return False
    return found == value or (found is None and value in ("", []))


def _propose(front: str, key: str, value: Value, order: Sequence[str], *, written: bool) -> Iterator[str]:
    """The front matters that may be what is meant, the one that differs least first."""
    lines = front.split("\n")
    place = next((row for row, line in enumerate(lines) if re.match(_LINE.format(key=key), line)), None)
    if place is None:
        if not written:  # else it is there in a way that is not changed here, such as in quotes
            row = _find_row(lines, key, order)
            for text in _write(value, ""):
                yield "\n".join([*lines[:row], f"{key}: {text}".rstrip(), *lines[row:]])
        return
    end = _find_end(lines, place)
    if end > place + 1 and any("#" in line for line in lines[place:end]):
        return  # a comment among the entries of a list would be lost
    head, rest = lines[place].partition(":")[0], lines[place].partition(":")[2]
    found = _VALUE.fullmatch(rest) if end == place + 1 else None
    comment = (found and found["comment"]) or ""
    space = (found and found["space"]) or " "
    if value == "" and key in _OPTIONAL:
        yield "\n".join([*lines[:place], *lines[end:]])
    for text in _write(value, found["value"] if found else ""):
        yield "\n".join([*lines[:place], f"{head}:{space}{text}{comment}".rstrip(), *lines[end:]])


_OPTIONAL = frozenset({"subject", "updated"})
"""The keys whose line goes when they are emptied."""


def _find_row(lines: Sequence[str], key: str, order: Sequence[str]) -> int:
    """Where the line of a new key goes: below the last one that comes before it in `order`."""
    for name in reversed(order[: order.index(key)]):
        for row, line in enumerate(lines):
            if re.match(_LINE.format(key=name), line):
                return _find_end(lines, row)
    return 0


def _find_end(lines: Sequence[str], place: int) -> int:
    """The first line that no longer belongs to the key on a line."""
    end = place + 1
    for row in range(place + 1, len(lines)):
        if _CONTINUED.match(lines[row]) and lines[row].strip():
            end = row + 1
        elif lines[row].strip():
            break
    return end


def _write(value: Value, before: str) -> Iterator[str]:
    """The ways to write a value, those that are like what stood there `before` first."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, list):
        yield f"[{', '.join(one if _WORD.fullmatch(one) else _quote(one) for one in value)}]"
        yield f"[{', '.join(map(_quote, value))}]"
    else:
        if before.startswith("'"):
            yield "'" + value.replace("'", "''") + "'"
        if before.startswith('"'):
            yield _quote(value)
        yield value
        yield _quote(value)


def _quote(text: str) -> str:
    """A text in double quotes: JSON is YAML."""
    return json.dumps(text, ensure_ascii=False)
