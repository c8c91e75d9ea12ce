"""Symmetric Dirichlet priors by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from xent.errors import DomainError, DTypeError

__all__ = ["Prior", "pseudocount"]

Prior = Literal["jeffreys", "laplace", "perks", "schuermann_grassberger", "minimax"] | float

_BY_NAME: dict[str, Callable[[int, int], float]] = {
    "jeffreys": lambda _n, _K: 0.5,
    "laplace": lambda _n, _K: 1.0,
    "perks": lambda _n, K: 1 / K,
    "schuermann_grassberger": lambda _n, K: 1 / K,
    "minimax": lambda n, K: math.sqrt(n) / K,
}


def pseudocount(prior: Prior | None, *, n: int, K: int, caller: str, argument: str = "prior") -> float:
    """
    Pseudo-observations that `prior` adds to each of `K` categories of a sample of `n` observations.

    Jeffreys 1/2, Laplace 1, Perks (also named after Schuermann and Grassberger) 1/K, minimax sqrt(n)/K; a
    number is returned as it is. Raises `DomainError` for an unknown name and for a number that is negative or
    not finite, `DTypeError` for any other value, including None.

    Examples
    --------
    >>> pseudocount("minimax", n=9, K=6, caller="f")
    0.5
    """
    names = ", ".join(repr(name) for name in _BY_NAME)
    if isinstance(prior, str):
        if prior not in _BY_NAME:
            raise DomainError(caller, argument, f"be one of {names}, or a number", got=repr(prior))
        return float(_BY_NAME[prior](n, K))
    try:
        number = float(prior)  # type: ignore[arg-type]  # None is refused by the same words
    except (TypeError, ValueError, RuntimeError):
        rule = f"be one of {names}, or a number"
        raise DTypeError(caller, argument, rule, got=type(prior).__name__) from None
    if not 0 <= number < math.inf:
        raise DomainError(caller, argument, "be finite and >= 0", got=repr(prior))
    return number
