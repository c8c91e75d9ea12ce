"""Labels that are no classes, where they can be looked at."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.request import SoftmaxProblem, n_classes
from xent.torch.errors import LabelError

__all__ = ["check_labels"]


def check_labels(input: Tensor, target: Tensor, problem: SoftmaxProblem) -> None:
    """
    Refuse labels outside ``0 .. C-1`` that are not to be left out.

    Raises
    ------
    LabelError
        With the first of them, how many there are and how far they reach.
    """
    if not problem.has_labels:
        return
    count, ignored = n_classes(input), problem.ignore_index
    labels = target.detach()
    read = labels != ignored
    wrong = ((labels < 0) | (labels >= count)) & read
    if not bool(wrong.any()):
        return
    position = torch.nonzero(wrong)[0]
    index = tuple(int(place) for place in position)
    rule = f"lie in 0..{count - 1} or be {ignored}, the `ignore_index`"
    raise LabelError(
        problem.where,
        "target",
        rule,
        got=str(int(labels[index])),
        index=index or None,
        hint=_advice(labels[read], int(wrong.sum()), count),
    )


def _advice(labels: Tensor, n_wrong: int, count: int) -> str:
    low, high = int(labels.min()), int(labels.max())
    do_not = "does not" if n_wrong == 1 else "do not"
    reach = f"{n_wrong} of {labels.numel()} labels {do_not}; they reach from {low} to {high}."
    if (low, high) == (1, count):
        return f"{reach} If they are counted from 1, subtract 1."
    if low == high == -1 or (low == -1 and high < count):
        return f"{reach} If -1 stands for rows to leave out, pass `ignore_index=-1`."
    return f"{reach} To leave rows out, give them one label and name it in `ignore_index`."
