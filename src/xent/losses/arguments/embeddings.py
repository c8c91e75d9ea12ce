"""Checked arguments of a contrastive loss: arrays of embeddings, and the weight of each anchor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.arrays import (
    Array,
    Namespace,
    accumulation_dtype,
    as_arrays,
    check_dtype,
    check_shape,
    check_values,
    class_indices,
)
from xent.errors import ShapeError
from xent.losses.arguments.examples import Request, row_factors

__all__ = ["Embeddings", "companions", "embeddings_of"]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """
    Checked embeddings, the anchors first.

    Parameters
    ----------
    xp : module
        Namespace of the arrays.
    caller : str
        Name of the calling function, for error messages.
    arrays : tuple of array of shape (..., n, D)
        Embeddings, in the precision of the computation.
    truth : array
        The second argument as an array.
    weight : array of shape (..., n) or None
        Factor of each anchor; None for 1.
    denominator_weight : None
        Always None: the contribution of each value to a denominator is its weight.
    dtypes : tuple
        Dtypes of the arrays as given; results for an array have its dtype.
    validate : bool or "strict"
        False skips the checks of values; ``"strict"`` adds checks for likely mistakes.
    """

    xp: Namespace
    caller: str
    arrays: tuple[Array, ...]
    truth: Array
    weight: Array | None
    denominator_weight: None
    dtypes: tuple[Any, ...]
    validate: bool | str

    def of_anchors(self, values: Array) -> Array:
        """
        `values` of the anchors times their weights, in the dtype of the anchors as given.

        They are 0 for a weight of 0.
        """
        xp = self.xp
        if self.weight is not None:
            values = xp.where(self.weight == 0, xp.zeros_like(values), self.weight * values)
        return xp.astype(values, self.dtypes[0], copy=False)

    def of_arrays(self, results: tuple[Array, ...]) -> Any:
        """
        `results`, one for each array of embeddings, in its dtype as given.

        It is an array, or a tuple if there are several.
        """
        converted = tuple(
            self.xp.astype(array, dtype, copy=False)
            for array, dtype in zip(results, self.dtypes, strict=True)
        )
        return converted[0] if len(converted) == 1 else converted

    def vectors(self, vectors: Any) -> tuple[Array, ...]:
        """
        Checked directions `vectors`, one of its shape for each array of embeddings, as a tuple of arrays.

        They are in the precision of the computation; no entry is set to 0. For one array `vectors` is an
        array, for several a tuple. Raises `ShapeError` for another number or shape of vectors, `DTypeError`
        if one is not real floating.
        """
        parts = (vectors,) if len(self.arrays) == 1 else tuple(vectors)
        if len(parts) != len(self.arrays):
            rule = f"be {len(self.arrays)} arrays, one for each array of embeddings"
            raise ShapeError(self.caller, "vectors", rule, got=str(len(parts)))
        names = (*("vectors" for _ in parts), "embeddings")
        _, arrays = as_arrays(*parts, self.arrays[0], caller=self.caller, names=names)
        for array, like in zip(arrays[:-1], self.arrays, strict=True):
            check_dtype(array, "real floating", caller=self.caller, argument="vectors", xp=self.xp)
            shape = tuple(like.shape)
            check_shape(
                array, shape, caller=self.caller, argument="vectors", because="that of the embeddings"
            )
        return tuple(self.xp.astype(array, self.arrays[0].dtype, copy=False) for array in arrays[:-1])


def embeddings_of(
    request: Request, named: tuple[tuple[str, Any], ...], truth: str, *, normalize: bool
) -> Embeddings:
    """
    Checked arrays of embeddings, and the weights of the anchors, (..., n), or None.

    `named` holds the name and the array of each argument, the anchors first; all have shape (..., n, D),
    where only n may differ. They become floats of the anchors' precision, 32 bits or more, and are not
    normalised here. Raises `DTypeError` if one is not real floating, `ShapeError` for another shape or for no
    rows or columns, and `DomainError` for an invalid weight, or with `normalize` for a row of zeros, which
    has no direction. What cannot be read does not raise: such a weight becomes nan, such a row stays. Values
    are not checked if ``request.validate`` is False. The truth of the request, called `truth` in messages,
    becomes an array, and is not checked.
    """
    caller = request.caller
    arrays = [array for _, array in named]
    names = (*(argument for argument, _ in named), "sample_weight", truth)
    given = *arrays, request.sample_weight, request.truth
    xp, (*arrays, weight, labels) = as_arrays(*given, caller=caller, names=names)
    shape = tuple(arrays[0].shape)
    for (argument, _), array in zip(named, arrays, strict=True):
        check_dtype(array, "real floating", caller=caller, argument=argument, xp=xp)
        _check_axes(tuple(array.shape), shape, argument, caller=caller)
    wide = accumulation_dtype(arrays[0].dtype, xp=xp)
    dtypes = tuple(array.dtype for array in arrays)
    arrays = [xp.astype(array, wide, copy=False) for array in arrays]
    for (argument, _), array in zip(named, arrays, strict=True):
        if request.validate and normalize:
            _check_directions(array, argument, caller=caller, xp=xp)
    weight = row_factors(weight, "sample_weight", shape[:-1], arrays[0], request, xp=xp)
    return Embeddings(xp, caller, tuple(arrays), labels, weight, None, dtypes, request.validate)


def companions(embeddings: Embeddings) -> Array:
    """
    Mask of shape (..., n, n): True off the diagonal, for pairs of different rows.

    Raises `ShapeError` if there are fewer than two rows.
    """
    shape = tuple(embeddings.arrays[0].shape)
    if shape[-2] < 2:
        rule = "have at least two rows: one has nothing to find"
        raise ShapeError(embeddings.caller, "embeddings", rule, got=f"shape {shape}")
    rows = class_indices(embeddings.arrays[0][..., 0], xp=embeddings.xp)
    return rows[..., :, None] != rows[..., None, :]


def _check_axes(shape: tuple[int, ...], anchors: tuple[int, ...], argument: str, *, caller: str) -> None:
    """
    Raise `ShapeError` unless `shape` is (..., n, D), without a 0 for n or D, as `anchors` but for n.

    `argument` is the name of the array.
    """
    if len(shape) < 2 or 0 in shape[-2:]:
        raise ShapeError(caller, argument, "have shape (..., n, D), neither of them 0", got=f"shape {shape}")
    if (shape[:-2], shape[-1]) != (anchors[:-2], anchors[-1]):
        rule = f"have shape {anchors} but for the number of rows"
        raise ShapeError(caller, argument, rule, got=f"shape {shape}")


def _check_directions(array: Array, argument: str, *, caller: str, xp: Namespace) -> None:
    """Raise `DomainError` for a row of zeros, which cannot be normalised; not if values cannot be read."""
    check_values(
        array,
        lambda array: xp.max(xp.abs(array), axis=-1) == 0,
        "have no row of zeros",
        caller=caller,
        argument=argument,
        xp=xp,
        hint="It has no direction. Leave the row out, or pass `normalize=False`.",
        show=lambda array: xp.max(xp.abs(array), axis=-1),
    )
