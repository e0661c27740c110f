"""How the house is laid out, held by reading its imports: rooms, storeys, no circles, no long files.

``docs/architecture.md`` names the rooms; ``docs/decisions/0019-rooms-by-idea.md`` says why these.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: What is installed, from the ground floor up, each with what it may import of the others.
STOREYS = {
    "sources": set(),
    "storage": set(),
    "ingest": {"sources", "storage"},
    "copydesk": {"sources", "storage", "ingest"},
    "bench": {"sources", "storage", "ingest", "copydesk"},
    "tests": {"sources", "storage", "ingest", "copydesk", "bench"},
}
#: Modules in one folder, its ``__init__`` not counted: that is the door, not a thing in the room.
MOST_MODULES = 20
MOST_LINES = 400


@cache
def _files() -> tuple[Path, ...]:
    """Every Python file of the house, relative to its root."""
    return tuple(
        path.relative_to(ROOT)
        for package in STOREYS
        for path in sorted((ROOT / package).rglob("*.py"))
    )


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, source: str, modules: frozenset[str]) -> set[str]:
    """The modules of the house that a file names in its imports, wherever in the file they stand.

    Those for the type checker and those inside a function count too: a circle that is only put off
    is one all the same.
    """
    found = set()
    package = list(path.parts[:-1])
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            up = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            inner = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in modules else base for name in inner]
        else:
            continue
        for name in names:
            while name and name not in modules:
                name = name.rpartition(".")[0]
            found |= {name} - {""}
    return found


@cache
def _imports() -> dict[str, set[str]]:
    """What each module of the house imports of the house."""
    modules = frozenset(
        {_name(path) for path in _files()}
        | {".".join(path.parts[:n]) for path in _files() for n in range(1, len(path.parts))}
    )
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for path in _files():
        text = (ROOT / path).read_text(encoding="utf-8")
        graph[_name(path)] |= _imported(path, text, modules) - {_name(path)}
    return graph


def _circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Each set of modules that reach one another (Tarjan), sorted."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    circles = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        stack.append(module)
        for imported in graph[module]:
            if imported not in number:
                visit(imported)
                lowest[module] = min(lowest[module], lowest[imported])
            elif imported in stack:
                lowest[module] = min(lowest[module], number[imported])
        if lowest[module] == number[module]:
            members = stack[stack.index(module) :]
            del stack[len(stack) - len(members) :]
            if len(members) > 1:
                circles.append(sorted(members))

    for module in graph:
        if module not in number:
            visit(module)
    return circles


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    held: dict[Path, int] = {}
    for path in _files():
        held[path.parent] = held.get(path.parent, 0) + (path.name != "__init__.py")
    assert {str(folder): n for folder, n in held.items() if n > MOST_MODULES} == {}


def test_a_module_can_be_read_at_a_sitting() -> None:
    """But for data, for the schema with its history, which are lists, and for tests."""
    long = {
        str(path): lines
        for path in _files()
        if path.parts[0] != "tests"
        and not {"data", "migrations"} & set(path.parts)
        and path != Path("storage/schema.py")
        and (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_imports_never_go_round_in_a_circle() -> None:
    assert _circles(_imports()) == []


@pytest.mark.parametrize("storey", STOREYS)
def test_imports_lead_down_and_never_between_neighbours(storey: str) -> None:
    wrong = sorted(
        f"{module} imports {other}"
        for module, others in _imports().items()
        if module.partition(".")[0] == storey
        for other in others
        if other.partition(".")[0] not in {storey, *STOREYS[storey]}
    )
    assert wrong == []


def test_the_reading_of_imports_sees_each_way_to_write_one() -> None:
    """Else the tests above would hold nothing."""
    modules = frozenset({"a", "a.b", "a.b.c", "a.d", "e"})
    source = (
        "import a.b.c\nimport os.path\n"
        "from a import d, something\n"
        "def later():\n    from ..d import name\n    from . import c\n"
        "if TYPE_CHECKING:\n    import e as other\n"
    )
    found = _imported(Path("a/b/new.py"), source, modules)
    assert found == {"a.b.c", "a.d", "a", "e"}
    assert _circles({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set()}) == [["a", "b", "c"]]


def test_the_architecture_page_names_every_room_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z_/]+)/` \|", page, re.MULTILINE)
    there = {
        str(path.parent)
        for path in _files()
        if path.parts[0] not in {"bench", "tests"} and len(path.parts) > 2
    }
    assert sorted(named) == sorted(there)


def test_tests_stand_where_what_they_test_stands() -> None:
    """A folder of tests is named after a room, so that either can be found from the other."""
    rooms = {str(path.parent) for path in _files() if path.parts[0] != "tests"}
    without = {
        str(path.parent)
        for path in _files()
        if path.parts[0] == "tests" and str(Path(*path.parts[1:-1])) not in {*rooms, "."}
    }
    assert without == set()
