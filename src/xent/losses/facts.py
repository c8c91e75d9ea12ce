"""Facts about a loss by which it is chosen, stated once, beside the loss, and verified by tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Domain", "Link", "LossFacts", "Truth"]

Domain: TypeAlias = Literal[
    "logits",
    "logit",
    "cosines",
    "logits of given norms",
    "ordinal logits",
    "cumulative logits",
    "conditional logits",
    "logits of evidence",
    "mean",
    "mean and log-variance",
    "log-rate",
    "embeddings",
]
Truth: TypeAlias = Literal[
    "labels",
    "ordered labels",
    "targets",
    "positive targets",
    "ordered targets",
    "teacher logits",
    "events",
    "values",
    "counts",
    "keys",
    "partners",
    "groups",
]
Link: TypeAlias = Literal[
    "softmax",
    "sigmoid",
    "entmax",
    "sparsemax",
    "Dirichlet distribution",
    "identity",
    "exponential",
    "exponential of the log-variance",
]


@dataclass(frozen=True, kw_only=True)
class LossFacts:
    """
    Facts about a loss with its default parameters.

    Parameters
    ----------
    use : str
        Purpose of the loss, in a few words.
    domain : Domain
        Kind of the first argument: ``"logits"``, ``"logit"`` (one for each event), ``"cosines"`` and so on.
    truth : Truth
        Kind of the second argument: ``"labels"``, ``"targets"``, ``"events"`` and so on.
    link : Link
        Function that maps the first argument to the model's prediction, such as ``"softmax"``.
    minimum : float
        Greatest lower bound of the value.
    maximum : float
        Least upper bound of the value; ``inf`` for an unbounded loss.
    convex : bool
        True if the loss is convex in the first argument.
    shift_invariant : bool
        True if a constant added to all logits of a row does not change the loss; the gradient then sums to 0.
    noise_robust : bool
        True if the sum of the values over all labels does not depend on the logits: symmetric label noise
        then does not move the minimum of the mean loss (Ghosh, Kumar, Sastry 2017, theorem 1).
    source : str
        Paper and equation.
    also : tuple of str, default ()
        Other names of the loss, under which `xent losses` finds it.
    """

    use: str
    domain: Domain
    truth: Truth
    link: Link
    minimum: float
    maximum: float
    convex: bool
    shift_invariant: bool
    noise_robust: bool
    source: str
    also: tuple[str, ...] = ()
