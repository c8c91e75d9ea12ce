"""
Cross-entropy of labels, row by row: value, gradient, logarithm of the normaliser, argmax.

A row is passed over three times while it is in the cache:

1. the largest logit and its class;
2. the exponentials, written to the scratch memory, and their sum without that of the largest;
3. the gradient: the exponentials times one factor, then the entry at the label by itself.

The scratch memory may be the gradient, and the gradient may be the logits. So the label's logit is read
before the second pass, and the label's exponential before the third; each vector is read before it is
written. During the second pass, which computes, the next row is prefetched, so that its first pass does not
wait for memory. Rows share nothing: any thread may compute any row.

See `xent.formulas.losses.softmax_cross_entropy` for the arrangement that does not cancel.
"""

from __future__ import annotations

from collections.abc import Callable

from xent.kernels.cpu.blocks import Blocks
from xent.kernels.softmax_cross_entropy.cpu.label_terms import LabelTerms
from xent.kernels.softmax_cross_entropy.cpu.program import Program
from xent.kernels.softmax_cross_entropy.cpu.row_softmax import largest_logit, row_softmax, scaled
from xent.kernels.vector_code import INT64, Format, Kernel, Value, select, splat

__all__ = ["for_each_label", "labels_kernel"]


def labels_kernel(numbers: Format, *, gradient: bool) -> Kernel:
    """
    Kernel of the value, with `gradient` of both, row by row, for logits in the format `numbers`.

    Its arguments are `KernelArguments`, without `targets`, `other_weights`, `kept` and `share`.
    """
    program = Program("labels", numbers, gradient=gradient)
    for_each_label(program, _row)
    return program.kernel


def for_each_label(program: Program, act: Callable[[Program, Value, Value], None]) -> None:
    """
    Write the loop over the rows: an ignored row is finished here, for any other `act` writes the code.

    An ignored row gets value and gradient 0, log-normaliser nan and argmax -1. `act` is called once, with the
    program, the number of the row and its label, which may be out of range.
    """
    kernel = program.kernel
    with kernel.loop(program["first"], program["last"]) as row:
        label = program.array("labels", INT64).load(row)
        with kernel.either(program.is_ignored(label)) as (if_so, otherwise):
            with if_so:
                _ignore(program, row)
            with otherwise:
                act(program, row, label)


def _row(program: Program, row: Value, label: Value) -> None:
    """
    Write the code for one row that is not ignored: value, log-normaliser, argmax, and the gradient if any.

    The value has class weight and z-loss, the gradient the row's factor too. A label out of range makes all
    nan and the argmax -1; so does a row without a softmax, which is all ``-inf`` or holds nan or ``+inf``.
    """
    blocks = Blocks(program.kernel, program["K"], program.format)
    logits, scratch = program.row_of("logits", row), program.scratch(row)
    is_class = (label >= 0) & (label < program["K"])
    # A label out of range must not become an address; the row is made nan below.
    safe = select(is_class, label, 0)
    # Read now: the scratch memory may be the logits.
    label_logit = logits.load(safe)
    largest = largest_logit(blocks, logits)
    softmax = row_softmax(
        blocks, logits, largest, scratch if program.has_gradient else None, program.next_row(row)
    )
    terms = LabelTerms(
        softmax.peak,
        select(is_class, softmax.rest, float("nan")),
        label_logit,
        label == softmax.top,
        program.array("class_weights").load(safe * program["weight_step"]),
        program["z_weight"],
    )
    value, normaliser = terms.value()
    program.write_statistics(row, value, normaliser, softmax.top)
    if program.has_gradient:
        factor = program.array("factors").load(row * program["factor_step"])
        scale, at_label = terms.gradient(scratch.load(safe), factor, normaliser)
        gradient = program.row_of("gradient", row)
        scaled(blocks, scratch, scale, gradient)
        gradient.store(safe, at_label)


def _ignore(program: Program, row: Value) -> None:
    """
    Write the code for an ignored `row`: value and gradient 0, log-normaliser nan, argmax -1.

    The gradient is written if the program has one, the others if their addresses are given.
    """
    zero = program.kernel.constant(0.0, program.format.compute)
    program.write_statistics(row, zero, zero + float("nan"), program.kernel.constant(-1))
    if program.has_gradient:
        gradient, zeros = program.row_of("gradient", row), splat(zero, program.format.lanes)
        blocks = Blocks(program.kernel, program["K"], program.format)
        blocks.each(lambda index, lanes: gradient.store(index, zeros, where=lanes))
