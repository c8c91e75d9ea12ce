r"""
Composition of a formula with the maximum over several centres per class.

For cosines :math:`c_{k,j}` of the centres :math:`j` of class :math:`k`, the formula is applied to
:math:`\max_j c_{k,j}`. Derivatives go to the first centre that attains the maximum.

Source: Deng, J. et al. (2020). Sub-center ArcFace: boosting face recognition by large-scale noisy web faces.
ECCV. Section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Formula, Namespace, one_hot
from xent.formulas.hessian_by_columns import hessian_by_columns

__all__ = ["OfBestCentres"]


@dataclass(frozen=True)
class OfBestCentres:
    """
    Formula of K classes, as a formula of the cosines of all ``K * count`` centres.

    The last axis holds the centres of class 0, then those of class 1, and so on.

    Parameters
    ----------
    count : int
        Number of centres of each class.
    formula : Formula
        Formula of the best cosine of each class.
    """

    count: int
    formula: Formula

    def value(self, cosines: Array, *data: Array, xp: Namespace) -> Array:
        """Value of `formula` at the best cosines, of shape (...)."""
        return self.formula.value(self._best(cosines, xp=xp)[0], *data, xp=xp)

    def gradient(self, cosines: Array, *data: Array, xp: Namespace) -> Array:
        """Gradient of `value` in all cosines, of shape (..., K * count)."""
        best, is_best = self._best(cosines, xp=xp)
        return _spread(self.formula.gradient(best, *data, xp=xp), is_best, xp=xp)

    def value_and_gradient(self, cosines: Array, *data: Array, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        best, is_best = self._best(cosines, xp=xp)
        value, gradient = self.formula.value_and_gradient(best, *data, xp=xp)
        return value, _spread(gradient, is_best, xp=xp)

    def hessian_vector_product(self, cosines: Array, *data_and_vectors: Array, xp: Namespace) -> Array:
        """Product of the Hessian in all cosines with vectors, the last argument, (..., K * count)."""
        *data, vectors = data_and_vectors
        best, is_best = self._best(cosines, xp=xp)
        of_best = xp.sum(self._apart(vectors, xp=xp) * is_best, axis=-1)
        return _spread(self.formula.hessian_vector_product(best, *data, of_best, xp=xp), is_best, xp=xp)

    def hessian(self, cosines: Array, *data: Array, xp: Namespace) -> Array:
        """Hessian in all cosines, of shape (..., K * count, K * count)."""
        return hessian_by_columns(self, cosines, *data, xp=xp)

    def _best(self, cosines: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """
        Best cosine of each class, of shape (..., K), and the one-hot coding of its centre, (..., K, count).

        Of equal cosines the first is the best.
        """
        apart = self._apart(cosines, xp=xp)
        return xp.max(apart, axis=-1), one_hot(xp.argmax(apart, axis=-1), apart, xp=xp)

    def _apart(self, array: Array, *, xp: Namespace) -> Array:
        """`array` reshaped to (..., K, count): an axis for the classes, and one for their centres."""
        shape = tuple(array.shape)
        return xp.reshape(array, (*shape[:-1], shape[-1] // self.count, self.count))


def _spread(of_best: Array, is_best: Array, *, xp: Namespace) -> Array:
    """
    Numbers of each class, `of_best` of shape (..., K), at its best centre and 0 at the others.

    The result has shape (..., K * count).
    """
    spread = of_best[..., None] * is_best
    return xp.reshape(spread, (*spread.shape[:-2], spread.shape[-2] * spread.shape[-1]))
