"""Check of the keywords that a job passes on to a built-in set."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from xent.errors import ParameterError
from xent.near_names import near_names

__all__ = ["check_keywords"]

_OF_SETS = ("rows", "noise", "imbalance", "label_noise")


def check_keywords(keywords: dict[str, Any], job: Callable[..., Any]) -> None:
    """
    Raise `ParameterError` for the first of the further `keywords` of `job` that is no option of a built-in
    set.

    The message suggests near names among these options and the parameters of `job`.

    Examples
    --------
    >>> from xent import fit
    >>> check_keywords({"seeds": 3}, fit)
    Traceback (most recent call last):
        ...
    xent.errors.ParameterError: fit: `seeds` must be a keyword of fit; got seeds=3. Did you mean 'seed'?
    """
    own = [
        each.name for each in inspect.signature(job).parameters.values() if each.kind is not each.VAR_KEYWORD
    ]
    for name, value in keywords.items():
        if name not in _OF_SETS:
            plain = isinstance(value, bool | int | float | str | None)
            got = f"{name}={value!r}" if plain else f"a value of type {type(value).__name__}"
            hint = near_names(name, [*own, *_OF_SETS], what="keywords")
            raise ParameterError(job.__name__, name, f"be a keyword of {job.__name__}", got=got, hint=hint)
