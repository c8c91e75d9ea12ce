"""Arguments of the kernels of a linear model's softmax cross-entropy: names and kinds, defined only here."""

from __future__ import annotations

from typing import TypedDict

from xent.kernels.cpu.arguments import Address, Integer

__all__ = ["KernelArguments"]


class KernelArguments(TypedDict):
    """
    Arguments of the kernels, for n rows of p features in chunks; the rows of a kernel are the chunks.

    All arrays of numbers without a format of their own are in the arithmetic of the kernel.

    Parameters
    ----------
    features : address of (n, p) numbers
        Input X, in the format of the kernel; with `stride`.
    centre, factors : address of (p,) float64
        Vector that is subtracted from each row of X, and factors of the differences; 0 in a kernel that reads
        X as it is.
    point, direction : address of (p + 1, width)
        Weights of each class in a column, and last the intercepts. Columns beyond the classes hold 0, and as
        intercept of `point` a number whose exponential is 0. `direction` is 0 but in the kernel of a product.
    codes : address of (n,) int64
        Class of each row; 0 but in the kernel of the gradient.
    probs : address of (kept, K) uint16
        Packed probabilities of the first rows: input of the product, output of the covariance; 0 for none.
    row_weights : address of (n,) float64 or one number
        Weight of each row; with `weight_step`.
    sums : address of (chunks, count, width)
        Output: for each chunk the sums over its rows, each row times its weight. `count` is p + 1, of the
        features and the constant 1; K in the kernel of the covariance.
    values : address of (chunks,) float64
        Output of the kernel of the gradient: weighted cross-entropy; else 0.
    scratch : address
        Memory of a thread, of as many bytes as `scratch_bytes` of `fused.py` says.
    weight_step : integer
        Step of `row_weights`: 0 for one number, else 1.
    stride : integer
        Numbers from the first of a row of X to that of the next; of columns in a kernel that reads columns.
    n, p, K, width, kept, chunk : integer
        Rows; features; classes; classes rounded up to whole panels; rows with packed probabilities, and rows
        of a chunk, multiples of a tile but for the last rows.
    """

    features: Address
    centre: Address
    factors: Address
    point: Address
    direction: Address
    codes: Address
    probs: Address
    row_weights: Address
    sums: Address
    values: Address
    scratch: Address
    weight_step: Integer
    stride: Integer
    n: Integer
    p: Integer
    K: Integer
    width: Integer
    kept: Integer
    chunk: Integer
