"""
Contrast between rows of arrays of embeddings, where an array may hold anchors and candidates at once.

Derivatives are those of the weighted sum over the anchors, in every array of embeddings.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, unit_vectors
from xent.formulas.losses.contrast import Contrast, Pair
from xent.formulas.unit_rows import PlainRows, UnitRows, unit_rows

__all__ = ["ContrastOfEmbeddings"]

# One array for each array of embeddings.
Arrays = tuple[Array, ...]
Rows = tuple[UnitRows | PlainRows, ...]


@dataclass(frozen=True)
class ContrastOfEmbeddings:
    """
    Contrast between the rows of the first array, the anchors, and the rows of the candidate arrays.

    Parameters
    ----------
    contrast : Contrast
        Cross-entropies of the anchors among the concatenated candidates.
    candidates : tuple of int
        Positions of the arrays that are candidates, in the order of concatenation; 0 makes the anchors
        candidates of each other.
    normalize : bool
        True to divide rows by their Euclidean norms first.
    """

    contrast: Contrast
    candidates: tuple[int, ...]
    normalize: bool

    def values(self, arrays: Arrays, *, xp: Namespace) -> Array:
        """Cross-entropy of each anchor in nats, of shape (..., n)."""
        return self.contrast.values(self._pair(_rows_of(self._rows(arrays, xp=xp)), xp=xp), xp=xp)

    def gradients(self, arrays: Arrays, weight: Array | None, *, xp: Namespace) -> Arrays:
        """
        Gradients of the weighted sum of the values, one for each array and of its shape.

        `weight` has one number for each anchor, (..., n); None means 1.
        """
        rows = self._rows(arrays, xp=xp)
        found = self.contrast.gradients(self._pair(_rows_of(rows), xp=xp), weight, xp=xp)
        return self._through(rows, found, xp=xp)

    def values_and_gradients(
        self, arrays: Arrays, weight: Array | None, *, xp: Namespace
    ) -> tuple[Array, Arrays]:
        """
        `values` and `gradients`, computed together from their common parts.

        `weight` has one number for each anchor, (..., n), and does not change the values; None means 1.
        """
        rows = self._rows(arrays, xp=xp)
        pair = self._pair(_rows_of(rows), xp=xp)
        values, found = self.contrast.values_and_gradients(pair, weight, xp=xp)
        return values, self._through(rows, found, xp=xp)

    def hessian_vector_products(
        self, arrays: Arrays, moves: Arrays, weight: Array | None, *, xp: Namespace
    ) -> Arrays:
        """
        Derivatives along `moves` of the gradients of the weighted sum of the values, one for each of
        `arrays`.

        `arrays` are embeddings, (..., n_i, D), not yet normalised, the first of them the anchors. `moves` are
        directions of these shapes, and may have further axes in front; so have the results. `weight` has one
        number for each anchor, (..., n); None means 1.
        """
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
        """
        Hessian blocks ``[i][j]`` of shape (..., n_i, D, n_j, D): derivative of gradient i in array j.

        A `weight` of None means 1.
        """
        columns = tuple(self._columns(arrays, place, weight, xp=xp) for place in range(len(arrays)))
        return tuple(tuple(column[place] for column in columns) for place in range(len(arrays)))

    def _columns(self, arrays: Arrays, place: int, weight: Array | None, *, xp: Namespace) -> Arrays:
        """
        Hessian blocks between ``arrays[place]`` and each of `arrays`, one array per block.

        The Hessian is that of the weighted sum of the values; a `weight` of None means 1 for each anchor.
        Block i has shape (..., n_i, D, n, D), with the rows n and columns D of ``arrays[place]`` last. It is
        built column by column from Hessian-vector products with unit vectors, in one call.
        """
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
        """Rows of each array: `UnitRows`, divided by their norms, if `normalize`, else `PlainRows`."""
        return tuple(unit_rows(array, xp=xp) if self.normalize else PlainRows(array) for array in arrays)

    def _pair(self, arrays: Arrays, *, xp: Namespace) -> Pair:
        """Anchors, and all candidates concatenated along the axis of rows."""
        candidates = [arrays[place] for place in self.candidates]
        return arrays[0], candidates[0] if len(candidates) == 1 else xp.concat(candidates, axis=-2)

    def _apart(self, pair: Pair, rows: Rows) -> Arrays:
        """
        Numbers of the pair (anchors, all candidates), (..., rows, D) each, as one array for each array of
        `rows`.

        Candidates are split in the order of the field `candidates`. For an array that holds anchors and
        candidates, the two parts are added. Each array must hold one or the other: one that holds neither has
        None, which callers do not handle.
        """
        found: list[Array | None] = [pair[0], *[None] * (len(rows) - 1)]
        start = 0
        for place in self.candidates:
            stop = start + rows[place].rows.shape[-2]
            part, before = pair[1][..., start:stop, :], found[place]
            found[place] = part if before is None else before + part
            start = stop
        return tuple(found)

    def _through(self, rows: Rows, pair: Pair, *, xp: Namespace) -> Arrays:
        """
        Gradients in the input arrays, of their shapes, from gradients in (anchors, candidates).

        The latter are those of `rows`, after the division by norms if there is one.
        """
        apart = self._apart(pair, rows)
        return tuple(row.jacobian_product(part, xp=xp) for row, part in zip(rows, apart, strict=True))


def _rows_of(rows: Rows) -> Arrays:
    """Arrays of the rows, without the methods for derivatives."""
    return tuple(row.rows for row in rows)
