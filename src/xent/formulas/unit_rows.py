r"""
Rows divided by their norms, and how derivatives pass through that.

With :math:`u = x / r`, :math:`r = |x|`, the Jacobian is :math:`J = (I - u u^\top) / r`, and along :math:`v`,
which moves :math:`u` by :math:`\dot u = J v`,

.. math:: \dot J g = -\frac{\dot u \langle u, g\rangle + u \langle \dot u, g \rangle
    + \langle u, v \rangle J g}{r} .

A row is first divided by its largest entry, so no square over- or underflows.

Source: Magnus, J. R., Neudecker, H. (2019). Matrix Differential Calculus, 3rd ed., chapter 8.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace, constant

__all__ = ["PlainRows", "UnitRows", "unit_rows"]


class UnitRows(NamedTuple):
    """
    Rows of norm 1.

    Parameters
    ----------
    rows : array of shape (..., n, D)
        The rows over their norms; nan where that is 0.
    norms : array of shape (..., n, 1)
        What they were divided by.
    """

    rows: Array
    norms: Array

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        """Product of the Jacobian, which is symmetric, with `vectors`."""
        return (vectors - self.rows * _dot(self.rows, vectors, xp=xp)) / self.norms

    def jacobian_turned(self, gradients: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Change of the Jacobian along `vectors`, times `gradients`."""
        move = self.jacobian_product(vectors, xp=xp)
        of_product = _dot(self.rows, vectors, xp=xp) * self.jacobian_product(gradients, xp=xp)
        along, across = _dot(self.rows, gradients, xp=xp), _dot(move, gradients, xp=xp)
        return -(move * along + self.rows * across + of_product) / self.norms


class PlainRows(NamedTuple):
    """
    Rows as they are, which is what they are where they are not divided.

    Parameters
    ----------
    rows : array of shape (..., n, D)
        The rows.
    """

    rows: Array

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        """`vectors` themselves."""
        del xp
        return vectors

    def jacobian_turned(self, gradients: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Zeros."""
        del gradients
        return xp.zeros_like(vectors)


def unit_rows(rows: Array, *, xp: Namespace) -> UnitRows:
    """
    `rows` of shape (..., n, D) over their norms.

    Examples
    --------
    >>> import numpy as np
    >>> unit_rows(np.asarray([[3e200, 4e200]]), xp=np).rows
    array([[0.6, 0.8]])
    """
    largest = constant(xp.max(xp.abs(rows), axis=-1))[..., None]
    near_1 = rows / largest
    norms = xp.sqrt(xp.sum(near_1 * near_1, axis=-1))[..., None]
    return UnitRows(near_1 / norms, norms * largest)


def _dot(a: Array, b: Array, *, xp: Namespace) -> Array:
    return xp.sum(a * b, axis=-1)[..., None]
