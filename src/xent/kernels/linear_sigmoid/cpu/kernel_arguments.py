"""Arguments of the kernel of a linear model's sigmoid cross-entropy: names and kinds, defined only here."""

from __future__ import annotations

from typing import TypedDict

from xent.kernels.cpu.arguments import Address, Integer, Real

__all__ = ["KernelArguments"]


class KernelArguments(TypedDict):
    """
    Arguments of the kernel, for n rows of p features in chunks; the rows of the kernel are the chunks.

    Parameters
    ----------
    features : address of (n, p) numbers
        Input X, in the format of the kernel; all other arrays are in float64.
    centre : address of (p,)
        Vector that is subtracted from each row of X; 0 for none.
    point, direction : address of (p,)
        Weights of the model; direction of a product with the curvature, 0 in the kernel of the gradient.
    targets : address of (n,)
        Share of the event in each row, in [0, 1].
    row_weights : address of (n,) or one number
        Factor of each row; with `weight_step`.
    sums : address of (chunks, p + 3)
        Output: for each chunk the sums over its rows, each row times its weight: in columns 0 to p - 1 slope
        times feature, then slope, value and curvature. In the kernel of a product, curvature times the logit
        of the direction takes the place of the slope.
    intercept, direction_intercept : number
        Intercepts of `point` and of `direction`.
    weight_step : integer
        Step of `row_weights`: 0 for one number, else 1.
    n, p, chunk : integer
        Rows, features, and rows of a chunk, a multiple of a vector; the last chunk may be shorter.
    """

    features: Address
    centre: Address
    point: Address
    direction: Address
    targets: Address
    row_weights: Address
    sums: Address
    intercept: Real
    direction_intercept: Real
    weight_step: Integer
    n: Integer
    p: Integer
    chunk: Integer
