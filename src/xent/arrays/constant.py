"""A number that derivatives do not see."""

from __future__ import annotations

import sys

from xent.arrays.library import is_jax, is_torch
from xent.arrays.namespace import Array

__all__ = ["constant"]


def constant(array: Array) -> Array:
    """
    The same values, as a constant to automatic differentiation.

    Parameters
    ----------
    array : array
        Values of any library.

    Returns
    -------
    array
        `array` itself in a library without derivatives.

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
    return array
