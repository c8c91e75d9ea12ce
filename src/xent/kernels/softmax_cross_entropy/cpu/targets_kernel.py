r"""
Cross-entropy of targets, row by row; the targets are an array, or those of a smoothed label.

With targets :math:`t`, weights of classes included, and :math:`s = \sum_k t_k`,

.. math::

    \ell = \sum_k t_k (z_j - z_k) + s \log(1 + r), \qquad
    \frac{\partial \ell}{\partial z_k} = (s - t_k) p_k - t_k (1 - p_k),

where :math:`z_j` is the peak and :math:`r` the rest, as in `xent.formulas.softmax`. Two differences can
cancel: :math:`1 - p_j`, computed as :math:`r / (1 + r)`, and :math:`s - t_i` at the largest target, computed
as the sum of the others. The gradient at these two classes, `j` and `i`, is stored last, over that of the
general formula.

The passes over a row: the largest target and the sum of the others (targets given as an array); the largest
logit; the distances :math:`z_j - z_k` weighted by the targets; the exponentials; the gradient. The
exponentials may replace the logits, so the distances are summed before; the gradient may replace the
exponentials, so that at class `i` is read before.

A label y smoothed by :math:`\varepsilon` has :math:`t_k = w_k \varepsilon / K + w_y (1 - \varepsilon) [k =
y]`: Szegedy, C. et al. (2016). Rethinking the Inception architecture for computer vision. CVPR. Section 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xent.kernels.cpu.blocks import Blocks, Place
from xent.kernels.cpu.logarithm import log1p
from xent.kernels.softmax_cross_entropy.cpu.labels_kernel import for_each_label
from xent.kernels.softmax_cross_entropy.cpu.program import Program
from xent.kernels.softmax_cross_entropy.cpu.row_softmax import RowSoftmax, largest_logit, row_softmax
from xent.kernels.vector_code import Array, Format, Kernel, Value, fma, select

__all__ = ["smoothed_labels_kernel", "targets_kernel"]


@dataclass(frozen=True)
class _Targets:
    """
    Targets of one row.

    Parameters
    ----------
    read : callable
        Function of an index, a number of lanes (0 for a single number) and their mask, to the targets and,
        for each, the sum of all others. It is inexact, or not valid, at `special`.
    special : Value
        Class of the largest target, or the label.
    target, others : Value
        Target of that class, and the sum of all others.
    """

    read: Callable[[Value, int, Any], tuple[Value, Value]]
    special: Value
    target: Value
    others: Value

    @property
    def total(self) -> Value:
        """Sum of all targets."""
        return self.target + self.others

    def at(self, index: Value) -> tuple[Value, Value]:
        """Target of the class `index`, and the sum of all others, accurate at `special` too."""
        target, others = self.read(index, 0, None)
        is_special = index == self.special
        return select(is_special, self.target, target), select(is_special, self.others, others)


def targets_kernel(numbers: Format, of_targets: Format, *, gradient: bool) -> Kernel:
    """
    Kernel of the value, with `gradient` of both, for an array of targets in the format `of_targets`.

    `numbers` is the format of the logits. Its arguments are `KernelArguments`, without labels and `ignored`.
    """
    program = Program("targets", numbers, gradient=gradient)
    with program.kernel.loop(program["first"], program["last"]) as row:
        _row(program, row, _given(program, row, of_targets))
    return program.kernel


def smoothed_labels_kernel(numbers: Format, *, gradient: bool) -> Kernel:
    """
    Kernel of the value, with `gradient` of both, for smoothed labels and logits in the format `numbers`.

    Its arguments are `KernelArguments` without `targets`; class weights are an array of K numbers.
    """
    program = Program("smoothed_labels", numbers, gradient=gradient)
    for_each_label(program, lambda program, row, label: _row(program, row, _smoothed(program, label)))
    return program.kernel


def _given(program: Program, row: Value, numbers: Format) -> _Targets:
    """
    Targets of one row, read from memory in the format `numbers`, times the class weights.

    Its special class, with a sum of all others that does not cancel, is that of the largest product, the
    first of tied ones. A nan makes the sum of the others nan, and the special class may then be any, or 0.
    """
    blocks = _blocks(program)
    targets, weights = program.row_of("targets", row, numbers), program.array("class_weights")

    def weighted(index: Value, lanes: int, where: Any) -> Value:
        return targets.load(index, lanes, where=where) * weights.load(index, lanes, where=where)

    def vector(index: Value, where: Any) -> Value:
        return weighted(index, blocks.format.lanes, where)

    largest, place = blocks.largest(vector)
    others = blocks.sum_without(place, vector)
    total = largest + others

    def read(index: Value, lanes: int, where: Any) -> tuple[Value, Value]:
        target = weighted(index, lanes, where)
        # This cancels at the largest target, whose numbers are therefore kept apart, as `special`.
        return target, total - target

    return _Targets(read, _safe(place.index, program), largest, others)


def _smoothed(program: Program, label: Value) -> _Targets:
    """
    Targets of a smoothed `label`: ``share`` in each class and ``kept`` more at the label, times class
    weights.

    The label is the special class, whose sum of all others does not cancel. The sums of the others are nan
    throughout if the label is out of range, which makes the row nan.
    """
    weights, others = program.array("class_weights"), program.array("other_weights")
    is_class = (label >= 0) & (label < program["K"])
    safe = _safe(label, program)
    share = program["share"]
    # The sum of the others contains `kept` in every class, so nan reaches the whole row.
    kept = select(is_class, program["kept"], float("nan")) * weights.load(safe)

    def read(index: Value, lanes: int, where: Any) -> tuple[Value, Value]:
        elsewhere = fma(others.load(index, lanes, where=where), share, kept)
        return weights.load(index, lanes, where=where) * share, elsewhere

    return _Targets(read, safe, fma(weights.load(safe), share, kept), others.load(safe) * share)


def _row(program: Program, row: Value, targets: _Targets) -> None:
    """
    Write the code for one row: loss with z-loss, log-normaliser, argmax, and gradient if requested.

    `targets` are times class weights and need not sum to 1; they are given, or those of a smoothed label. The
    gradient is that of this loss, times the row's entry of ``factors``. Loss and gradient are nan if the row
    has no softmax, as one that is all ``-inf`` or holds nan or ``+inf``, if a target is nan, or if the label
    is out of range. A target of 0 costs 0 at any distance.
    """
    blocks = _blocks(program)
    logits, scratch = program.row_of("logits", row), program.scratch(row)
    largest = largest_logit(blocks, logits)
    # Read now: the exponentials may replace the logits.
    distance = _distance(blocks, logits, largest[0], targets)
    softmax = row_softmax(
        blocks, logits, largest, scratch if program.has_gradient else None, program.next_row(row)
    )
    log_total = log1p(softmax.rest)
    normaliser = softmax.peak + log_total
    value = fma(targets.total, log_total, distance) + program["z_weight"] * normaliser * normaliser
    program.write_statistics(row, value, normaliser, softmax.top)
    if program.has_gradient:
        factor = program.array("factors").load(row * program["factor_step"])
        pull = program["z_weight"] * 2.0 * normaliser
        _write_gradient(program, row, softmax, targets, (factor, pull))


def _distance(blocks: Blocks, logits: Array, peak: Value, targets: _Targets) -> Value:
    """
    Sum over the classes of the target times the distance from the logit up to `peak`; target 0 adds 0.

    `peak` is the largest of the row's `logits`, and the `targets` are times class weights. An infinite
    distance with a positive target gives ``inf``.
    """
    lanes = blocks.format.lanes

    def term(index: Value, where: Any) -> Value:
        target, _ = targets.read(index, lanes, where)
        return _product(target, peak - logits.load(index, lanes, where=where))

    place = Place(targets.special & -blocks.size, targets.special)
    of_special = _product(targets.target, peak - logits.load(targets.special))
    return blocks.sum_without(place, term) + of_special


def _product(target: Value, distance: Value) -> Value:
    """``target * distance``, and 0 where the target is 0."""
    # A class of target 0 costs 0 even at a logit of -inf; `0 * inf` would be nan.
    return select(target == 0.0, 0.0, target * distance)


def _write_gradient(
    program: Program, row: Value, softmax: RowSoftmax, targets: _Targets, scales: tuple[Value, Value]
) -> None:
    """
    Write the code for the gradient of a row; its exponentials are in the scratch memory.

    `softmax` has the row's argmax and the sum of all other exponentials, `targets` those times class weights.
    `scales` are the factor of the gradient, and the derivative of the z-loss in the log-normaliser. The
    entries at the argmax and at the special class of `targets` are computed without cancellation and stored
    last.
    """
    blocks = _blocks(program)
    scratch, gradient = program.scratch(row), program.row_of("gradient", row)
    factor, pull = scales
    total = softmax.rest + 1.0
    inverse = 1.0 / total

    def entry(prob: Value, complement: Value, target: Value, others: Value) -> Value:
        return factor * (fma(others, prob, -(target * complement)) + pull * prob)

    def act(index: Value, where: Any) -> None:
        prob = scratch.load(index, blocks.format.lanes, where=where) * inverse
        target, others = targets.read(index, blocks.format.lanes, where)
        gradient.store(index, entry(prob, 1.0 - prob, target, others), where=where)

    top = _safe(softmax.top, program)
    # Read before the gradient replaces the exponentials.
    prob = scratch.load(targets.special) * inverse
    at_special = entry(prob, 1.0 - prob, targets.target, targets.others)
    at_top = entry(inverse, softmax.rest * inverse, *targets.at(top))
    blocks.each(act)
    gradient.store(targets.special, at_special)
    # The argmax last: if it is also the largest target, `targets.at` has the accurate numbers for it.
    gradient.store(top, at_top)


def _safe(index: Value, program: Program) -> Value:
    """The index, or 0 if it is outside the row."""
    return select((index >= 0) & (index < program["K"]), index, 0)


def _blocks(program: Program) -> Blocks:
    """Blocks of the K numbers of a row, in the format of the logits."""
    return Blocks(program.kernel, program["K"], program.format)
