"""Noise matrix: probability of each observed label given the true class."""

from __future__ import annotations

import itertools
from typing import Any

from xent.arrays import Array, check_shape, is_array, valid_values
from xent.errors import DTypeError, ShapeError
from xent.losses.arguments.examples import Examples, numbers_like

__all__ = ["as_rows", "invertible", "noise_matrix_of", "rows_of_labels"]


def as_rows(noise_matrix: Any, *, caller: str) -> Any:
    """
    `noise_matrix` if it is an array; otherwise its rows as a tuple of tuples, so that the loss is hashable.

    Raises `DTypeError` if it is neither an array nor made of rows, `ShapeError` for rows of different
    lengths; the entries are not checked. `caller` is the name of the loss.
    """
    if is_array(noise_matrix):
        return noise_matrix
    try:
        rows = tuple(map(tuple, noise_matrix))
    except TypeError as error:
        raise DTypeError(caller, "noise_matrix", "be an array or rows", got=str(error)) from None
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise ShapeError(caller, "noise_matrix", "have rows of one length", got=f"lengths {lengths}")
    return rows


def noise_matrix_of(noise_matrix: Any, examples: Examples) -> Array:
    """
    Checked noise matrix of shape (K, K): row k is the distribution of the label if the true class is k.

    Parameters
    ----------
    noise_matrix : array of shape (K, K), or sequence of rows
        Array of NumPy or of the logits' library, or rows of Python numbers as `as_rows` returns them.
    examples : Examples
        Logits, which give K and the dtype of the result, that of the computation.

    Raises
    ------
    DTypeError
        If `noise_matrix` is not real, or is an array of a third library.
    ShapeError
        If `noise_matrix` is not of shape (K, K).
    DomainError
        If an entry is negative or nan, or the sum of a row differs from 1 by more than the square root of the
        epsilon of the computation's dtype. Where values cannot be read, as in a traced call, such an entry
        becomes nan, and all of such a row; none are inspected if `examples.validate` is False.
    """
    logits, xp, caller = examples.logits, examples.xp, examples.caller
    shape = (logits.shape[-1],) * 2
    if is_array(noise_matrix):
        matrix = numbers_like(logits, noise_matrix, "noise_matrix", caller=caller, xp=xp)
    else:
        # A flat sequence of Python numbers is a constant for a compiler; nested sequences are not.
        numbers = tuple(itertools.chain.from_iterable(noise_matrix))
        matrix = numbers_like(logits, numbers, "noise_matrix", caller=caller, xp=xp)
        # Without entries the number of columns cannot be inferred.
        matrix = xp.reshape(matrix, (len(noise_matrix), -1)) if numbers else xp.reshape(matrix, (0, 0))
    check_shape(matrix, shape, caller=caller, argument="noise_matrix", because="a row for each true class")
    if examples.validate:
        matrix = _distributions(matrix, examples)
    return matrix


def invertible(matrix: Array, examples: Examples) -> Array:
    """
    `matrix`, of shape (K, K); raises `DomainError` if it is singular to working precision.

    That is so if its least singular value is at most K times epsilon. A singular matrix that cannot be read
    becomes nan; nothing is checked if `examples.validate` is False.
    """
    xp = examples.xp
    if not examples.validate:
        return matrix
    tolerance = matrix.shape[0] * float(xp.finfo(matrix.dtype).eps)
    return valid_values(
        matrix,
        lambda matrix: xp.min(xp.linalg.svdvals(matrix)) <= tolerance,
        "have an inverse",
        caller=examples.caller,
        argument="noise_matrix",
        xp=xp,
        hint="Two true classes get the same labels; `ForwardCorrection` needs no inverse.",
        show=lambda matrix: xp.min(xp.linalg.svdvals(matrix)),
    )


def rows_of_labels(matrix: Array, labels: Array, *, xp: Any) -> Array:
    """Row of the matrix, (K, K), at each label, of shape (..., K); nan where the label is out of range."""
    is_class = (labels >= 0) & (labels < matrix.shape[0])
    places = xp.reshape(xp.where(is_class, labels, xp.zeros_like(labels)), (-1,))
    rows = xp.reshape(xp.take(matrix, places, axis=0), (*labels.shape, matrix.shape[1]))
    return xp.where(is_class[..., None], rows, xp.nan)


def _distributions(matrix: Array, examples: Examples) -> Array:
    """
    `matrix`; raises `DomainError` if an entry is negative or nan, or a row does not sum to 1.

    The tolerance is the square root of epsilon. Entries that break a rule and cannot be read become nan.
    """
    xp, caller = examples.xp, examples.caller
    matrix = valid_values(
        matrix,
        lambda matrix: ~(matrix >= 0),
        "be >= 0",
        caller=caller,
        argument="noise_matrix",
        xp=xp,
    )
    tolerance = float(xp.finfo(matrix.dtype).eps) ** 0.5
    return valid_values(
        matrix,
        lambda matrix: ~(xp.abs(xp.sum(matrix, axis=-1) - 1) <= tolerance),
        "sum to 1 in each row, over the labels that a true class gets",
        caller=caller,
        argument="noise_matrix",
        xp=xp,
        hint="If its columns do, pass the transpose.",
        show=lambda matrix: xp.sum(matrix, axis=-1),
    )
