"""Weighted sum of formulas of the same logits and data, with derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.arrays import Array, Formula, Namespace

__all__ = ["WeightedSum"]


@dataclass(frozen=True)
class WeightedSum:
    """
    Sum of formulas, each times its factor.

    Parameters
    ----------
    terms : tuple of (float, Formula)
        Factors and formulas, at least one; all formulas take the same data.
    """

    terms: tuple[tuple[float, Formula], ...]

    def value(self, logits: Any, *data: Array, xp: Namespace) -> Array:
        """Weighted sum of the values."""
        return self._sum("value", logits, *data, xp=xp)

    def gradient(self, logits: Any, *data: Array, xp: Namespace) -> Array:
        """Weighted sum of the gradients."""
        return self._sum("gradient", logits, *data, xp=xp)

    def value_and_gradient(self, logits: Any, *data: Array, xp: Namespace) -> tuple[Array, Array]:
        """Weighted sum of the values, and that of the gradients."""
        pairs = [(factor, formula.value_and_gradient(logits, *data, xp=xp)) for factor, formula in self.terms]
        first, second = ([factor * pair[k] for factor, pair in pairs] for k in range(2))
        return sum(first[1:], first[0]), sum(second[1:], second[0])

    def hessian_vector_product(self, logits: Any, *data_and_vectors: Array, xp: Namespace) -> Array:
        """Weighted sum of the Hessian-vector products; the vectors are the last argument."""
        return self._sum("hessian_vector_product", logits, *data_and_vectors, xp=xp)

    def hessian(self, logits: Any, *data: Array, xp: Namespace) -> Array:
        """Weighted sum of the Hessians."""
        return self._sum("hessian", logits, *data, xp=xp)

    def _sum(self, name: str, *arguments: Any, xp: Namespace) -> Array:
        """
        Sum of the results of the method `name` of the formulas, each times its factor.

        `arguments` are handed to each; the method must return one array.
        """
        parts = [factor * getattr(formula, name)(*arguments, xp=xp) for factor, formula in self.terms]
        return sum(parts[1:], parts[0])
