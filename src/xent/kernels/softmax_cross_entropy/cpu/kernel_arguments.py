"""Arguments of the kernels of softmax cross-entropy: names and kinds, defined here and nowhere else."""

from __future__ import annotations

from typing import TypedDict

from xent.kernels.cpu.arguments import Address, Integer, Real

__all__ = ["KernelArguments"]


class KernelArguments(TypedDict):
    """
    Arguments of every kernel of softmax cross-entropy, for N rows of K classes.

    An array with a step may hold a single number for all rows, or all classes: its step is then 0, else 1.

    Parameters
    ----------
    logits : address of (N, K) numbers
        Rows.
    labels : address of (N,) int64
        True classes.
    targets : address of (N, K) numbers
        True distributions.
    factors : address of (N,) or one number
        Multiplier of each row's gradient; with `factor_step`.
    class_weights : address of (K,) or one number
        Weight of each class; with `weight_step`.
    other_weights : address of (K,) numbers
        Sum of the weights of all other classes; for smoothed labels.
    gradient : address of (N, K) numbers
        Output; may be `logits`.
    scratch : address of numbers
        Memory for the exponentials of a row, of this thread; that of row n begins ``n * scratch_step``
        numbers further. It is `gradient` if the format of the logits is the format of the arithmetic.
    values, normalisers : address of (N,) numbers
        Outputs, stored unless the address is 0: loss, and logarithm of the normaliser.
    tops : address of (N,) int64
        Output, stored unless the address is 0: argmax.
    z_weight : real
        Weight of the square of the log-normaliser.
    kept, share : real
        Smoothed labels: weight left to the label, and weight added to every class.
    factor_step, weight_step, scratch_step : integer
        Steps of `factors`, `class_weights` and `scratch`.
    has_ignored, ignored : integer
        1 if rows of the label `ignored` are ignored, else 0.
    K : integer
        Number of classes.
    """

    logits: Address
    labels: Address
    targets: Address
    factors: Address
    class_weights: Address
    other_weights: Address
    gradient: Address
    scratch: Address
    values: Address
    normalisers: Address
    tops: Address
    z_weight: Real
    kept: Real
    share: Real
    factor_step: Integer
    weight_step: Integer
    scratch_step: Integer
    has_ignored: Integer
    ignored: Integer
    K: Integer
