"""Check for labels out of range, with their number and extent in the error message."""

from __future__ import annotations

from xent.arrays import Array, Namespace, check_values

__all__ = ["check_label_range"]


def check_label_range(
    labels: Array, is_read: Array | None, n_classes: int, *, where: str, hint: str, xp: Namespace
) -> None:
    """
    Raise `DomainError` for `labels` outside ``0 .. n_classes - 1``.

    Only rows that are True in `is_read` are checked; None means all rows. Traced or off-host values are not
    inspected.

    Examples
    --------
    >>> import numpy as np
    >>> labels = np.asarray([1, 3, 2])
    >>> check_label_range(labels, None, 3, where="f", hint="", xp=np)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    xent.errors.DomainError: f: `labels` must lie in 0..2; got 3, first at index (1,). 1 of 3 labels does ...
    """
    read = True if is_read is None else is_read
    check_values(
        labels,
        lambda labels: ((labels < 0) | (labels >= n_classes)) & read,
        f"lie in 0..{n_classes - 1}" + ("" if is_read is None else " where the weight is positive"),
        where=where,
        argument="labels",
        xp=xp,
        hint=lambda wrong: f"{_extent(labels, wrong, read | wrong, n_classes, xp=xp)} {hint}".rstrip(),
    )


def _extent(labels: Array, wrong: Array, read: Array, n_classes: int, *, xp: Namespace) -> str:
    """Sentences with the number of labels out of range and the extent of all labels checked."""
    limits = xp.iinfo(labels.dtype)
    low = int(xp.min(xp.where(read, labels, xp.full_like(labels, limits.max))))
    high = int(xp.max(xp.where(read, labels, xp.full_like(labels, limits.min))))
    n_wrong, n_read = (int(xp.sum(xp.astype(mask, labels.dtype))) for mask in (wrong, read))
    do_not = "does not" if n_wrong == 1 else "do not"
    from_1 = " If they are counted from 1, subtract 1." if (low, high) == (1, n_classes) else ""
    return f"{n_wrong} of {n_read} labels {do_not}; they reach from {low} to {high}.{from_1}"
