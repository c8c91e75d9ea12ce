"""Errors in one file, packages that only re-export, names that say what a file holds."""

import ast
from pathlib import Path

from tests.architecture.parsed_sources import parsed

SOURCE = Path(__file__).parents[2] / "src" / "xent"
FILES = sorted(SOURCE.rglob("*.py"))
BUILT_IN = {"Exception", "BaseException", "ValueError", "TypeError", "RuntimeError", "OSError"}
# Exceptions that another module catches, and that no user meets.
CAUGHT = {
    "data/files/delimited_text.py:_NotUtf8Error",
    "data/files/json_list.py:_TwiceError",
    "jobs/archives/sealed_archive.py:SealError",
    "jobs/interruptions.py:Interruption",
    "kernels/triton/errors.py:LaunchError",
}
# Functions that a package may define itself: how its lazy names are loaded and listed.
OF_PACKAGES = {"__getattr__", "__dir__"}
EMPTY_NAMES = {"utils", "misc", "common", "base", "core", "manager", "helpers"}


def trees(source):
    return [(str(file.relative_to(source)), parsed(file)) for file in sorted(source.rglob("*.py"))]


def exceptions(source=SOURCE):
    """Address of each class that inherits an exception, by the names of its bases."""
    classes = {
        f"{path}:{node.name}": {base.id for base in node.bases if isinstance(base, ast.Name)}
        for path, tree in trees(source)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = BUILT_IN | {address.partition(":")[2] for address in classes if address.startswith("errors.py:")}
    return {address for address, bases in classes.items() if bases & known}


def test_exceptions_that_a_user_meets_stand_in_one_file():
    elsewhere = {address for address in exceptions() if not address.startswith("errors.py:")}
    assert elsewhere == CAUGHT


def test_the_tree_of_errors_is_drawn_whole():
    module = parsed(SOURCE / "errors.py")
    drawn = ast.get_docstring(module)
    classes = [node.name for node in module.body if isinstance(node, ast.ClassDef)]
    assert [name for name in classes if name not in drawn] == []


def own_definitions(path, tree):
    return [
        f"{path}:{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in OF_PACKAGES
    ]


def test_a_package_defines_nothing_itself():
    packages = [(path, tree) for path, tree in trees(SOURCE) if path.endswith("__init__.py")]
    assert [name for path, tree in packages for name in own_definitions(path, tree)] == []


def test_a_module_states_its_public_names():
    def has_names(tree):
        return any("__all__" in ast.unparse(node).partition("=")[0] for node in tree.body)

    silent = [path for path, tree in trees(SOURCE) if not has_names(tree) and len(tree.body) > 1]
    assert silent == []


def test_imports_are_absolute():
    relative = [
        path
        for path, tree in trees(SOURCE)
        if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))
    ]
    assert relative == []


def test_a_file_is_named_by_what_it_holds():
    assert [str(file) for file in FILES if file.stem in EMPTY_NAMES] == []


def test_a_planted_exception_and_a_planted_function_are_found(tmp_path):
    (tmp_path / "__init__.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    (tmp_path / "errors.py").write_text("class XError(Exception):\n    pass\n", encoding="utf-8")
    (tmp_path / "far.py").write_text("class FarError(XError):\n    pass\n", encoding="utf-8")
    assert exceptions(tmp_path) == {"errors.py:XError", "far.py:FarError"}
    assert own_definitions(*trees(tmp_path)[0]) == ["__init__.py:f"]
