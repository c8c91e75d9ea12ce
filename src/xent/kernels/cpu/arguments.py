"""
Arguments of a kernel, defined once: a `TypedDict` with a name and a kind for each.

- The kernel's signature follows from `argument_types`, and the layout of a job in memory from the signature
  (`vector_code/shared_rows.py`).
- Callers pass a dict literal of that type. The type checker compares its keys with the definition, and
  `RowsKernel` puts its values in order by name, so no caller knows the order.

A dict, because its literal costs no Python call: the shortest kernel takes some microseconds. This module is
imported without llvmlite.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any, get_type_hints

__all__ = ["Address", "Integer", "Kind", "Real", "argument_types", "kinds_of"]


class Kind(enum.Enum):
    """Kinds of arguments."""

    ADDRESS = "address"
    REAL = "real"
    INTEGER = "integer"


Address = Annotated[int, Kind.ADDRESS]
"""Address of an array; 0 for an array that is not given."""

Real = Annotated[float, Kind.REAL]
"""Number in the format in which the kernel computes."""

Integer = Annotated[int, Kind.INTEGER]
"""Integer of 64 bits."""


def kinds_of(definition: type) -> dict[str, Kind]:
    """
    Kind of each argument of a `TypedDict`, by name, in the order of the definition.

    Each field of `definition` must be annotated `Address`, `Real` or `Integer`.
    """
    hints = get_type_hints(definition, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def argument_types(definition: type, real: Any) -> dict[str, Any]:
    """
    LLVM types of a kernel over rows, by name: the arguments of a definition, then the range of rows.

    Parameters
    ----------
    definition : TypedDict
        Names and kinds.
    real : LLVM type
        Type of the arguments of kind `Real`.
    """
    from xent.kernels.vector_code import INT, POINTER, RANGE

    types = {Kind.ADDRESS: POINTER, Kind.REAL: real, Kind.INTEGER: INT}
    return {name: types[kind] for name, kind in kinds_of(definition).items()} | dict.fromkeys(RANGE, INT)
