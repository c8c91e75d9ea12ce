"""
A contrast between rows of embeddings, some of which may be anchors and candidates at once, with its
derivatives.

Each is taken of the weighted sum over the anchors, in every array of embeddings.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, unit_vectors
from xent.formulas.losses.contrast import Contrast, Pair
from xent.formulas.unit_rows import PlainRows, UnitRows, unit_rows

__all__ = ["ContrastOfEmbeddings"]

# One for each array of embeddings.
Arrays = tuple[Array, ...]
Rows = tuple[UnitRows | PlainRows, ...]


@dataclass(frozen=True)
class ContrastOfEmbeddings:
    """
    A contrast between the first of some arrays, the anchors, and the rows of those that are candidates.

    Parameters
    ----------
    contrast : Contrast
        What each anchor has to find among all candidates.
    candidates : tuple of int
        Which of the arrays are candidates, in their order; 0 makes anchors each other's.
    normalize : bool
        Whether rows are divided by their norms.
    """

    contrast: Contrast
    candidates: tuple[int, ...]
    normalize: bool

    def values(self, arrays: Arrays, *, xp: Namespace) -> Array:
        """Value of each anchor, of shape (..., n)."""
        return self.contrast.values(self._pair(_rows_of(self._rows(arrays, xp=xp)), xp=xp), xp=xp)

    def gradients(self, arrays: Arrays, weight: Array | None, *, xp: Namespace) -> Arrays:
        """Gradients of the sum."""
        rows = self._rows(arrays, xp=xp)
        found = self.contrast.gradients(self._pair(_rows_of(rows), xp=xp), weight, xp=xp)
        return self._through(rows, found, xp=xp)

    def values_and_gradients(
        self, arrays: Arrays, weight: Array | None, *, xp: Namespace
    ) -> tuple[Array, Arrays]:
        """Both, for little more than the price of one."""
        rows = self._rows(arrays, xp=xp)
        pair = self._pair(_rows_of(rows), xp=xp)
        values, found = self.contrast.values_and_gradients(pair, weight, xp=xp)
        return values, self._through(rows, found, xp=xp)

    def hessian_vector_products(
        self, arrays: Arrays, moves: Arrays, weight: Array | None, *, xp: Namespace
    ) -> Arrays:
        """Changes of the gradients along `moves`, which may have further axes before those of the arrays."""
        rows = self._rows(arrays, xp=xp)
        of_rows = tuple(row.jacobian_product(move, xp=xp) for row, move in zip(rows, moves, strict=True))
        pair, of_pair = self._pair(_rows_of(rows), xp=xp), self._pair(of_rows, xp=xp)
        found, turned = self.contrast.hessian_vector_products(pair, of_pair, weight, xp=xp)
        products = self._through(rows, turned, xp=xp)
        gradients = self._apart(found, rows)
        return tuple(
            product + row.jacobian_turned(gradient, move, xp=xp)
            for product, row, gradient, move in zip(products, rows, gradients, moves, strict=True)
        )

    def hessian(self, arrays: Arrays, weight: Array | None, *, xp: Namespace) -> tuple[Arrays, ...]:
        """Blocks ``[i][j]`` of shape (..., n_i, D, n_j, D): derivative of gradient i in array j."""
        columns = tuple(self._columns(arrays, place, weight, xp=xp) for place in range(len(arrays)))
        return tuple(tuple(column[place] for column in columns) for place in range(len(arrays)))

    def _columns(self, arrays: Arrays, place: int, weight: Array | None, *, xp: Namespace) -> Arrays:
        """All blocks of the derivative in one array, each from its products with unit vectors."""
        shape = tuple(arrays[place].shape)
        size = shape[-2] * shape[-1]
        units = unit_vectors(xp.reshape(arrays[place], (*shape[:-2], size)), xp=xp)
        units = xp.reshape(units, (size, *(1,) * (len(shape) - 2), *shape[-2:]))
        moves = tuple(
            xp.zeros_like(array) + (units if k == place else xp.zeros_like(units)[..., :1, :1])
            for k, array in enumerate(arrays)
        )
        products = self.hessian_vector_products(arrays, moves, weight, xp=xp)
        return tuple(
            xp.reshape(xp.moveaxis(product, 0, -1), (*product.shape[1:], *shape[-2:])) for product in products
        )

    def _rows(self, arrays: Arrays, *, xp: Namespace) -> Rows:
        return tuple(unit_rows(array, xp=xp) if self.normalize else PlainRows(array) for array in arrays)

    def _pair(self, arrays: Arrays, *, xp: Namespace) -> Pair:
        """Anchors, and all candidates one below the other."""
        candidates = [arrays[place] for place in self.candidates]
        return arrays[0], candidates[0] if len(candidates) == 1 else xp.concat(candidates, axis=-2)

    def _apart(self, pair: Pair, rows: Rows) -> Arrays:
        """What belongs to anchors and candidates, as what belongs to each array."""
        found: list[Array | None] = [pair[0], *[None] * (len(rows) - 1)]
        start = 0
        for place in self.candidates:
            stop = start + rows[place].rows.shape[-2]
            part, before = pair[1][..., start:stop, :], found[place]
            found[place] = part if before is None else before + part
            start = stop
        return tuple(found)

    def _through(self, rows: Rows, pair: Pair, *, xp: Namespace) -> Arrays:
        """Gradients in the arrays from those in anchors and candidates."""
        apart = self._apart(pair, rows)
        return tuple(row.jacobian_product(part, xp=xp) for row, part in zip(rows, apart, strict=True))


def _rows_of(rows: Rows) -> Arrays:
    return tuple(row.rows for row in rows)
