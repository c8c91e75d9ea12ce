"""
Edits of modules of the package, made in their syntax trees and addressed by module, function and statement.

An address is ``"module:function"``, such as ``"focal:Focal.value"``: the stem of a module in any folder of
the package (``"cpu/exact_difference"`` in a folder of that name) and the qualified name of a function or
a class in it; for what stands outside of both, ``"module"`` alone. Where no module of that stem has such a
function any more, it is looked for in the whole package. The edited snippet must then occur exactly once.
"""

import ast
import contextlib
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.mutants.snippets import matches, parsed, replace

import xent

__all__ = ["SOURCE", "AddressError", "Edit", "chains", "edited", "local_variables", "stem_of"]

SOURCE = Path(xent.__file__).parent
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)


class AddressError(Exception):
    """An address that names no statement, or more than one."""


@dataclass(frozen=True)
class Edit:
    """
    A module's file and its syntax tree after an edit; `scope` is the function of the address therein.

    `in_body` says that the edit lies in the body of a function.
    """

    path: Path
    tree: ast.Module
    scope: ast.AST
    in_body: bool

    def code(self):
        """The module, compiled; lines keep their numbers."""
        return compile(self.tree, str(self.path), "exec", dont_inherit=True)


@contextlib.contextmanager
def edited(address, old, new, *, source=SOURCE):
    """An `Edit` by address and snippets of the package at `source`, undone in the end."""
    old, new = parsed(old, new)
    scopes = _scopes(address, source)
    found = [
        (path, chain, match)
        for path, chain in scopes
        for match in matches(old, chain[-1], renamable=_variables_of(*chain))
    ]
    if len(found) != 1:
        raise AddressError(_refusal(address, found or scopes, len(found), source))
    [(path, chain, match)] = found
    kept = match.nodes
    in_body = _is_in_body(match, chain)
    try:
        replace(match, new)
        yield Edit(path, chain[0], chain[-1], in_body)
    finally:
        match.put(kept)


def stem_of(path):
    """The stem of a module's file; that of an ``__init__`` is its folder's."""
    return path.parent.name if path.stem == "__init__" else path.stem


@functools.cache
def _variables_of(*chain):
    # Edits are undone, so that a tree which is kept has the same variables each time.
    return local_variables(chain)


@functools.cache
def _scopes(address, source):
    """Each module and function of `address`: the file, and the nodes from the module down to the function."""
    module, _, function = address.partition(":")
    *folders, stem = module.split("/")
    files = [file for file in _files(source) if file.parts.issuperset(folders)]
    named = [file.path for file in files if file.stem == stem]
    for candidates in (named, [file.path for file in files]):
        found = [(path, chain) for path in candidates for chain in chains(_tree(path), function)]
        if found:
            return found
    raise AddressError(f"`{address}` must name a function of the package; no module has `{function}`.")


class _File(NamedTuple):
    """A file of the package: its path, the parts of that below the package, and its stem."""

    path: Path
    parts: frozenset
    stem: str


@functools.cache
def _files(source):
    return [
        _File(path, frozenset(path.relative_to(source).parts), stem_of(path))
        for path in sorted(source.rglob("*.py"))
    ]


@functools.cache
def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def chains(tree, function):
    """The nodes from a module down to each function of a qualified name; ``""`` is the module itself."""
    found = [[tree]]
    for name in filter(None, function.split(".")):
        found = [[*chain, scope] for chain in found for scope in _scopes_in(chain[-1]) if scope.name == name]
    return found


def _scopes_in(node):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _SCOPES):
            yield child
        else:
            yield from _scopes_in(child)


def local_variables(chain):
    """Local variables of the outermost function; elsewhere, of comprehensions and lambdas."""
    functions = [node for node in chain if isinstance(node, _FUNCTIONS)]
    if functions:
        body = ast.Module([*functions[0].body, functions[0].args], [])
        return _bound_in(body) - _declared_global(body)
    own = [node for node in ast.walk(chain[-1]) if isinstance(node, (ast.comprehension, ast.Lambda))]
    return _bound_in(*(node.target if isinstance(node, ast.comprehension) else node.args for node in own))


def _bound_in(*nodes):
    bound = set()
    for node in (node for top in nodes for node in ast.walk(top)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (*_FUNCTIONS, ast.ExceptHandler)):
            bound.add(node.name)
    return bound


def _declared_global(tree):
    return {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


def _is_in_body(match, chain):
    for function in (node for node in chain if isinstance(node, _FUNCTIONS)):
        inside = (node for statement in function.body for node in ast.walk(statement))
        return (match.parent is function and match.field == "body") or any(
            node is match.parent for node in inside
        )
    return False


def _refusal(address, places, count, source):
    lines = ", ".join(f"{path.relative_to(source)}:{_line(rest[-1])}" for path, *rest in places)
    found = f"got {count} places: {lines}. Lengthen it." if count else f"it is in none of: {lines}."
    return f"The snippet of `{address}` must occur once; {found}"


def _line(place):
    """The first line of a match or of the last node of a chain."""
    node = place[-1] if isinstance(place, list) else place.nodes[0]
    return getattr(node, "lineno", 1)
