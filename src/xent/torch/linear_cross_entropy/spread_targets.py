r"""
Cross-entropies of targets that are spread over classes, from logits of a chunk, and their gradient.

A target :math:`t_k` costs :math:`\sum_k t_k (z_j - z_k) + \log(1 + R) \sum_k t_k` with the numbers of
`row_numbers.py`, a sum of terms of one sign. In the logits its gradient is :math:`p_k \sum_i t_i - t_k`; at
the class of the largest :math:`t_k`, the *head*, where the two may be near each other, it is that of one more
column, and elsewhere :math:`t_k` is subtracted from what the kernel writes. Targets are made for a piece of
rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from xent.options.label_smoothing import kept_and_share
from xent.torch.cross_entropy.row_numbers import RowNumbers, pieces_of
from xent.torch.linear_cross_entropy.request import LinearRequest, SparseTargets

__all__ = ["SpreadNumbers", "SpreadTargets"]


class SpreadNumbers(NamedTuple):
    """
    Numbers of the spread targets of N rows.

    Parameters
    ----------
    costs : Tensor of shape (N, m)
        Cross-entropy of each target.
    masses, heads : Tensor of shape (N, m)
        Sum of each target, and its largest entry.
    """

    costs: Tensor
    masses: Tensor
    heads: Tensor


class SpreadTargets:
    """
    Spread targets of a request: probabilities, and the target of the loss where it is another one.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy of a matrix of hidden states.
    """

    def __init__(self, request: LinearRequest) -> None:
        self._request = request
        softmax = request.options.softmax
        self._has_labels = softmax.has_labels
        self._smooths = softmax.label_smoothing > 0
        self.has_own_loss = self._smooths or not (softmax.has_labels or request.weight is None)
        self.count = int(not softmax.has_labels) + int(self.has_own_loss)
        self._kept, self._shares = 1.0, None
        if self._smooths:
            self._kept, self._shares = self._smoothing()

    def _smoothing(self) -> tuple[float, Tensor]:
        """
        Factor that smoothing leaves of a target, and the share of each class times its weight, (C,); 0 for
        masked ones.
        """
        softmax, weight = self._request.options.softmax, self._request.linear_weight
        mask = self._request.options.class_mask
        ones = weight.new_ones(weight.shape[0], dtype=self._dtype)
        participates = ones if mask is None else mask.expand_as(ones).to(ones.dtype)
        kept, each = kept_and_share(softmax.label_smoothing, participates.sum())
        return kept, participates * each * self._weights(ones)

    @property
    def _dtype(self) -> torch.dtype:
        """Dtype of targets, that of the logits: of the hidden states, but float32 for 16 bits."""
        return torch.promote_types(self._request.input.dtype, torch.float32)

    def _weights(self, ones: Tensor) -> Tensor:
        """Class weights in the dtype of `ones`; `ones` itself if there are none."""
        weight = self._request.weight
        return ones if weight is None else weight.detach().to(ones.dtype)

    def _of(self, rows: slice) -> list[Tensor]:
        """
        Targets of `rows`, `count` tensors of shape (rows, C), ignored rows included.

        They are the probabilities, unless the target holds labels, then the target of the loss, with
        smoothing and class weights, if it is another one. So the list of labels without smoothing is empty.
        """
        if self._has_labels:
            return [self._smoothed_labels(rows)] if self.has_own_loss else []
        target = self._request.target[rows]
        if self._request.probs is not None:
            sparse = SparseTargets(target, self._request.probs[rows])
            target = sparse.dense(self._request.linear_weight.shape[0])
        probs = target.to(self._dtype)
        if not self.has_own_loss:
            return [probs]
        own = self._kept * probs * self._weights(torch.ones_like(probs[0]))
        return [probs, own if self._shares is None else own + self._shares]

    def _smoothed_labels(self, rows: slice) -> Tensor:
        """
        Smoothed and weighted targets of the labels of `rows`, (rows, C); one out of range has its shares
        alone.

        Ignored rows are treated as any other.
        """
        shares = self._shares
        assert shares is not None  # noqa: S101 - labels are spread by smoothing alone
        labels = self._request.target[rows]
        in_range = (labels >= 0) & (labels < shares.shape[0])
        places = torch.where(in_range, labels, 0)[:, None]
        own = self._kept * self._weights(torch.ones_like(shares))[places[:, 0]]
        spread = shares.expand(labels.shape[0], -1).clone()
        return spread.scatter_add_(1, places, torch.where(in_range, own, 0.0)[:, None])

    def _pieces(self, logits: Tensor, rows: slice) -> Iterator[tuple[slice, list[Tensor]]]:
        """Slices of `logits`, those of `rows`, each with the targets of its rows as `_of` returns them."""
        for piece in pieces_of(logits):
            last = min(piece.stop, logits.shape[0])
            yield piece, self._of(slice(rows.start + piece.start, rows.start + last))

    def numbers(self, logits: Tensor, numbers: RowNumbers, rows: slice) -> tuple[RowNumbers, SpreadNumbers]:
        """
        Numbers of the logits of `rows`, with a further column for each head, and the numbers of their
        targets.

        A head is the class of the largest entry of a target. The numbers of the targets are cost in nats, sum
        and largest entry, (rows, m) each, for m targets a row: the probabilities, if the target holds them,
        and the target of the loss where smoothing, or weights beside probabilities, make it another.
        `numbers` are those without heads. A cost is nan for a label out of range that is not ignored.
        """
        shape = (logits.shape[0], self.count)
        costs, masses, heads = (logits.new_empty(shape) for _ in range(3))
        places = torch.zeros(shape, dtype=torch.int64, device=logits.device)
        for piece, targets in self._pieces(logits, rows):
            distances = numbers.peaks[piece, None] - logits[piece]
            for k, target in enumerate(targets):
                # A class of probability 0 may be infinitely far below.
                terms = torch.where(target == 0, 0.0, target * distances)
                masses[piece, k] = target.sum(1)
                heads[piece, k], places[piece, k] = target.max(1)
                costs[piece, k] = terms.sum(1) + masses[piece, k] * torch.log1p(numbers.rests[piece])
        wider = numbers._replace(
            columns=torch.cat([numbers.columns, places], 1),
            column_logits=torch.cat([numbers.column_logits, logits.gather(1, places)], 1),
        )
        return wider, SpreadNumbers(self._where_read(costs, rows), masses, heads)

    def _where_read(self, costs: Tensor, rows: slice) -> Tensor:
        """
        `costs`, (rows, m), with nan for a label out of range that is not ignored; unchanged beside
        probabilities.
        """
        if not self._has_labels:
            return costs
        labels, ignored = self._request.target[rows], self._request.options.softmax.ignore_index
        is_wrong = (labels < 0) | (labels >= self._request.linear_weight.shape[0])
        return torch.where((is_wrong & (labels != ignored))[:, None], torch.nan, costs)

    def subtract(self, gradient: Tensor, rows: slice, of_costs: Tensor, columns: Tensor) -> None:
        """
        Subtract in place the targets of `rows` times `of_costs` from `gradient`, (rows, C), that in the
        logits.

        `of_costs`, (rows, m), are the gradients in the costs of the m targets. The last m of the `columns`,
        class numbers, are the heads, the classes of the largest target, whose entries are complete already
        and stay.
        """
        places = columns[:, columns.shape[1] - self.count :]
        for piece, targets in self._pieces(gradient, rows):
            for k, target in enumerate(targets):
                head = places[piece, k : k + 1]
                entries = gradient[piece].gather(1, head)
                gradient[piece].addcmul_(target, of_costs[piece, k, None], value=-1)
                gradient[piece].scatter_(1, head, entries)
