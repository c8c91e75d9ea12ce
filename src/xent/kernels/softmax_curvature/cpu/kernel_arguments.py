"""Arguments of the kernel of the softmax's curvature product: names and kinds, defined only here."""

from __future__ import annotations

from typing import TypedDict

from xent.kernels.cpu.arguments import Address, Integer

__all__ = ["KernelArguments"]


class KernelArguments(TypedDict):
    """
    Arguments of the kernel, for rows of K classes.

    Parameters
    ----------
    probs : address of (n, K) uint16
        Packed probabilities.
    directions : address of (n, K) float32
        Directions.
    products : address of (n, K) float32
        Output: their products with the curvature. Not in place: a row's masked store would delay the load of
        the next row.
    row_weights : address of (n,) float32 or one
        Factor of each row; with `weight_step`.
    weight_step : integer
        Step of `row_weights`: 0 for one number, else 1.
    K : integer
        Number of classes.
    """

    probs: Address
    directions: Address
    products: Address
    row_weights: Address
    weight_step: Integer
    K: Integer
