"""
A piece of Python found in a syntax tree, and replaced there.

Layout and comments play no part, for trees are compared. A snippet names local variables as they were
called when it was written: a name that the function no longer uses may stand for one of its local variables,
and an argument's name that it no longer passes for one that it does; the same one wherever it occurs, and
none that the snippet uses too. In a compound statement, the body ``...`` stands for whatever the body is.
"""

import ast
import copy
import functools
import textwrap
from dataclasses import dataclass, field

__all__ = ["Match", "matches", "names_in", "parsed", "replace"]

_LAYOUT = {"ctx", "kind", "type_comment"}
_POSITION = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def parsed(old, new):
    """
    Both as expressions, which may run over several lines, or, if one of them is none, as lists of statements.

    `new` may be a function that makes the tree of an expression from that of `old`.
    """
    if callable(new):
        old, _ = parsed(old, old)
        return old, new(copy.deepcopy(old))
    texts = [textwrap.dedent(text).strip("\n") for text in (old, new)]
    if not texts[1]:
        return ast.parse(texts[0]).body, []
    try:
        return [ast.parse(f"({text}\n)", mode="eval").body for text in texts]
    except SyntaxError:
        return [ast.parse(text).body for text in texts]


@dataclass
class Renaming:
    """The names of a snippet beside those of the function where it is looked for."""

    used: set
    renamable: set
    in_snippet: set
    found: dict = field(default_factory=dict)

    def agrees(self, old, now):
        """True if `old` may be called `now`, which it is from then on."""
        if old in self.found:
            return self.found[old] == now
        is_renamed = old not in self.used and now in self.renamable - self.in_snippet - set(
            self.found.values()
        )
        if old == now or is_renamed:
            self.found[old] = now
            return True
        return False


@dataclass
class Match:
    """
    Place of a snippet: entries `start` to `stop` of the list ``getattr(parent, field)``, or the node there.

    `variables` and `keywords` say how its names are called here, `bodies` what its ``...`` stand for.
    """

    parent: ast.AST
    field: str
    start: int | None
    stop: int | None
    variables: Renaming
    keywords: Renaming
    bodies: list = field(default_factory=list)

    @property
    def nodes(self):
        """The nodes found."""
        value = getattr(self.parent, self.field)
        return [value] if self.start is None else value[self.start : self.stop]

    def put(self, nodes):
        """Put `nodes` in their place."""
        if self.start is None:
            setattr(self.parent, self.field, nodes[0])
        else:
            getattr(self.parent, self.field)[self.start : self.stop] = nodes
            self.stop = self.start + len(nodes)


def matches(snippet, scope, *, renamable):
    """
    The matches of a parsed snippet, an expression or a list of statements, inside the node `scope`.

    `renamable` are the names of local variables there.
    """
    wanted = snippet if isinstance(snippet, list) else [snippet]
    used, in_snippet = _names_inside(scope), names_in(*wanted)
    found = []
    for place in _places(wanted, scope):
        match = Match(
            *place,
            variables=Renaming(used[0], renamable, in_snippet[0]),
            keywords=Renaming(used[1], used[1], in_snippet[1]),
        )
        if _agree(wanted, match.nodes, match):
            found.append(match)
    return found


def replace(match, snippet):
    """Put a parsed snippet of the same kind where `match` is, with the names used there."""
    first = match.nodes[0]
    new = copy.deepcopy(snippet if isinstance(snippet, list) else [snippet])
    for node in (node for top in new for node in ast.walk(top)):
        for name in _POSITION:
            setattr(node, name, getattr(first, name))
    renamed = _Renamed(match)
    new = [renamed.visit(node) for node in new]
    if isinstance(first, ast.expr):
        _set_context(new[0], getattr(first, "ctx", None))
    match.put(new)


def names_in(*nodes):
    """The names of variables in the trees `nodes`, and those of arguments in calls."""
    variables, keywords = set(), set()
    for node in (node for top in nodes for node in ast.walk(top)):
        if isinstance(node, ast.Name):
            variables.add(node.id)
        elif isinstance(node, ast.arg):
            variables.add(node.arg)
        elif isinstance(node, ast.keyword):
            keywords.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)):
            variables.add(node.name)
    return variables, keywords


@functools.cache
def _names_inside(scope):
    return names_in(*ast.iter_child_nodes(scope))


@functools.cache
def _nodes_of(scope):
    # Each is walked for every mutant of the scope; edits are undone, so that it has the same nodes each time.
    return tuple(ast.walk(scope))


def _places(wanted, scope):
    kind, size = type(wanted[0]), len(wanted)
    for parent in _nodes_of(scope):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list):
                starts = range(len(value) - size + 1)
                yield from ((parent, name, k, k + size) for k in starts if type(value[k]) is kind)
            elif type(value) is kind:
                yield parent, name, None, None


def _agree(old, now, match):
    if isinstance(old, list):
        return (
            isinstance(now, list)
            and len(old) == len(now)
            and all(_agree(a, b, match) for a, b in zip(old, now, strict=True))
        )
    if not isinstance(old, ast.AST):
        return type(old) is type(now) and repr(old) == repr(now)
    if type(old) is not type(now):
        return False
    return all(
        _agree_in(name, getattr(old, name), getattr(now, name), old, match)
        for name in old._fields
        if name not in _LAYOUT
    )


def _agree_in(name, old, now, owner, match):
    if name == "body" and _is_anything(old):
        match.bodies.append(now)
        return True
    if _is_variable(owner, name) and isinstance(old, str) and isinstance(now, str):
        return match.variables.agrees(old, now)
    if isinstance(owner, ast.keyword) and name == "arg" and isinstance(old, str) and isinstance(now, str):
        return match.keywords.agrees(old, now)
    return _agree(old, now, match)


def _is_variable(owner, name):
    return (
        (isinstance(owner, ast.Name) and name == "id")
        or (isinstance(owner, ast.arg) and name == "arg")
        or (isinstance(owner, (ast.FunctionDef, ast.ExceptHandler)) and name == "name")
    )


def _is_anything(body):
    return (
        isinstance(body, list)
        and len(body) == 1
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and body[0].value.value is ...
    )


class _Renamed(ast.NodeTransformer):
    """Gives a snippet the names of the place where it goes, and its ``...`` the bodies that stood there."""

    def __init__(self, match):
        self.match, self.bodies = match, list(match.bodies)

    def visit(self, node):
        """Rename in the whole tree."""
        body = self.bodies.pop(0) if self.bodies and _is_anything(getattr(node, "body", None)) else None
        for name, value in ast.iter_fields(node):
            if isinstance(value, str) and _is_variable(node, name):
                setattr(node, name, self.match.variables.found.get(value, value))
            elif isinstance(value, str) and isinstance(node, ast.keyword):
                setattr(node, name, self.match.keywords.found.get(value, value))
        self.generic_visit(node)
        if body is not None:
            node.body = body
        return node


def _set_context(node, context):
    if context is not None and hasattr(node, "ctx"):
        node.ctx = context
        for child in getattr(node, "elts", ()):
            _set_context(child, context)
