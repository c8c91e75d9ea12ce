"""
JavaScript modules of the lab's page as one script.

Each module becomes a function that is called once, so that names which it does not export stay its own; its
result has the module's name after a dollar sign, which no local name has. Only the forms of import and export
that the page's modules have are read: named, one statement each.
"""

from __future__ import annotations

import re
from importlib.resources import files

__all__ = ["bundle", "module_names"]

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:function|const) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)


def bundle(start: str = "main") -> str:
    """
    Text of one script with the module `start` and all modules that it imports, each before its importers.

    Parameters
    ----------
    start : str
        Name of the module that is run last.

    Returns
    -------
    str
        Script without `import` and `export`; each module is a constant ``$name`` with what it exports.

    Raises
    ------
    ValueError, FileNotFoundError
        As `module_names`.
    """
    return "".join(_as_function(name) for name in module_names(start))


def module_names(start: str = "main") -> list[str]:
    """
    Names of the page's JavaScript module `start` and of all modules that it imports, imported ones first.

    Indirect imports count. Raises `ValueError` if modules import each other in a circle, `FileNotFoundError`
    for a module that does not exist.
    """
    order: list[str] = []
    path: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            message = f"module_names: modules must not import each other; got {' -> '.join([*path, name])}"
            raise ValueError(message)
        path.append(name)
        for _, imported in _IMPORT.findall(_source(name)):
            if imported not in order:
                visit(imported)
        order.append(path.pop())

    visit(start)
    return order


def _as_function(name: str) -> str:
    source = _COMMENT.sub("", _source(name))
    exported = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(_taken_from, source))
    return f"const ${name} = (() => {{\n{body.strip()}\nreturn {{ {exported} }};\n}})();\n"


def _taken_from(statement: re.Match[str]) -> str:
    names = " ".join(statement[1].split()).rstrip(",")
    return f"const {{ {names} }} = ${statement[2]};\n"


def _source(name: str) -> str:
    return (files("xent.lab") / "page" / "script" / f"{name}.js").read_text(encoding="utf-8")
