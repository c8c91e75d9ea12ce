"""Loss of DTensors of PyTorch: the problem of one rank's rows, whose results are DTensors."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import Any, NamedTuple

from xent.arrays import Array, RowsOfRank, device_of, is_array, is_distributed, raised_together
from xent.errors import DomainError
from xent.losses.arguments.examples import Request
from xent.losses.mean import Total
from xent.losses.problem import LossProblem

__all__ = ["DistributedProblem", "problem_of_rank"]

_OF_ENTRIES = ("logit", "log-rate", "mean")


class DistributedProblem(NamedTuple):
    """
    Problem of the rows of one rank.

    Parameters
    ----------
    problem : LossProblem
        Loss with the checked arguments of these rows.
    rows : RowsOfRank
        Rows among those of all ranks.
    """

    problem: LossProblem
    rows: RowsOfRank

    def value(self) -> Array:
        """Loss of each example of all ranks, a DTensor."""
        return self.rows.spread(self.problem.value())

    def gradient(self) -> Any:
        """
        Gradient of each value, as `LossProblem.gradient` gives it: a DTensor or, for several arrays, a tuple
        of them.
        """
        return self.rows.spread(self.problem.gradient())

    def value_and_gradient(self) -> tuple[Array, Any]:
        """Value and gradient, computed together from their common parts, in DTensors."""
        value, gradient = self.problem.value_and_gradient()
        return self.rows.spread(value), self.rows.spread(gradient)

    def hessian_vector_product(self, vectors: Any) -> Any:
        """
        Product of each example's Hessian with `vectors`, of the form of the gradient.

        Vectors are DTensors or plain tensors; a plain tensor holds the vectors of all ranks. The result is a
        DTensor, or a tuple of them.
        """
        parts = (
            tuple(map(self.rows.part_of, vectors))
            if isinstance(vectors, tuple)
            else self.rows.part_of(vectors)
        )
        return self.rows.spread(self.problem.hessian_vector_product(parts))

    def hessian(self) -> Any:
        """Hessian of each value, as `LossProblem.hessian` gives it, in DTensors."""
        return self.rows.spread(self.problem.hessian())

    def total(self) -> Total:
        """
        Sums over all ranks, DTensors of shape (): of the weighted values, of the weights, and of rows of
        positive weight.

        All ranks must call it together.
        """
        return Total(*map(self.rows.summed, self.problem.total()))


def problem_of_rank(loss: Any, request: Request) -> DistributedProblem:
    """
    Problem of this rank's rows, with checked arguments; all ranks must call it together.

    `request` has the logits as a DTensor; a plain tensor beside them holds all rows, the same on every rank.
    `loss` has the parameters. Rows stay divided among ranks unless each value depends on all rows, or a
    parameter other than `class_weights` is an array, which may differ by row: then each rank computes all
    rows. Where values are checked, every rank raises if one does: the others would wait for it in the first
    sum over ranks. Raises `DomainError` for logits that are a plain tensor beside a DTensor, and the errors
    of the call of `loss`.
    """
    if not is_distributed(request.logits):
        rule, hint = "be a DTensor as the other tensors are", "Use `distribute_tensor` on it."
        got = type(request.logits).__name__
        raise DomainError(request.caller, "logits", rule, got=got, hint=hint)
    given = {field.name: getattr(loss, field.name) for field in fields(loss)}
    arrays = {name: value for name, value in given.items() if is_array(value)}
    whole = {name: value.full_tensor() for name, value in arrays.items() if is_distributed(value)}
    axes = request.logits.ndim - (loss.facts.domain not in _OF_ENTRIES or bool(arrays))
    if loss.facts.domain == "embeddings" or arrays.keys() - {"class_weights"}:
        axes = 0
    rows = RowsOfRank(request.logits, axes)
    weight = request.sample_weight
    local = request._replace(
        logits=rows.logits,
        truth=rows.part_of(request.truth),
        sample_weight=None if weight is None else rows.part_of(weight),
    )
    own = replace(loss, **whole) if whole else loss
    # Elsewhere than on processors no values are read, and ranks have the same shapes.
    reads = request.validate and str(device_of(local.logits)) == "cpu"
    problem = raised_together(
        partial(own.problem, local),
        rows.groups if reads else [],
        device_of(local.logits),
        caller=request.caller,
        argument="logits",
    )
    return DistributedProblem(problem, rows)
