"""The Hessian of each row from its products with unit vectors, for a formula with no shorter way."""

from __future__ import annotations

from xent.arrays import Array, Formula, Namespace, unit_vectors
from xent.precision.exact_logits import ExactLogits, Logits, rounded_and_rest

__all__ = ["hessian_by_columns"]


def hessian_by_columns(formula: Formula, logits: Logits, *data: Array, xp: Namespace) -> Array:
    """
    Hessian of shape (..., K, K); an array of the data has the shape of the logits or of their rows.

    Parameters
    ----------
    formula : Formula
        Quantity with a ``hessian_vector_product``.
    logits : array of shape (..., K), or `ExactLogits`
        Where to take it.
    *data : array of shape (..., K) or (...)
        The other arguments of the formula.
    xp : module
        Their namespace.
    """
    high, low = rounded_and_rest(logits)
    columns = (
        high[..., None, :] if isinstance(low, float) else ExactLogits(high[..., None, :], low[..., None, :])
    )
    apart = [array[..., None, :] if array.ndim == high.ndim else array[..., None] for array in data]
    units = unit_vectors(high, xp=xp) + xp.zeros_like(high)[..., None, :]
    return formula.hessian_vector_product(columns, *apart, units, xp=xp)
