"""Public names of a package that are imported on first use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """
    ``__getattr__`` of `package`, which imports a name when it is first used and keeps it in the package.

    For a name that is not in `homes` it raises `AttributeError`; errors of the import pass through.

    Parameters
    ----------
    package : str
        Name of the package, its ``__name__``.
    homes : mapping of str to str
        For each name the module below `package` that defines it; ``""`` if the name is such a module itself.

    Examples
    --------
    >>> lazy_names("json", {"JSONDecoder": "decoder"})("JSONDecoder").__name__
    'JSONDecoder'
    """

    def getattr_of_package(name: str) -> Any:
        """Value of `name`, imported from its module and set as an attribute of the package."""
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{homes[name] or name}")
        value = getattr(module, name) if homes[name] else module
        setattr(sys.modules[package], name, value)
        return value

    return getattr_of_package
