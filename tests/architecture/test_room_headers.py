"""The header of each room says what it may import, and that is what it imports."""

import ast
import re
from pathlib import Path

import pytest
from tests.architecture.parsed_sources import parsed

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "xent"
ROOMS = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file())
MODULES = {path.stem for path in SOURCE.glob("*.py")} - {"__init__"}
# Listed once for all rooms: the errors, and how a room's own names are loaded.
EVERYWHERE = {"errors", "lazy_names", "version"}
MOST_FILES = 45


def header(room):
    return ast.get_docstring(parsed(SOURCE / room / "__init__.py"))


def stated_imports(room):
    """Rooms named after "May import" in the header; None for every room below."""
    sentence = re.search(r"May import (.*?)(?:;|\.(?:\s|$))", header(room), flags=re.DOTALL)
    assert sentence, f"{room} does not say what it may import"
    sentence = " ".join(sentence[1].split())
    if sentence == "every room below":
        return None
    return {name for name in re.findall(r"`(\w+)`", sentence) if name in ROOMS}


def imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from [node.module] if node.module != "xent" else [f"xent.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def actual_imports(room):
    files = (SOURCE / room).rglob("*.py")
    names = {name for file in files for name in imported_modules(parsed(file))}
    rooms = {name.split(".")[1] for name in names if name.startswith("xent.")}
    return rooms - {room} - EVERYWHERE - MODULES


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_its_header_says(room):
    stated, actual = stated_imports(room), actual_imports(room)
    # The layers of import-linter hold those that may import all below.
    assert stated is None or stated == actual


@pytest.mark.parametrize("room", ROOMS)
def test_a_header_has_up_to_20_lines(room):
    assert 3 <= len(header(room).splitlines()) <= 20


@pytest.mark.parametrize(
    "tree", [SOURCE, ROOT / "tests", ROOT / "benchmarks", ROOT / "docs"], ids=lambda path: path.name
)
def test_no_folder_shows_more_files_than_a_reader_can_take_in(tree):
    folders = [tree, *(path for path in tree.rglob("*") if path.is_dir())]
    crowded = {str(path): n for path in folders if (n := len(list(path.glob("*.py")))) > MOST_FILES}
    assert crowded == {}
