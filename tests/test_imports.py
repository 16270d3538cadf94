"""No circles of imports, of modules or of packages, those for type checking included.

Whoever reads a module can read what it needs first.
"""

from collections import defaultdict
from itertools import takewhile

import grimp
import pytest


def find_circles(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """All groups of which each member reaches every other one."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            new = graph.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        reached[start] = found
    return {
        frozenset(other for other in found if start in reached.get(other, set()))
        for start, found in reached.items()
        if start in found
    }


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """Each module and what it imports of ours, also for type checking and within functions."""
    graph = grimp.build_graph("generator", cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def find_siblings(imports: dict[str, set[str]]) -> dict[str, dict[str, set[str]]]:
    """For each package: which of its modules and packages import which others, by whatever is within them."""
    siblings: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for importer, others in imports.items():
        for imported in others:
            one, other = importer.split("."), imported.split(".")
            depth = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
            if depth < min(len(one), len(other)):  # else one of them is the package of the other
                importing, wanted = (".".join(name[: depth + 1]) for name in (one, other))
                siblings[".".join(one[:depth])][importing].add(wanted)
    return siblings


def test_nothing_imports_itself_by_way_of_others(imports: dict[str, set[str]]) -> None:
    graphs = [imports, *find_siblings(imports).values()]
    assert not set().union(*map(find_circles, graphs))


def test_a_circle_is_found_wherever_it_begins() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"e"}}
    assert find_circles(graph) == {frozenset("bc"), frozenset("e")}
