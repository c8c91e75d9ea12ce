"""Number of largest log-probabilities that a loss returns in its statistics."""

from __future__ import annotations

from xent.arrays import checked_integer
from xent.errors import DomainError

__all__ = ["checked_top_k"]


def checked_top_k(top_k: int, n_classes: int, *, caller: str) -> int:
    """
    `top_k` as a Python integer.

    Parameters
    ----------
    top_k : int
        Number of largest log-probabilities; 0 for none.
    n_classes : int
        Number of classes.
    caller : str
        Name of the function that raises, as the user called it.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    DTypeError
        If `top_k` is not an integer.
    DomainError
        If it lies outside ``0 .. n_classes``.

    Examples
    --------
    >>> checked_top_k(2, 3, caller="f")
    2
    """
    # Python integers stay as they are: a compiler may trace one as a symbol, which `index` would fix.
    if isinstance(top_k, bool) or not isinstance(top_k, int):
        top_k = checked_integer(top_k, "top_k", caller=caller)
    if not 0 <= top_k <= n_classes:
        rule = f"lie in 0..{n_classes}, the number of classes"
        raise DomainError(caller, "top_k", rule, got=str(top_k))
    return top_k
