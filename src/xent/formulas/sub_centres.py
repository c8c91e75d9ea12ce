r"""
A formula of classes that have several centres each, of which the best counts.

For cosines :math:`c_{k,j}` of the centres :math:`j` of class :math:`k`, the formula is applied to
:math:`\max_j c_{k,j}`; its derivatives go to the first centre that has it.

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
    A formula of K classes as one of the cosines of all their centres, K times `count`, those of a class
    together.

    Parameters
    ----------
    count : int
        Centres of each class.
    formula : Formula
        What is applied to the best of each.
    """

    count: int
    formula: Formula

    def value(self, cosines: Array, *data: Array, xp: Namespace) -> Array:
        """The formula's value, of shape (...)."""
        return self.formula.value(self._best(cosines, xp=xp)[0], *data, xp=xp)

    def gradient(self, cosines: Array, *data: Array, xp: Namespace) -> Array:
        """Gradient of `value` in all cosines."""
        best, is_best = self._best(cosines, xp=xp)
        return _spread(self.formula.gradient(best, *data, xp=xp), is_best, xp=xp)

    def value_and_gradient(self, cosines: Array, *data: Array, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient` for little more than the price of one."""
        best, is_best = self._best(cosines, xp=xp)
        value, gradient = self.formula.value_and_gradient(best, *data, xp=xp)
        return value, _spread(gradient, is_best, xp=xp)

    def hessian_vector_product(self, cosines: Array, *data_and_vectors: Array, xp: Namespace) -> Array:
        """Product of the Hessian in all cosines with vectors, the last of the data."""
        *data, vectors = data_and_vectors
        best, is_best = self._best(cosines, xp=xp)
        of_best = xp.sum(self._apart(vectors, xp=xp) * is_best, axis=-1)
        return _spread(self.formula.hessian_vector_product(best, *data, of_best, xp=xp), is_best, xp=xp)

    def hessian(self, cosines: Array, *data: Array, xp: Namespace) -> Array:
        """Hessian in all cosines."""
        return hessian_by_columns(self, cosines, *data, xp=xp)

    def _best(self, cosines: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """The best cosine of each class, and the one-hot coding of its centre, of shape (..., K, count)."""
        apart = self._apart(cosines, xp=xp)
        return xp.max(apart, axis=-1), one_hot(xp.argmax(apart, axis=-1), apart, xp=xp)

    def _apart(self, array: Array, *, xp: Namespace) -> Array:
        """`array` with an axis for the classes and one for their centres."""
        shape = tuple(array.shape)
        return xp.reshape(array, (*shape[:-1], shape[-1] // self.count, self.count))


def _spread(of_best: Array, is_best: Array, *, xp: Namespace) -> Array:
    spread = of_best[..., None] * is_best
    return xp.reshape(spread, (*spread.shape[:-2], spread.shape[-2] * spread.shape[-1]))
