"""Arguments of the kernels of softmax statistics: names and kinds, defined here and nowhere else."""

from __future__ import annotations

from typing import TypedDict

from xent.kernels.cpu.arguments import Address, Integer

__all__ = ["KernelArguments"]


class KernelArguments(TypedDict):
    """
    Arguments of both kernels, for N rows of K classes.

    Parameters
    ----------
    logits : address of (N, K) numbers
        Rows; the gradient overwrites them.
    tops : address of (N,) int64
        Argmax; -1 in a row without a softmax.
    rests, mean_distances : address of (N,) numbers
        Sum of the exponentials of all classes but the argmax, relative to it; mean distance of the logits
        below the largest, under the softmax.
    of_normaliser, of_entropy : address of (N,) numbers
        Gradient in the log-normaliser and in the entropy.
    K : integer
        Number of classes.
    """

    logits: Address
    tops: Address
    rests: Address
    mean_distances: Address
    of_normaliser: Address
    of_entropy: Address
    K: Integer
