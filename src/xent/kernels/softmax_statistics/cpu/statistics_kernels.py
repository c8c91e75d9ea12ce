r"""
Numbers of the softmax of each row, and the gradient of log-normaliser and entropy made from them.

With the largest logit :math:`z_j` of a row, :math:`d_k = z_j - z_k` and :math:`e_k = e^{-d_k}`, the first
kernel writes

.. math:: j, \qquad R = \sum_{k \ne j} e_k, \qquad D = \frac{\sum_k e_k d_k}{1 + R},

in two passes over the row. The log-normaliser is :math:`z_j + \mathrm{log1p}\, R` and the entropy
:math:`\mathrm{log1p}\, R + D`, both sums of terms that do not cancel beyond the size of the logits. The
second kernel reads these numbers instead of finding them again, and overwrites the logits, in one pass, by

.. math:: p_k \left( a + c (d_k - D) \right), \qquad p_k = \frac{e_k}{1 + R},

with the gradients :math:`a` in the log-normaliser and :math:`c` in the entropy. Entries in which a class has
a gradient of its own, such as the label, are written by the caller.
"""

from __future__ import annotations

from typing import Any

from xent.kernels.cpu.arguments import argument_types
from xent.kernels.cpu.blocks import Blocks
from xent.kernels.cpu.exact_difference import exact_difference, exact_sum
from xent.kernels.cpu.exponential import exponential, magnified_exponential, reduced
from xent.kernels.softmax_cross_entropy.cpu.row_softmax import largest_logit
from xent.kernels.softmax_statistics.cpu.kernel_arguments import KernelArguments
from xent.kernels.vector_code import INT64, Array, Format, Kernel, Value, folded, select, splat

__all__ = ["gradient_kernel", "numbers_kernel"]


def numbers_kernel(numbers: Format) -> Kernel:
    """
    Kernel that writes argmax, rest and mean distance of each row of logits in the format `numbers`.

    Its arguments are `KernelArguments`; `of_normaliser` and `of_entropy` are not read. In a row without a
    softmax the argmax is -1 and the other two are nan.
    """
    kernel = _kernel("softmax_numbers", numbers)
    with kernel.loop(kernel.arguments["first"], kernel.arguments["last"]) as row:
        _write_numbers(kernel, numbers, row)
    return kernel


def gradient_kernel(numbers: Format) -> Kernel:
    """
    Kernel that overwrites the logits of each row, in the format `numbers`, by a gradient.

    It is that of log-normaliser and entropy, each times the row's incoming gradient, `of_normaliser` and
    `of_entropy` of `KernelArguments`; argmax, rest and mean distance of the row are read. A row whose two
    incoming gradients are 0 becomes 0, whatever its logits; any other row without a softmax becomes nan.
    """
    kernel = _kernel("softmax_statistics_gradient", numbers)
    with kernel.loop(kernel.arguments["first"], kernel.arguments["last"]) as row:
        pull, spread = (_number(kernel, name, row, numbers) for name in ("of_normaliser", "of_entropy"))
        # Selected, not multiplied: the logits of such a row may be nan.
        with kernel.either((pull == 0.0) & (spread == 0.0)) as (if_so, otherwise):
            with if_so:
                _write_zeros(kernel, numbers, row)
            with otherwise:
                _write_gradient(kernel, numbers, row, pull, spread)
    return kernel


def _kernel(name: str, numbers: Format) -> Kernel:
    """
    Kernel called `name` with the format's name behind, of arguments `KernelArguments`, without instructions
    yet.
    """
    return Kernel(f"{name}_{numbers.name}", argument_types(KernelArguments, numbers.compute))


def _row_of(kernel: Kernel, numbers: Format, row: Value) -> Array:
    """Logits of row number `row`, K numbers in the format `numbers`."""
    return Array(kernel, kernel.arguments["logits"], numbers).after(row * kernel.arguments["K"])


def _number(kernel: Kernel, name: str, row: Value, numbers: Format) -> Value:
    """Entry number `row` of the array at the argument `name`, in the format `numbers`."""
    return Array(kernel, kernel.arguments[name], numbers).load(row)


def _write_numbers(kernel: Kernel, numbers: Format, row: Value) -> None:
    """
    Write argmax, rest and mean distance of one row of logits, in the format `numbers`.

    The rest is the sum of all exponentials but the largest, relative to it; the mean distance is that of the
    logits below the largest, under the softmax. In a row that is all ``-inf``, or holds nan or ``+inf``, they
    are -1, nan and nan.
    """
    blocks = Blocks(kernel, kernel.arguments["K"], numbers)
    logits, ahead = _row_of(kernel, numbers, row), _row_of(kernel, numbers, row + 1)
    peak, place = largest_logit(blocks, logits)
    zero = splat(kernel.constant(0.0, numbers.compute), numbers.lanes)
    total, lost = kernel.variable(zero), kernel.variable(zero)

    def term(index: Value, where: Any) -> Value:
        logit = logits.load(index, numbers.lanes, where=where)
        ahead.prefetch(index)
        high, low = exact_difference(logit, peak)
        power = magnified_exponential(high, low)
        # A class of probability 0 may be infinitely far below.
        moment = select(power == 0.0, 0.0, power * -high)
        moment = moment if where is None else select(where, moment, 0.0)
        total.value, error = exact_sum(total.value, moment)
        lost.value = lost.value + error
        return power

    # If the peak is infinite, make `rest` nan: `peak - peak` is nan there and 0 otherwise.
    rest = reduced(blocks.sum_without(place, term)) + (peak - peak)
    (moments,) = folded((total.value + lost.value,), lambda a, b: (a[0] + b[0],))
    given = kernel.arguments
    Array(kernel, given["rests"], numbers).store(row, rest)
    Array(kernel, given["mean_distances"], numbers).store(row, reduced(moments) / (rest + 1.0))
    top = select(rest == rest, place.index, -1)  # noqa: PLR0124 - the test for nan
    Array(kernel, given["tops"], INT64).store(row, top)


def _write_gradient(kernel: Kernel, numbers: Format, row: Value, pull: Value, spread: Value) -> None:
    """
    Overwrite one row of logits by its gradient, or by nan in a row without a softmax.

    It is ``p * (pull + spread * (d - D))``, or 0 where p is 0, with the softmax p, the distance d of each
    logit below the largest and its mean D. `pull` is the incoming gradient in the log-normaliser of the row,
    `spread` that in its entropy; the caller writes the zeros of a row where both are 0. Argmax, sum of
    exponentials and D are read from the row's numbers, which the first kernel wrote.
    """
    blocks = Blocks(kernel, kernel.arguments["K"], numbers)
    logits, ahead = _row_of(kernel, numbers, row), _row_of(kernel, numbers, row + 1)
    top = Array(kernel, kernel.arguments["tops"], INT64).load(row)
    peak = logits.load(select(top < 0, 0, top))
    mean = _number(kernel, "mean_distances", row, numbers)
    total = _number(kernel, "rests", row, numbers) + 1.0
    scale = 1.0 / total

    def act(index: Value, where: Any) -> None:
        logit = logits.load(index, numbers.lanes, where=where)
        ahead.prefetch(index, for_writing=True)
        high, low = exact_difference(logit, peak)
        prob = exponential(high, low) * scale
        factor = spread * (-high - mean) + pull
        logits.store(index, select(prob == 0.0, 0.0, prob * factor), where=where)

    blocks.each(act)


def _write_zeros(kernel: Kernel, numbers: Format, row: Value) -> None:
    """Overwrite the logits of one row by zeros."""
    logits = _row_of(kernel, numbers, row)
    zeros = splat(kernel.constant(0.0, numbers.compute), numbers.lanes)
    blocks = Blocks(kernel, kernel.arguments["K"], numbers)
    blocks.each(lambda index, lanes: logits.store(index, zeros, where=lanes))
