"""Check of labels: out of range and not ignored."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.errors import LabelError

__all__ = ["check_labels"]


def check_labels(target: Tensor, n_classes: int, *, ignored: int, caller: str) -> None:
    """
    Raise if a label of `target` is neither in ``0 .. n_classes - 1`` nor equal to `ignored`; values are read.

    Raises
    ------
    LabelError
        With the first such label in row order, the number of such labels, and the least and largest of all
        labels but `ignored`.
    """
    labels = target.detach()
    read = labels != ignored
    wrong = ((labels < 0) | (labels >= n_classes)) & read
    if not bool(wrong.any()):
        return
    position = torch.nonzero(wrong)[0]
    index = tuple(int(place) for place in position)
    raise LabelError(
        caller,
        "target",
        f"lie in 0..{n_classes - 1} or be {ignored}, the `ignore_index`"
        if n_classes
        else f"be {ignored}, the `ignore_index`, as there are no classes",
        got=str(int(labels[index])),
        index=index or None,
        hint=_advice(labels[read], int(wrong.sum()), n_classes),
    )


def _advice(labels: Tensor, n_wrong: int, count: int) -> str:
    """
    Sentences with the number of labels out of range, the extent of all labels, and the likely cure.

    `labels` are those that are read, at least one; `n_wrong` of them are out of the range of `count` classes.
    """
    low, high = int(labels.min()), int(labels.max())
    do_not = "does not" if n_wrong == 1 else "do not"
    reach = f"{n_wrong} of {labels.numel()} labels {do_not}; they reach from {low} to {high}."
    if (low, high) == (1, count):
        return f"{reach} If they are counted from 1, subtract 1."
    if low == high == -1 or (low == -1 and high < count):
        return f"{reach} If -1 stands for rows to leave out, pass `ignore_index=-1`."
    return f"{reach} To leave rows out, give them one label and name it in `ignore_index`."
