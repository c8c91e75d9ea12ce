"""Checks of values, each made only where it is asked for and values can be looked at."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.errors import DomainError, ShapeError
from xent.torch.cross_entropy.composed import classes_last
from xent.torch.cross_entropy.request import SoftmaxProblem
from xent.torch.memory import is_traced

__all__ = ["check_logits", "check_policy", "check_targets"]


def check_policy(where: str, nonfinite: str) -> None:
    """
    Refuse what is no policy for rows that have no softmax.

    Raises
    ------
    DomainError
        If it is neither "propagate" nor "raise".
    """
    if nonfinite not in ("propagate", "raise"):
        raise DomainError(where, "nonfinite", 'be "propagate" or "raise"', got=repr(nonfinite))


def check_logits(logits: Tensor, target: Tensor, problem: SoftmaxProblem) -> None:
    """
    Refuse logits of a row that is read and has no softmax.

    Raises
    ------
    DomainError
        With the first such row and the number that is at fault.
    """
    if is_traced() or logits.numel() == 0:
        return
    rows = classes_last(logits.detach())
    largest = rows.amax(-1)
    wrong = ~largest.isfinite()
    if problem.has_labels:
        wrong &= target != problem.ignore_index
    if not bool(wrong.any()):
        return
    index = _first(wrong)
    number = float(largest[index])
    if number == -torch.inf:
        rule = "leave at least one class of each row unmasked"
        raise DomainError(problem.where, "input", rule, got="a row of -inf", index=index or None)
    raise DomainError(problem.where, "input", "be below +inf", got=str(number), index=index or None)


def check_targets(input: Tensor, target: Tensor, problem: SoftmaxProblem) -> None:
    """
    Refuse probabilities that are none, and labels that fit two class axes.

    Raises
    ------
    DomainError
        If a probability is negative or a row does not sum to 1.
    ShapeError
        If axis 1 and the last axis could both hold the classes.
    """
    if problem.has_labels:
        if input.ndim > 2 and input.shape[1] == input.shape[-1]:
            rule = "have classes on axis 1 only, where the last axis is as long"
            hint = "If they are on axis 1, as they have to be, leave out `validate_targets`."
            raise ShapeError(problem.where, "input", rule, got=str(tuple(input.shape)), hint=hint)
        return
    targets = classes_last(target.detach())
    negative = ~(targets >= 0)
    if bool(negative.any()):
        index = _first(negative)
        got = str(float(targets[index]))
        raise DomainError(problem.where, "target", "be >= 0", got=got, index=index)
    sums = targets.sum(-1, dtype=torch.float64 if target.device.type != "mps" else torch.float32)
    wrong = ~((sums - 1).abs() <= torch.finfo(target.dtype).eps ** 0.5)
    if bool(wrong.any()):
        index = _first(wrong)
        got, hint = str(float(sums[index])), "If they are counts, divide each row by its sum."
        raise DomainError(
            problem.where, "target", "sum to 1 over the classes", got=got, index=index, hint=hint
        )


def _first(mask: Tensor) -> tuple[int, ...]:
    return tuple(int(place) for place in torch.nonzero(mask)[0])
