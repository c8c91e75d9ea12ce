r"""
Half the squared error: up to a constant, the surprisal of a number under a Gaussian of variance 1.

.. math:: \ell = \tfrac12 (m - y)^2, \quad \frac{d\ell}{dm} = m - y, \quad \frac{d^2\ell}{dm^2} = 1.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 1.62.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace

__all__ = ["SquaredError", "squared_error"]


@dataclass(frozen=True)
class SquaredError:
    """
    Half the squared error, elementwise, with derivatives in the mean.

    The data of every method are the observed values, of the shape of the means.
    """

    def value(self, means: Array, values: Array, *, xp: Namespace) -> Array:
        """Half the squared error, elementwise."""
        return self.gradient(means, values, xp=xp) ** 2 / 2

    def gradient(self, means: Array, values: Array, *, xp: Namespace) -> Array:
        """Derivative of `value` in the means, elementwise."""
        del xp
        return means - values

    def value_and_gradient(self, means: Array, values: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, elementwise."""
        return self.value(means, values, xp=xp), self.gradient(means, values, xp=xp)

    def hessian(self, means: Array, values: Array, *, xp: Namespace) -> Array:
        """Second derivative in the means, elementwise: 1."""
        return xp.ones_like(means) + 0 * values

    def hessian_vector_product(self, means: Array, values: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        del means, values
        return vectors + xp.zeros_like(vectors)


squared_error = SquaredError()
