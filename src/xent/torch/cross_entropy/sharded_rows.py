r"""
Rows whose classes are divided among ranks: cost, log-normaliser and entropy of each row, differentiable.

Design. Each rank reads its own classes once and reduces them to a few numbers a row, in 64 bits: its largest
logit :math:`m_r`, the sum :math:`R_r` of the exponentials of its other classes relative to it, and the logit
of the label on the rank that has it. One all-gather of these numbers is all the communication; each rank
then combines them in the order of the ranks:

.. math::

    m = \max_r m_r, \quad
    R = R_a + \sum_{r \ne a} e^{m_r - m} (1 + R_r), \quad
    \ell = (m - z_y) + \mathrm{log1p}\, R,

with :math:`a` the first rank that has the largest logit. The largest term is left out of every sum, on the
rank and between ranks, so a loss near 0 keeps its digits for any division of the classes. For targets,
:math:`T_r = \sum t_k` and :math:`D_r = \sum t_k (m_r - z_k)` are gathered too, and the cost is
:math:`\sum_r D_r + T_r (m - m_r) + T_r\, \mathrm{log1p}\, R`, a sum of terms >= 0. Backward communicates
nothing: it reads the logits again and uses the combined numbers.

A gather, not an all-reduce: a maximum and a sum relative to it are no one reduction of any backend, and the
order of an all-reduce's additions, hence the last bit, depends on the backend.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.sharded_kernels import (
    fields_by_kernels,
    slope_by_kernels,
    suits_sharded_kernels,
)
from xent.torch.cross_entropy.sharded_local import Truth, at_labels, fields_of, local_softmax
from xent.torch.cross_entropy.sharded_numbers import ClassShard, SharedNumbers, combined, slope_of
from xent.torch.cross_entropy.sharded_top import (
    TopClasses,
    candidates_of,
    merged_top,
    pulls_beside_top,
    write_top_entries,
)
from xent.torch.process_groups import gathered

__all__ = ["numbers_of_rank", "sharded_rows", "slope_of_rows", "tops_of"]

# Entries of logits that are read at a time: their temporaries stay small beside the logits.
_PIECE = 1 << 21


def sharded_rows(
    rows: Tensor,
    labels: Tensor | None,
    targets: Tensor | None,
    ignored: Tensor | None,
    shard: ClassShard,
    *,
    top_k: int = 0,
) -> tuple[Tensor, ...]:
    """
    Cost, log-normaliser, entropy and argmax of each row, in nats and 64 bits.

    With `top_k` also the largest log-probabilities of each row and their classes. Differentiable once, but
    for argmax and classes, in `rows` and `targets`.

    Parameters
    ----------
    rows : Tensor of shape (N, K)
        Logits of the classes of this rank.
    labels : Tensor of shape (N,), or None
        True classes among all classes; None if there are `targets`.
    targets : Tensor of shape (N, K), or None
        Targets of the classes of this rank.
    ignored : Tensor of bool of shape (N,), or None
        Rows that are not read.
    shard : ClassShard
        Place of this rank's classes.
    top_k : int
        Number of largest log-probabilities, at most that of all ranks' classes; 0 for none.

    Returns
    -------
    tuple of Tensor
        Four of shape (N,), and with `top_k` two of shape (N, top_k), the same on all ranks. The cost is nan
        if no rank has the label, all but the argmax in a row without a softmax.

    Raises
    ------
    BackendError
        If a rank is lost.
    """
    results: tuple[Tensor, ...]
    results = _Rows.apply(rows, labels, targets, ignored, shard, top_k)  # type: ignore[no-untyped-call]
    return results


class _Rows(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        rows: Tensor,
        labels: Tensor | None,
        targets: Tensor | None,
        ignored: Tensor | None,
        shard: ClassShard,
        top_k: int,
    ) -> tuple[Tensor, ...]:
        """
        Cost, log-normaliser, entropy and argmax of each of `rows`, by one all-gather of a few numbers.

        `rows`, (N, K), are this rank's logits, of any width. Given are either `labels`, whose cost has no
        class weights, or `targets`, which have class weights and smoothing already. With `top_k` the largest
        log-probabilities and their classes follow, by a second all-gather. All are in 64 bits but argmax and
        classes, which have no derivative. Results of `ignored` rows have no meaning; some may be nan. Raises
        `BackendError` if a rank is lost.
        """
        pieces = _pieces(rows)
        truth = Truth(labels, targets, ignored)
        parts = [numbers_of_rank(rows[piece], truth.at(piece), shard) for piece in pieces]
        numbers = gathered(torch.cat([part for part, _ in parts], 1), shard.group, caller=shard.caller)
        results, shared = combined(numbers, shard, has_targets=targets is not None)
        ctx.shard = shard
        ctx.set_materialize_grads(False)
        top: tuple[Tensor, ...] = ()
        if top_k:
            candidates = torch.cat([candidates_of(rows[piece], shard, top_k) for piece in pieces], 1)
            top = merged_top(candidates, shared, shard, top_k)
        ctx.save_for_backward(rows, labels, targets, ignored, tops_of(parts), *shared, *top)
        ctx.mark_non_differentiable(results[-1], *top[1:])
        return (*results, *top)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """
        Gradient in this rank's logits, in their dtype, and in its targets, without communication.

        That in the targets is None if it is not needed, and so are those of all other arguments. It reads the
        logits again, and has no graph.
        """
        rows, labels, targets, ignored, tops, *others = ctx.saved_tensors
        slopes = torch.empty_like(rows, memory_format=torch.contiguous_format)
        of_targets = torch.empty_like(targets) if ctx.needs_input_grad[2] else None
        count = len(SharedNumbers._fields)
        for piece in _pieces(rows):
            truth = Truth(labels, targets, ignored).at(piece)
            shared = SharedNumbers(*(part[piece] for part in others[:count]))
            top = TopClasses(*others[count:]).at(piece) if others[count:] else None
            pulls = tuple(None if pull is None else pull[piece] for pull in upstream)
            here = None if tops is None else tops[piece]
            slopes[piece] = slope_of_rows(
                _wide(rows[piece], copy=True), truth, here, shared, top, pulls, ctx.shard
            )
            if of_targets is not None:
                of_targets[piece] = _slope_of_targets(rows[piece], ignored, shared, pulls[0])
        return slopes, None, of_targets, None, None, None


def slope_of_rows(
    logits: Tensor,
    truth: Truth,
    tops: Tensor | None,
    shared: SharedNumbers,
    top: TopClasses | None,
    upstream: tuple[Tensor | None, ...],
    shard: ClassShard,
) -> Tensor:
    """
    Gradient in `logits` (rows, K) of this rank, from the gradients `upstream` in all results of the rows.

    These are cost, log-normaliser, entropy, argmax and, if there are largest classes, their log-probabilities
    and classes; None stands for 0. `logits` has 32 bits or more, and is overwritten if `tops` is given, the
    argmax among this rank's classes if kernels computed the rows, else None. A `top` of None stands for no
    largest classes. `shared` holds the numbers of the rows over all ranks. Ignored rows get 0; `truth` must
    mark none beside a `top`. A row without a softmax may be nan even where `upstream` is 0.
    """
    labels, targets, ignored = truth
    beside = pulls_beside_top(upstream)
    if tops is not None and labels is not None:
        pulls = pulls_of_rows(beside, ignored, logits.dtype)
        slope_by_kernels(logits, labels, tops, shared, pulls, shard)
        slope = logits
    else:
        local = local_softmax(logits, ignored)
        pulls = pulls_of_rows(beside, None, logits.dtype)
        given = truth.given
        is_true = at_labels(given, local, shard) if targets is None else given.to(logits.dtype)
        slope = slope_of(local, shared, is_true, pulls)
        slope = slope if ignored is None else torch.where(ignored[:, None], 0.0, slope)
    if top is not None:
        write_top_entries(slope, top, truth.given, shared, upstream, shard)
    return slope


def _slope_of_targets(
    rows: Tensor, ignored: Tensor | None, shared: SharedNumbers, of_cost: Tensor | None
) -> Tensor | float:
    """
    Gradient in the targets of this rank's classes, (N, K): surprisals times the gradient `of_cost`, (N,).

    The surprisal of a logit of ``-inf`` is ``inf``, so an `of_cost` of 0 gives nan there. For an `of_cost` of
    None the gradient is the number 0. A row that `ignored` marks is read as one of logits 0; its `of_cost`
    must be 0 for it to have no gradient.
    """
    if of_cost is None:
        return 0.0
    local = local_softmax(rows, ignored)
    surprisals = local.distances + (shared.gap + torch.log1p(shared.rest))[:, None]
    return of_cost[:, None].to(local.rest.dtype) * surprisals


def numbers_of_rank(part: Tensor, truth: Truth, shard: ClassShard) -> tuple[Tensor, Tensor | None]:
    """
    Numbers of some rows for the all-gather, and the argmax of the rows among this rank's classes.

    `part` holds the logits of the rows, (rows, K). The numbers are in float64, (6, rows) for labels and (8,
    rows) for targets, in the order of `fields_of`. The argmax, -1 where the largest logit here is not finite,
    is None unless the kernels of processors computed the numbers.
    """
    wide = _wide(part)
    if truth.labels is not None and suits_sharded_kernels(wide, truth.labels):
        return fields_by_kernels(wide, truth.labels, truth.ignored, shard)
    return fields_of(part, truth, shard), None


def tops_of(parts: list[tuple[Tensor, Tensor | None]]) -> Tensor | None:
    """
    Local argmax of all rows, from what `numbers_of_rank` returned for each piece of them.

    It is None if the kernels did not compute every piece.
    """
    tops = [top for _, top in parts if top is not None]
    return torch.cat(tops) if len(tops) == len(parts) else None


def _wide(part: Tensor, *, copy: bool = False) -> Tensor:
    """
    `part` as contiguous logits in 32 bits or more; `part` itself if it is such, but new memory with
    `copy`.
    """
    wide = part.to(torch.promote_types(part.dtype, torch.float32), copy=copy)
    return wide if wide.is_contiguous() else wide.contiguous()


def pulls_of_rows(
    upstream: tuple[Tensor | None, ...], ignored: Tensor | None, dtype: torch.dtype
) -> list[Tensor | None]:
    """
    Gradients in cost, log-normaliser and entropy, which are all of `upstream`, as (rows, 1) each in `dtype`.

    In `upstream` they have the shape (rows,); None stays None. They become 0 in rows that `ignored` marks; an
    `ignored` of None marks none.
    """
    pulls: list[Tensor | None] = []
    for pull in upstream:
        part = None if pull is None else pull[:, None].to(dtype)
        if part is not None and ignored is not None:
            part = torch.where(ignored[:, None], 0.0, part)
        pulls.append(part)
    return pulls


def _pieces(rows: Tensor) -> list[slice]:
    """
    Slices of `rows` to read at a time, of about two million logits and one row or more.

    There is one slice of all rows if there are none, or in compiled code, which fuses the operations.
    """
    if torch.compiler.is_compiling() or rows.shape[0] == 0:
        return [slice(None)]
    step = max(1, _PIECE // max(rows.shape[1], 1))
    return [slice(start, start + step) for start in range(0, rows.shape[0], step)]
