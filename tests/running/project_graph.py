"""
Imports between the modules of the project, read from their syntax trees; nothing is imported.

An import of a name from a folder leads to the module that defines the name. Imports inside of functions count
too, for that is where heavy modules are imported.
"""

import ast
import functools
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Module", "ProjectGraph", "project_graph"]

ROOT = Path(__file__).parents[2]
_FOLDERS = {"xent": ROOT / "src" / "xent", "tests": ROOT / "tests", "docs": ROOT / "docs"}
# A module that imports more than this is a list of others; who uses the list does not use each of them.
_LONGEST = 20


@dataclass(frozen=True)
class Module:
    """A module: its name, its file and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self):
        """True of the `__init__.py` of a folder."""
        return self.path.name == "__init__.py"

    @functools.cached_property
    def statements(self):
        """Pairs of a dotted name that the module uses, and the local name that it is bound to, if any."""
        return tuple(_imports(self))


class ProjectGraph:
    """Modules by name, and what each of them imports."""

    def __init__(self, folders=_FOLDERS):
        self.modules = dict(_modules(folders))
        self.imports = {name: self._targets(module) for name, module in self.modules.items()}
        self._importers = defaultdict(set)
        for name, targets in self.imports.items():
            for target in targets:
                self._importers[target].add(name)

    @functools.cached_property
    def names_by_path(self):
        """The name of the module in each file."""
        return {module.path: name for name, module in self.modules.items()}

    def is_list(self, name):
        """True of a folder, and of a module that imports many others, such as a registry."""
        return self.modules[name].is_package or (
            len(self.imports[name]) > _LONGEST and name.startswith("xent.")
        )

    def users(self, names):
        """`names`, and the modules that import one of them, directly or through others that are no lists."""
        names = set(names)
        found, waiting = set(), list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self._importers[name] if name in names or not self.is_list(name) else ())
        return found

    def _targets(self, module):
        found = {self._home(target) for target, _ in module.statements} - {None, module.name}
        return frozenset(found)

    def _home(self, dotted, depth=0):
        """The module that defines `dotted`: it itself, or where its folder imports it from."""
        if dotted in self.modules:
            return dotted
        parent, _, name = dotted.rpartition(".")
        if not parent:
            return None
        if parent in self.modules and self.modules[parent].is_package and depth < 9:
            for target, bound in self.modules[parent].statements:
                if bound == name and target != dotted:
                    return self._home(target, depth + 1)
        return self._home(parent, depth)


def project_graph():
    """The graph of the files as they are."""
    return ProjectGraph()


def _modules(folders):
    for root, folder in folders.items():
        for path in sorted(folder.rglob("*.py")):
            parts = (root, *path.relative_to(folder).with_suffix("").parts)
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield name, Module(name, path, ast.parse(path.read_bytes()))


def _imports(module):
    bound = {}
    for node in ast.walk(module.tree):
        for target, name in _of_statement(node):
            bound[name] = target
            yield target, name
    # ``losses.focal`` after ``from xent import losses`` uses what ``from xent.losses import focal`` does.
    for node in ast.walk(module.tree):
        first, *rest = _chain(node)
        if rest and first in bound:
            yield ".".join((bound[first], *rest)), None


def _chain(node):
    """The names in ``a.b.c``; those of another expression are one that no module binds."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id if isinstance(node, ast.Name) else "", *reversed(names))


def _of_statement(node):
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.name, alias.asname) if alias.asname else (alias.name.partition(".")[0],) * 2
            yield alias.name, None
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            yield f"{node.module}.{alias.name}", alias.asname or alias.name
