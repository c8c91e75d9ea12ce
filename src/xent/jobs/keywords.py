"""Check of the keywords that a job passes on: options of a built-in set or of reading."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from xent.data.files.read_options import DEFAULTS
from xent.errors import ParameterError
from xent.near_names import near_names

__all__ = ["OF_LAYOUT", "OF_READING", "OF_SETS", "check_keywords"]

OF_SETS = ("rows", "noise", "imbalance", "label_noise")
"""Options of a built-in set."""

OF_LAYOUT = tuple(DEFAULTS)
"""Options of the layout of delimited text."""

OF_READING = (*OF_LAYOUT, "lead", "beats")
"""Options of reading a file or a folder of records."""


def check_keywords(keywords: Mapping[str, Any], job: Callable[..., Any], *, taken: Collection[str]) -> None:
    """
    Raise `ParameterError` for the first of the further `keywords` of `job` that is not among those `taken`.

    The message suggests near names among these and the parameters of `job`.

    Examples
    --------
    >>> from xent import fit
    >>> check_keywords({"seeds": 3}, fit, taken=OF_SETS)
    Traceback (most recent call last):
        ...
    xent.errors.ParameterError: fit: `seeds` must be a keyword of fit; got seeds=3. Did you mean 'seed'?
    """
    own = [
        each.name for each in inspect.signature(job).parameters.values() if each.kind is not each.VAR_KEYWORD
    ]
    for name, value in keywords.items():
        if name not in taken:
            plain = isinstance(value, bool | int | float | str | None)
            got = f"{name}={value!r}" if plain else f"a value of type {type(value).__name__}"
            hint = near_names(name, [*own, *taken], what="keywords")
            raise ParameterError(job.__name__, name, f"be a keyword of {job.__name__}", got=got, hint=hint)
