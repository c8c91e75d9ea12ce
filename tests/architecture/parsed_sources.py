"""Syntax trees of source files, parsed once while the tests of the architecture run."""

import ast
import functools

__all__ = ["forget", "parsed"]


def parsed(path):
    """The syntax tree of the file at `path`, which must not be changed."""
    return _tree(path.read_text(encoding="utf-8"))


def forget():
    """Free the trees."""
    _tree.cache_clear()


@functools.cache
def _tree(text):
    return ast.parse(text)
