"""
Multiplication of a tensor by a number on its device, in place, which costs a launch alone if the number is 1.

Backward gets a factor that is 1 for most losses, but the host would have to wait to see it.

Cost for n numbers of b bytes: 2 n b bytes and n FLOP, or nothing.
"""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor

from xent.kernels.triton.launches import IS_INTERPRETED, launched
from xent.kernels.triton.rounding import rounded_to_bfloat16

__all__ = ["scale_in_place"]

_BLOCK = 4096


def scale_in_place(tensor: Tensor, factor: Tensor) -> None:
    """
    Multiply a contiguous tensor of float32 or bfloat16 in place by `factor`, one number in float32.

    Both are on one GPU. The product is rounded once; nothing is written for a factor of 1.

    Raises
    ------
    LaunchError
        If Triton cannot compile or launch the kernel here.
    """
    count = tensor.numel()
    is_rounded = IS_INTERPRETED and tensor.itemsize == 2
    launched(_scaled, (-(-count // _BLOCK),), tensor, factor, count, BLOCK=_BLOCK, ROUNDED=is_rounded)


@triton.jit
def _scaled(
    numbers: tl.tensor, factor: tl.tensor, count: tl.tensor, BLOCK: tl.constexpr, ROUNDED: tl.constexpr
) -> None:
    """
    Multiply one block of `BLOCK` of the `count` numbers in place by the number at `factor`, unless it is 1.

    The product is made in float32. With `ROUNDED` it is rounded to bfloat16 before it is stored, as the
    interpreter needs.
    """
    scale = tl.load(factor)
    if scale != 1.0:
        places = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
        product = tl.load(numbers + places, mask=places < count).to(tl.float32) * scale
        if ROUNDED:
            product = rounded_to_bfloat16(product)
        tl.store(numbers + places, product, mask=places < count)
