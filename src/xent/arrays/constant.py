"""Arrays as constants of automatic differentiation."""

from __future__ import annotations

import sys

from xent.arrays.namespace import Array, is_jax, is_tensorflow, is_torch

__all__ = ["constant"]


def constant(array: Array) -> Array:
    """
    `array` as a constant of automatic differentiation.

    Parameters
    ----------
    array : array
        Values of any library.

    Returns
    -------
    array
        The same values without a derivative; `array` itself in a library without derivatives.

    Examples
    --------
    >>> import numpy as np
    >>> constant(np.ones(2))
    array([1., 1.])
    """
    if is_torch(array):
        return array.detach()
    if is_jax(array):
        return sys.modules["jax"].lax.stop_gradient(array)
    if is_tensorflow(array):
        return sys.modules["tensorflow"].stop_gradient(array)
    return array
