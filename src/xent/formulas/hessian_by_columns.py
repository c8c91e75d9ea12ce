"""Hessian of each row from Hessian-vector products with unit vectors, for a formula without a closed form."""

from __future__ import annotations

from xent.arrays import Array, Formula, Namespace, unit_vectors
from xent.precision.exact_difference import ExactLogits, Logits, high_and_low

__all__ = ["hessian_by_columns"]


def hessian_by_columns(formula: Formula, logits: Logits, *data: Array, xp: Namespace) -> Array:
    """
    Hessian of `formula` in the logits, of shape (..., K, K).

    Costs K Hessian-vector products, evaluated in one call on a new axis before the last.

    Parameters
    ----------
    formula : Formula
        Quantity with a ``hessian_vector_product`` that takes logits, data and vectors.
    logits : array of shape (..., K), or `ExactLogits`
        Logits at which the Hessian is taken.
    *data : array of shape (..., K) or (...)
        Further arguments of the formula, as labels or targets: those with as many axes as the logits belong
        to classes, others to rows.
    xp : module
        Array-API namespace of the arrays.
    """
    high, low = high_and_low(logits)
    columns = (
        high[..., None, :] if isinstance(low, float) else ExactLogits(high[..., None, :], low[..., None, :])
    )
    apart = [array[..., None, :] if array.ndim == high.ndim else array[..., None] for array in data]
    units = unit_vectors(high, xp=xp) + xp.zeros_like(high)[..., None, :]
    return formula.hessian_vector_product(columns, *apart, units, xp=xp)
