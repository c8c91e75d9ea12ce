"""Arguments of the kernel of sigmoid cross-entropy: names and kinds, defined here and nowhere else."""

from __future__ import annotations

from typing import TypedDict

from xent.kernels.cpu.arguments import Address, Integer

__all__ = ["KernelArguments"]


class KernelArguments(TypedDict):
    """
    Arguments of the kernel of sigmoid cross-entropy, for `total` numbers in rows of K.

    An array with a step may hold a single number for all: its step is then 0, else 1.

    Parameters
    ----------
    logits, targets : address of `total` numbers
        Inputs.
    positive_weights : address of (K,) or one number
        Weight of the positive part in each column; with `weight_step`.
    factors : address of `total` or one number
        Multiplier of the gradient; with `factor_step`.
    values, gradient : address of `total` numbers
        Outputs; 0 in a kernel that does not compute them. `gradient` may be `logits`.
    weight_step, factor_step : integer
        Steps of `positive_weights` and `factors`.
    K, total : integer
        Numbers in a row, and in all rows together; the last row may be shorter.
    """

    logits: Address
    targets: Address
    positive_weights: Address
    factors: Address
    values: Address
    gradient: Address
    weight_step: Integer
    factor_step: Integer
    K: Integer
    total: Integer
