"""Pages of the reference: one for each public name, and one list for each public module."""

from __future__ import annotations

import importlib
import inspect
import shutil
from pathlib import Path
from typing import Any

import xent
from xent.losses.registry import REGISTRY

__all__ = ["MODULES", "check", "public_names", "skip", "write"]

HERE = Path(__file__).parent / "reference"
MODULES = {
    "xent": "Fits, predictions and estimators",
    "xent.losses": "Training losses on logits, for any array library",
    "xent.torch": "PyTorch's calls",
    "xent.jax": "optax' calls, and a linear cross-entropy",
    "xent.keras": "Keras' calls",
    "xent.networks": "Neural networks",
    "xent.measures": "Information measures of distributions",
    "xent.measures.estimators": "Estimates from counts and samples",
    "xent.measures.codes": "Codes",
    "xent.scoring": "Scores of predictions",
    "xent.calibration": "Recalibration of predictions",
    "xent.data": "Tables: reading, kinds of columns, encoding",
    "xent.errors": "Errors",
}


def public_names(module: str) -> list[str]:
    """Public names of a module, without modules, dunder names, and objects that `xent` itself hands out."""
    loaded = importlib.import_module(module)
    names = sorted(name for name in loaded.__all__ if not name.startswith("__"))
    own = [name for name in names if not inspect.ismodule(getattr(loaded, name))]
    if module == "xent":
        return own
    return [name for name in own if getattr(xent, name, None) is not getattr(loaded, name)]


def write() -> None:
    """Write all pages into `reference/api` anew."""
    folder = HERE / "api"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for module, title in MODULES.items():
        names = public_names(module)
        for name in names:
            (folder / f"{module}.{name}.rst").write_text(_page(module, name), encoding="utf-8")
        (folder / f"{module}.rst").write_text(_list(module, title, names), encoding="utf-8")


def check(app: Any, env: Any) -> None:
    """Warn, and so fail the build, for each public name that no page documents."""
    from sphinx.util.logging import getLogger

    documented = env.domaindata["py"]["objects"]
    for module in MODULES:
        for name in public_names(module):
            if f"{module}.{name}" not in documented:
                getLogger(__name__).warning("%s.%s has no page", module, name)


def skip(app: Any, what: str, name: str, member: Any, skipped: bool, options: Any) -> bool | None:
    """True for methods that scikit-learn makes for its metadata routing and documents itself."""
    return True if name.startswith("set_") and name.endswith("_request") else None


def _list(module: str, title: str, names: list[str]) -> str:
    """The page of a module: its docstring, and a table of its names with their first lines."""
    loaded = importlib.import_module(module)
    rows = [
        f"   * - :doc:`{name} <{module}.{name}>`\n     - {_first_line(getattr(loaded, name))}"
        for name in names
    ]
    return "\n".join(
        [
            _heading(module, "="),
            f".. py:module:: {module}\n\n.. currentmodule:: {module}\n\n{title}.\n",
            ".. list-table::\n   :widths: 35 65\n",
            *rows,
            "\n.. toctree::\n   :hidden:\n",
            *(f"   {name} <{module}.{name}>" for name in names),
            "",
        ]
    )


def _first_line(value: Any) -> str:
    """The first paragraph of the docstring; for a constant its type."""
    if isinstance(value, dict | frozenset | list | tuple):
        return f"Constant, a {type(value).__name__}."
    return (inspect.getdoc(value) or "").strip().partition("\n\n")[0].replace("\n", " ")


def _page(module: str, name: str) -> str:
    value = getattr(importlib.import_module(module), name)
    full = f"{module}.{name}"
    head = f"{_heading(full, '=')}.. currentmodule:: {module}\n\n"
    if inspect.isclass(value):
        return f"{head}.. autoclass:: {full}\n   :members:\n   :inherited-members: {_foreign(value)}\n"
    if callable(value) and not inspect.isroutine(value):
        return head + _object(module, name, value)
    if inspect.isroutine(value):
        return f"{head}.. autofunction:: {full}\n"
    return f"{head}.. autodata:: {full}\n"


def _object(module: str, name: str, value: Any) -> str:
    """The page of a loss as an object: its picture, its default parameters, its class and its docstring."""
    kind = type(value)
    picture = (
        f".. image:: ../../losses/{name}.svg\n   :alt: {name} and its slope\n\n" if name in REGISTRY else ""
    )
    return (
        f"{picture}.. autodata:: {module}.{name}\n   :no-value:\n\n"
        f"An object of :class:`{module}.{kind.__name__}` with default parameters, ``{value!r}``.\n"
    )


def _foreign(kind: type) -> str:
    """Classes of other libraries among the bases, whose members have their own documentation."""
    foreign = {base.__name__ for base in kind.__mro__ if not base.__module__.startswith("xent")}
    return ", ".join(sorted(foreign | {"object"}))


def _heading(text: str, underline: str) -> str:
    return f"{text}\n{underline * len(text)}\n\n"
