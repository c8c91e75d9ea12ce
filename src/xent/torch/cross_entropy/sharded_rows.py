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
from array_api_compat import torch as xp
from torch import Tensor

from xent.formulas.softmax import softmax
from xent.torch.cross_entropy.sharded_kernels import (
    fields_by_kernels,
    slope_by_kernels,
    suits_sharded_kernels,
)
from xent.torch.cross_entropy.sharded_numbers import (
    ClassShard,
    LocalSoftmax,
    SharedNumbers,
    combined,
    slope_of,
)
from xent.torch.process_groups import gathered

__all__ = ["at_labels", "local_softmax", "numbers_of_rank", "pulls_of_rows", "sharded_rows"]

# Entries of logits that are read at a time: their temporaries stay small beside the logits.
_PIECE = 1 << 21


def sharded_rows(
    rows: Tensor, labels: Tensor | None, targets: Tensor | None, ignored: Tensor | None, shard: ClassShard
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """
    Cost, log-normaliser, entropy and argmax of each row, in nats and 64 bits.

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
    """
    results: tuple[Tensor, Tensor, Tensor, Tensor]
    results = _Rows.apply(rows, labels, targets, ignored, shard)  # type: ignore[no-untyped-call]
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
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Numbers of this rank, gathered once and combined."""
        pieces = _pieces(rows)
        parts = [numbers_of_rank(rows[piece], labels, targets, ignored, shard, piece) for piece in pieces]
        fields, tops = torch.cat([part for part, _ in parts], 1), [top for _, top in parts]
        numbers = gathered(fields, shard.group, caller=shard.caller)
        results, shared = combined(numbers, shard, has_targets=targets is not None)
        ctx.shard = shard
        ctx.set_materialize_grads(False)
        local_tops = None if tops[0] is None else torch.cat([top for top in tops if top is not None])
        ctx.save_for_backward(rows, labels, targets, ignored, local_tops, *shared)
        ctx.mark_non_differentiable(results[-1])
        return results

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """Gradient in this rank's logits and targets, without communication."""
        rows, labels, targets, ignored, tops, *numbers = ctx.saved_tensors
        slopes = torch.empty_like(rows, memory_format=torch.contiguous_format)
        of_targets = torch.empty_like(targets) if ctx.needs_input_grad[2] else None
        for piece in _pieces(rows):
            if tops is not None:
                wide = rows[piece].to(torch.promote_types(rows.dtype, torch.float32), copy=True)
                of_rows = SharedNumbers(*(part[piece] for part in numbers))
                pulls = pulls_of_rows(
                    upstream, None if ignored is None else ignored[piece], piece, wide.dtype
                )
                slope_by_kernels(wide, labels[piece], tops[piece], of_rows, pulls, ctx.shard)
                slopes[piece] = wide
                continue
            local = local_softmax(rows, ignored, piece)
            shared = SharedNumbers(*(of_rows[piece] for of_rows in numbers))
            pulls = [
                None if pull is None else pull[piece, None].to(local.rest.dtype) for pull in upstream[:3]
            ]
            truth = (
                at_labels(labels[piece], local, ctx.shard)
                if targets is None
                else targets[piece].to(local.rest.dtype)
            )
            slope = slope_of(local, shared, truth, pulls)
            slopes[piece] = slope if ignored is None else torch.where(ignored[piece, None], 0.0, slope)
            if of_targets is not None:
                surprisals = local.distances + (shared.gap + torch.log1p(shared.rest))[:, None]
                of_targets[piece] = 0.0 if pulls[0] is None else pulls[0] * surprisals
        return slopes, None, of_targets, None, None


def numbers_of_rank(
    part: Tensor,
    labels: Tensor | None,
    targets: Tensor | None,
    ignored: Tensor | None,
    shard: ClassShard,
    piece: slice,
) -> tuple[Tensor, Tensor | None]:
    """Fields of a piece of rows, whose logits are `part`, and their local argmax if kernels computed them."""
    wide = part.to(torch.promote_types(part.dtype, torch.float32))
    wide = wide if wide.is_contiguous() else wide.contiguous()
    if labels is not None and suits_sharded_kernels(wide, labels):
        return fields_by_kernels(wide, labels[piece], None if ignored is None else ignored[piece], shard)
    labels, targets, ignored = (None if one is None else one[piece] for one in (labels, targets, ignored))
    return fields_of(part, labels, targets, ignored, shard, slice(None)), None


def pulls_of_rows(
    upstream: tuple[Tensor | None, ...], ignored: Tensor | None, piece: slice, dtype: torch.dtype
) -> list[Tensor | None]:
    """Gradients in cost, log-normaliser and entropy of a piece with rows `ignored`; None stands for 0."""
    pulls: list[Tensor | None] = []
    for pull in upstream[:3]:
        part = None if pull is None else pull[piece, None].to(dtype)
        if part is not None and ignored is not None:
            part = torch.where(ignored[:, None], 0.0, part)
        pulls.append(part)
    return pulls


def _pieces(rows: Tensor) -> list[slice]:
    """Slices of rows to read at a time; compiled code fuses, and takes all rows at once."""
    if torch.compiler.is_compiling() or rows.shape[0] == 0:
        return [slice(None)]
    step = max(1, _PIECE // max(rows.shape[1], 1))
    return [slice(start, start + step) for start in range(0, rows.shape[0], step)]


def local_softmax(rows: Tensor, ignored: Tensor | None, piece: slice) -> LocalSoftmax:
    """Softmax of the classes of this rank, in 32 bits or more; rows that are ignored are read as 0."""
    logits = rows[piece]
    logits = logits.float() if logits.dtype.itemsize < 4 else logits
    if ignored is not None:
        logits = torch.where(ignored[piece, None], 0.0, logits)
    if logits.shape[1] == 0:
        none = logits.new_zeros(logits.shape[0])
        return LocalSoftmax(none - torch.inf, none.long(), logits, none, logits)
    is_empty = logits.amax(-1) == -torch.inf
    model = softmax(torch.where(is_empty[:, None], 0.0, logits), xp=xp)
    peak = torch.where(is_empty, -torch.inf, model.peak)
    exponentials = torch.where(is_empty[:, None], 0.0, model.exponentials)
    # A rank without a finite logit in the row is infinitely far below the peak of another.
    distances = torch.where(is_empty[:, None], 0.0, model.peak[:, None] - logits)
    top = torch.where(model.top < logits.shape[1], model.top, 0)
    return LocalSoftmax(peak, top, exponentials, torch.where(is_empty, 0.0, model.rest), distances)


def at_labels(labels: Tensor, local: LocalSoftmax, shard: ClassShard) -> Tensor:
    """True at the label of each row if this rank has the class."""
    classes = torch.arange(local.exponentials.shape[1], device=labels.device)
    return (labels - shard.offset)[:, None] == classes


def fields_of(
    rows: Tensor,
    labels: Tensor | None,
    targets: Tensor | None,
    ignored: Tensor | None,
    shard: ClassShard,
    piece: slice,
) -> Tensor:
    """Numbers of this rank to be gathered, of shape (fields, rows), in 64 bits."""
    local = local_softmax(rows, ignored, piece)
    # The distance of a class of probability 0 may be infinite.
    moment = torch.where(local.exponentials > 0, local.exponentials * local.distances, 0.0).sum(-1)
    fields = [local.peak, local.rest, shard.offset + local.top, moment]
    if labels is not None:
        at_label = at_labels(labels[piece], local, shard)
        # The logit itself, not a difference, is sent: the owner's peak need not be the peak of all.
        logits = torch.where(at_label, rows[piece].to(local.peak.dtype), 0.0)
        fields += [logits.sum(-1), at_label.sum(-1)]
    elif targets is not None:
        fields += _target_fields(local, targets[piece])
    return torch.stack([field.double() for field in fields])


def _target_fields(local: LocalSoftmax, targets: Tensor) -> list[Tensor]:
    """Sum of the targets, their mean distance, the largest target and the sum of all others."""
    wide = targets.double()
    costs = torch.where(wide == 0, 0.0, wide * local.distances)
    if targets.shape[1] == 0:
        none = wide.sum(-1)
        return [none, none, none, none]
    largest = wide.argmax(-1, keepdim=True)
    others = torch.zeros_like(wide).scatter_(-1, largest, 1.0)
    top = wide.gather(-1, largest)[:, 0]
    return [wide.sum(-1), costs.sum(-1), top, (wide * (1 - others)).sum(-1)]
