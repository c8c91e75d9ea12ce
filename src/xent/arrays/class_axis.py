"""The class axis: numbers and masks of the classes, and entries at labels, in every library."""

from __future__ import annotations

from typing import Any

from xent.arrays.namespace import Array, Namespace, device_of, is_torch

__all__ = [
    "accumulation_dtype",
    "class_indices",
    "class_numbers",
    "entry_of_class",
    "one_hot",
    "unit_vectors",
]


def class_indices(like: Array, *, xp: Namespace) -> Array:
    """
    Class number of each entry of `like`: ``0 .. K-1`` along the last axis.

    The result has the memory order of `like`. A comparison of ``arange(K)`` with a column would be in row
    order instead, and mixed orders make every later step several times slower.

    Parameters
    ----------
    like : array of shape (..., K)
        Array that gives shape, device and memory order.
    xp : module
        Namespace of `like`.

    Returns
    -------
    array of shape (..., K)
        Integers of the default integer dtype.

    Examples
    --------
    >>> import numpy as np
    >>> class_indices(np.ones((2, 3)), xp=np)
    array([[0, 1, 2],
           [0, 1, 2]])
    """
    classes = xp.arange(like.shape[-1], device=device_of(like))
    return xp.zeros_like(like, dtype=classes.dtype) + classes


def one_hot(labels: Array, like: Array, *, xp: Namespace) -> Array:
    """
    1 at the label of each row and 0 elsewhere, in the dtype and memory order of `like`.

    Sums and products with these indicators select without a branch. ``where`` on a mask that looks random
    costs a mispredicted branch per entry: on NumPy three times as much.

    Parameters
    ----------
    labels : array of shape (...)
        Class numbers; a row whose label is out of range is 0 throughout.
    like : array of shape (..., K)
        Array that gives shape, dtype and memory order.
    xp : module
        Namespace of both arrays.

    Returns
    -------
    array of shape (..., K)
        The indicators.

    Examples
    --------
    >>> import numpy as np
    >>> one_hot(np.asarray([1, -1]), np.ones((2, 3)), xp=np)
    array([[0., 1., 0.],
           [0., 0., 0.]])
    """
    return xp.astype(class_indices(like, xp=xp) == labels[..., None], like.dtype)


def entry_of_class(array: Array, labels: Array, *, xp: Namespace) -> Array:
    """
    Entry of `array` at the label of each row; nan where the label is out of range.

    Parameters
    ----------
    array : array of shape (..., K)
        Real floating values.
    labels : array of shape (...)
        Class numbers in the default integer dtype, as `class_numbers` gives them.
    xp : module
        Namespace of both arrays.

    Returns
    -------
    array of shape (...)
        The entries.

    Examples
    --------
    >>> import numpy as np
    >>> entry_of_class(np.asarray([[0.5, -np.inf], [0.5, 2.0]]), np.asarray([1, 2]), xp=np)
    array([-inf,  nan])
    """
    is_class = (labels >= 0) & (labels < array.shape[-1])
    # Replaced before the lookup: with an index out of range, libraries raise, wrap or clamp.
    index = xp.where(is_class, labels, 0)[..., None]
    # PyTorch's `take_along_dim` broadcasts, and fixes a number of rows that is symbolic in `torch.export`.
    entries = (
        array.gather(array.ndim - 1, index) if is_torch(array) else xp.take_along_axis(array, index, axis=-1)
    )
    return xp.where(is_class, entries[..., 0], xp.nan)


def unit_vectors(like: Array, *, xp: Namespace) -> Array:
    """
    Unit vectors of the classes: the identity matrix of shape (K, K), as an array like `like`.

    Its dtype and device are those of `like`, an array of shape (..., K).

    Examples
    --------
    >>> import numpy as np
    >>> unit_vectors(np.ones((5, 2)), xp=np)
    array([[1., 0.],
           [0., 1.]])
    """
    return xp.eye(like.shape[-1], dtype=like.dtype, device=device_of(like))


def class_numbers(labels: Array, *, xp: Namespace) -> Array:
    """
    Labels of any integer dtype in the default integer dtype of `xp`.

    Not every library compares a label of 8 bits with a class number of 1000, and -100 is 156 in uint8. An
    unsigned label that does not fit becomes the largest integer, which is out of range as well; its lowest
    bits alone might be a class.

    Examples
    --------
    >>> import numpy as np
    >>> class_numbers(np.asarray([3, 2**64 - 100], dtype=np.uint64), xp=np)
    array([                  3, 9223372036854775807])
    """
    counting = xp.arange(0).dtype
    wide = xp.astype(labels, counting, copy=False)
    if not xp.isdtype(labels.dtype, "unsigned integer"):
        return wide
    if xp.iinfo(labels.dtype).bits < xp.iinfo(counting).bits:
        return wide
    return xp.where(wide < 0, xp.iinfo(counting).max, wide)


def accumulation_dtype(dtype: Any, *, xp: Namespace) -> Any:
    """
    Dtype to compute in for data of a real floating `dtype`: the same dtype, but at least 32 bits.

    A sum of half-precision exponentials over a large vocabulary overflows float16 and
    stalls in bfloat16, whose sums stop growing at 256 equal terms.

    Examples
    --------
    >>> import numpy as np
    >>> [accumulation_dtype(np.dtype(name), xp=np).__name__ for name in ("float16",)]
    ['float32']
    """
    return xp.float32 if xp.finfo(dtype).bits < 32 else dtype
