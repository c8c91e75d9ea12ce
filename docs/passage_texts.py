"""Texts of the passages that docstrings of losses share, by the kind of the loss."""

from __future__ import annotations

from docs.passage import LossKind, Passage

__all__ = ["parameters", "raised", "returned"]

_OF_CLASSES = ("logits", "ordinal logits")
_LABELS = ("labels", "ordered labels")
_TARGETS = ("targets", "positive targets", "ordered targets")
_NO_SOFTMAX = "if a row has a logit ``+inf`` or no class that participates"
_NOT_INSPECTED = "Values of traced arrays, and of arrays that are not on the host, are not inspected"


def parameters(kind: LossKind) -> dict[str, Passage]:
    """The shared parameters of a loss, in the order of its docstring."""
    found: list[Passage] = []
    if kind.domain in _OF_CLASSES:
        found.append(_logits(kind.link))
    if kind.truth in _LABELS and kind.domain not in ("cumulative logits", "conditional logits"):
        found.append(
            Passage("labels : array of shape (...)", "True class of each row, an integer in ``0 .. K-1``.")
        )
    if kind.truth in _TARGETS:
        text = "Distribution over the classes in each row: entries >= 0 that sum to 1."
        found.append(Passage("targets : array of shape (..., K)", text))
    if kind.truth == "events":
        found += _events()
    elif kind.truth in (*_LABELS, *_TARGETS, "teacher logits"):
        found.append(_sample_weight(kind))
    options = [*_weights(kind), *_adjustments(kind)]
    return {passage.names: passage for passage in [*found, *(p for p in options if p.names in kind.options)]}


def returned(kind: LossKind, *, in_nats: bool) -> list[Passage]:
    """The result of a call."""
    if kind.minimum < 0 or kind.domain in ("embeddings", "mean and log-variance"):
        return []
    losses = "New array of losses in nats" if in_nats else "New array of losses"
    if kind.domain in ("logit", "mean", "log-rate"):
        return [Passage("array", f"{losses}, of the shape and dtype of `logits`; never negative.")]
    first = "cosines" if kind.domain == "cosines" else "logits"
    return [Passage("array of shape (...)", f"{losses}, in the dtype of `{first}`; never negative.")]


def raised(kind: LossKind) -> dict[str, Passage]:
    """The errors of a call; empty for kinds of which each loss has its own."""
    if kind.truth == "events":
        passages = _raised_for_events()
    elif kind.domain in _OF_CLASSES and kind.truth in _LABELS:
        passages = _raised_for_labels()
    elif kind.domain in _OF_CLASSES and kind.truth in _TARGETS:
        passages = _raised_for_targets()
    else:
        passages = []
    return {passage.names: passage for passage in passages}


def _raised_for_events() -> list[Passage]:
    return [
        _wrong_types("`targets` does not hold numbers"),
        Passage(
            "ShapeError",
            "If `targets` or `sample_weight` is not of the shape of `logits`, or a parameter does not fit.",
        ),
        _wrong_values(
            "if a target of positive weight lies outside [0, 1]",
            f"{_NOT_INSPECTED}; such an entry gives ``nan``, in the value and the gradient.",
        ),
    ]


def _raised_for_labels() -> list[Passage]:
    return [
        _wrong_types("`labels` is not integral"),
        Passage(
            "ShapeError",
            "If ``K = 0``, `labels` or `sample_weight` is not of shape (...), or a parameter does not fit.",
        ),
        _wrong_values(
            f"if the label of a row of positive weight lies outside ``0 .. K-1``; {_NO_SOFTMAX}",
            f"{_NOT_INSPECTED}; such a row gives ``nan``, in the value and the gradient.",
        ),
    ]


def _raised_for_targets() -> list[Passage]:
    return [
        _wrong_types("`targets` does not hold numbers"),
        Passage(
            "ShapeError",
            "If ``K = 0``, `targets` is not of the shape of `logits`, `sample_weight` is not of shape (...), "
            "or a parameter does not fit.",
        ),
        _wrong_values(
            "if a target of a row of positive weight is negative, or the sum of its targets differs from 1 "
            f"by more than the square root of the epsilon of their dtype; {_NO_SOFTMAX}",
            f"{_NOT_INSPECTED}; such a row gives ``nan``, in the value and the gradient.",
        ),
    ]


def _wrong_types(of_truth: str) -> Passage:
    return Passage(
        "DTypeError",
        f"If `logits` is not real floating, {of_truth}, or the arrays are of different libraries.",
    )


def _wrong_values(rules: str, not_inspected: str) -> Passage:
    return Passage(
        "DomainError",
        f"If a weight is negative or not finite; {rules}; if `temperature` or `softcap` is not positive and "
        f"finite. {not_inspected}",
    )


def _logits(link: str) -> Passage:
    noun = "Unnormalised log-probabilities" if link == "softmax" else "Scores of the classes"
    text = f"{noun}, real floating. ``-inf`` means probability 0; a row with ``nan`` gives ``nan``."
    return Passage("logits : array of shape (..., K)", text)


def _events() -> list[Passage]:
    return [
        Passage(
            "logits : array", "Log-odds of the event, real floating, of any shape; ``nan`` gives ``nan``."
        ),
        Passage(
            "targets : array",
            "Of the shape of `logits`: 1 where the event happened and 0 where it did not, in any dtype, or "
            "its probability in [0, 1].",
        ),
        Passage(
            "sample_weight : array, optional",
            "Of the shape of `logits`: factor of each entry, finite and >= 0, or booleans, True for an entry "
            "that counts. None means 1. An entry of weight 0 is ignored: loss and gradient are 0.",
        ),
    ]


def _sample_weight(kind: LossKind) -> Passage:
    ignored = "is ignored, whatever its label" if kind.truth in _LABELS else "is ignored"
    return Passage(
        "sample_weight : array of shape (...), optional",
        "Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row "
        f"of weight 0 {ignored}: loss and gradient are 0.",
    )


def _weights(kind: LossKind) -> list[Passage]:
    if kind.truth == "events":
        return [
            Passage(
                "ignored_label : number, optional",
                "Entries with this target are ignored: loss and gradient are 0. None ignores no entry.",
            ),
            Passage(
                "class_weights : array of shape (K,), optional",
                "Factor of each entry of the last axis, finite and >= 0. None means 1.",
            ),
        ]
    if kind.truth in _TARGETS:
        text = (
            "Weight of each class, finite and >= 0; a row is multiplied by their mean over its targets. None "
            "means 1."
        )
        return [Passage("class_weights : array of shape (K,), optional", text)]
    return [
        Passage(
            "ignored_label : int, optional",
            "Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None "
            "ignores no row.",
        ),
        Passage(
            "class_weights : array of shape (K,), optional",
            "Factor of each class, finite and >= 0, for the rows with its label. None means 1.",
        ),
    ]


def _adjustments(kind: LossKind) -> list[Passage]:
    if kind.domain not in (*_OF_CLASSES, "logit") or "softcap" not in kind.options:
        return []
    of_events = kind.domain == "logit"
    shape = "(K,) or that of `logits`" if of_events else "(K,) or (..., K)"
    masked = (
        "False for entries that are ignored: loss and gradient are 0. None ignores no entry."
        if of_events
        else "True for the classes that participate; False masks a class. None masks no class."
    )
    masks = "" if of_events else " ``-inf`` masks a class."
    return [
        Passage(f"class_mask : array of bool of shape {shape}, optional", masked),
        Passage(
            "softcap : float, optional",
            "Positive bound of the logits: :math:`z` becomes ``softcap * tanh(z / softcap)``, before "
            "temperature and offset. None sets no bound.",
        ),
        Passage(
            "temperature : float or array of shape (), default 1",
            "Positive divisor of the logits, after `softcap`.",
        ),
        Passage(
            f"offset : array of shape {shape}, optional",
            f"Numbers added to the logits, after `softcap` and `temperature`.{masks} None adds nothing.",
        ),
    ]
