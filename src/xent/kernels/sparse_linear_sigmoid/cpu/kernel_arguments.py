"""Arguments of the kernels of a linear model's sigmoid cross-entropy on sparse rows: names and kinds."""

from __future__ import annotations

from typing import TypedDict

from xent.kernels.cpu.arguments import Address, Integer, Real

__all__ = ["KernelArguments"]


class KernelArguments(TypedDict):
    """
    Arguments of the kernels, for n rows of p features in chunks; the rows of a kernel are the chunks.

    Parameters
    ----------
    numbers, columns : address of (nonzeros,)
        Input X in CSR format: its numbers, row by row, and the column of each.
    starts : address of (n + 1,)
        Place of each row's first number, and last that after all.
    weights : address of (p,)
        Weights of the model, or of a direction in the kernel of the product.
    targets : address of (n,)
        Share of the event in each row, in [0, 1]; not read by the kernel of the product.
    row_weights : address of (n,) or one number
        Factor of each row; with `weight_step`. Not read by the kernel of the product.
    curvatures : address of (n,)
        Weighted product of both probabilities of each row: output of the kernel of the curvature, input of
        that of the product.
    sums : address of (chunks, width)
        Output, which must be 0 before: for each chunk the sums over its rows; their meaning depends on the
        kernel.
    intercept : number
        Intercept of the model, or of the direction.
    weight_step : integer
        Step of `row_weights`: 0 for one number, else 1.
    n, p, chunk, width : integer
        Rows, features, rows of a chunk, and numbers of a chunk's sums.
    """

    numbers: Address
    columns: Address
    starts: Address
    weights: Address
    targets: Address
    row_weights: Address
    curvatures: Address
    sums: Address
    intercept: Real
    weight_step: Integer
    n: Integer
    p: Integer
    chunk: Integer
    width: Integer
