r"""
Rows divided by their Euclidean norms, with first and second derivatives of that map.

With :math:`u = x / r`, :math:`r = |x|`, the Jacobian is :math:`J = (I - u u^\top) / r`, and along :math:`v`,
which moves :math:`u` by :math:`\dot u = J v`,

.. math:: \dot J g = -\frac{\dot u \langle u, g\rangle + u \langle \dot u, g \rangle
    + \langle u, v \rangle J g}{r} .

A row is first divided by its largest absolute entry, so no square over- or underflows.

Source: Magnus, J. R., Neudecker, H. (2019). Matrix Differential Calculus, 3rd ed., chapter 8.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace, constant

__all__ = ["PlainRows", "UnitRows", "unit_rows"]


class UnitRows(NamedTuple):
    """
    Rows of norm 1, with derivatives in the rows before the division.

    Parameters
    ----------
    rows : array of shape (..., n, D)
        Rows divided by their norms; nan where the norm is 0.
    norms : array of shape (..., n, 1)
        Norms of the rows before the division.
    """

    rows: Array
    norms: Array

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        """Product of the Jacobian, which is symmetric, with `vectors`, of shape (..., n, D)."""
        return (vectors - self.rows * _dot(self.rows, vectors, xp=xp)) / self.norms

    def jacobian_turned(self, gradients: Array, vectors: Array, *, xp: Namespace) -> Array:
        """
        Derivative of the Jacobian along `vectors`, times `gradients`, all of shape (..., n, D).

        It is the second term of the chain rule for a Hessian-vector product.
        """
        move = self.jacobian_product(vectors, xp=xp)
        of_product = _dot(self.rows, vectors, xp=xp) * self.jacobian_product(gradients, xp=xp)
        along, across = _dot(self.rows, gradients, xp=xp), _dot(move, gradients, xp=xp)
        return -(move * along + self.rows * across + of_product) / self.norms


class PlainRows(NamedTuple):
    """
    Rows that are not divided by their norms, with the methods of `UnitRows`.

    Parameters
    ----------
    rows : array of shape (..., n, D)
        Rows as they are.
    """

    rows: Array

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        """`vectors` themselves, since the Jacobian is the identity."""
        del xp
        return vectors

    def jacobian_turned(self, gradients: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Zeros of the shape of `vectors`, since the Jacobian is constant."""
        del gradients
        return xp.zeros_like(vectors)


def unit_rows(rows: Array, *, xp: Namespace) -> UnitRows:
    """
    `rows`, (..., n, D), divided by their Euclidean norms, and the norms, (..., n, 1).

    Both are nan for a row of zeros, and for one with an infinity or nan. Squares neither over- nor underflow.

    Examples
    --------
    >>> import numpy as np
    >>> unit_rows(np.asarray([[3e200, 4e200]]), xp=np).rows
    array([[0.6, 0.8]])
    """
    # The result does not depend on this factor, so automatic differentiation may treat it as a constant.
    largest = constant(xp.max(xp.abs(rows), axis=-1))[..., None]
    # A quotient of zeros or infinities would be nan too, but with NumPy's warning.
    largest = xp.where((largest > 0) & (largest < xp.inf), largest, xp.nan)
    near_1 = rows / largest
    norms = xp.sqrt(xp.sum(near_1 * near_1, axis=-1))[..., None]
    return UnitRows(near_1 / norms, norms * largest)


def _dot(a: Array, b: Array, *, xp: Namespace) -> Array:
    """Inner products over the last axis, which is kept with length 1."""
    return xp.sum(a * b, axis=-1)[..., None]
