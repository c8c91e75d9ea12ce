"""Groups of tests that share what they compile, or processes: usually those of one file about one module."""

import functools
import re
from pathlib import Path

__all__ = ["scope_of", "words_of"]

_PACKAGE = Path(__file__).parents[2] / "src" / "xent"


def scope_of(node_id):
    """
    The file of a test, and the module of the package that its parameters name, if they name one.

    Some files share a group, for what takes long to make: groups of processes, and syntax trees of all
    sources.
    """
    path = node_id.partition("::")[0]
    if Path(path).name in _OF_PROCESS_GROUPS:
        return "process groups"
    if path.startswith("tests/architecture/"):
        return "syntax trees"
    named = sorted(words_of(node_id) & _stems())
    return "::".join((path, *named[:1]))


def words_of(node_id):
    """The words in the parameters of a test."""
    return set(re.findall(r"\w+", node_id.partition("[")[2]))


@functools.cache
def _stems():
    return {path.stem for path in _PACKAGE.rglob("*.py")} - _LIBRARIES


# Files whose tests share groups of processes, which take seconds to start.
_OF_PROCESS_GROUPS = {
    "test_data_parallel.py",
    "test_linear_dtensors.py",
    "test_sharded.py",
    "test_sharded_linear.py",
}
# Rooms of the package have the names of array libraries, which are parameters of other tests.
_LIBRARIES = {"torch", "jax", "numpy"}
