"""Counts of two samples, of the truth and of a model, over one list of symbols."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xent.arrays import checked_integer
from xent.errors import DomainError, DTypeError
from xent.measures.estimators.category_codes import Samples, symbol_counts
from xent.measures.estimators.count_spectrum import Floats, whole_counts
from xent.measures.estimators.dirichlet_prior import Prior, pseudocount

__all__ = ["DivergenceEstimate", "ModelCounts", "model_counts_of"]


@dataclass(frozen=True, slots=True)
class DivergenceEstimate:
    """
    Estimated cross-entropy or divergence in the requested unit: nats, or the unit of `base`.

    Parameters
    ----------
    value : float
        Estimate; infinite if `unseen` is positive and the model is not smoothed.
    standard_error : float or None
        Standard error, defined by the function that returned the estimate; None if the value is infinite.
    K : int
        Number of categories, as passed or else as observed in both samples.
    n, n_model : int
        Numbers of observations of the truth and of the model.
    unseen : int
        Number of observations of the truth whose symbol has no observation in the model.
    method : str
        ``"plug_in"`` without smoothing, else the name of the prior or ``"pseudocount a"`` for a number a.
    """

    value: float
    standard_error: float | None
    K: int
    n: int
    n_model: int
    unseen: int
    method: str


@dataclass(frozen=True)
class ModelCounts:
    """
    Counts of truth and model for each of the U symbols of both samples, and the smoothing of the model.

    Parameters
    ----------
    of_truth, of_model : ndarray of shape (U,)
        Number of observations of each symbol: whole numbers, as floats.
    K : int
        Number of categories, at least U.
    a : float
        Pseudo-observations added to the model's count of each category; 0 without smoothing.
    method : str
        Name of the smoothing; ``"plug_in"`` without.
    """

    of_truth: Floats
    of_model: Floats
    K: int
    a: float
    method: str

    @property
    def n(self) -> int:
        """Number of observations of the truth."""
        return int(self.of_truth.sum())

    @property
    def n_model(self) -> int:
        """Number of observations of the model."""
        return int(self.of_model.sum())

    @property
    def unseen(self) -> int:
        """Number of observations of the truth whose symbol has no observation in the model."""
        return int(self.of_truth[self.of_model == 0].sum())

    @property
    def shares(self) -> tuple[Floats, Floats]:
        """
        Probabilities of truth and of model for each of the U symbols, (U,) each.

        The model's have the pseudocount `a`, and sum to less than 1 if `a` is positive and `K` is above U.
        """
        return self.of_truth / self.n, (self.of_model + self.a) / (self.n_model + self.K * self.a)

    def estimate(self, nats: float, error: float, *, unit: float) -> DivergenceEstimate:
        """
        Result with `nats` and `error` divided by `unit`; its standard error is None if `nats` is
        infinite.
        """
        scaled = float(error) / unit if np.isfinite(nats) else None
        n, n_model, unseen = self.n, self.n_model, self.unseen
        return DivergenceEstimate(float(nats) / unit, scaled, self.K, n, n_model, unseen, self.method)


def model_counts_of(
    truth: Samples,
    model: Samples | None,
    counts: Mapping[Hashable, int] | None,
    *,
    smoothing: Prior | None,
    K: int | None,
    caller: str,
) -> ModelCounts:
    """
    Counts of all symbols of both samples, in the truth and in the model, with the smoothing of the model.

    Symbols of the truth stand first, in the order of `symbol_counts`, then further ones of the model; the
    result has their counts, (U,) each, the number of categories, and the pseudocount of each, 0 for a
    `smoothing` of None. The model is either a sample or `counts` by symbol. `K` None means the number of
    distinct symbols of both and is invalid with `smoothing`. Raises `DomainError` if both or neither of
    `model` and `counts` are given, a sample is empty, a count is negative, fractional or masked, all are 0,
    `K` is below the number of symbols, or a `smoothing` is unknown, negative or not finite; `DTypeError` for
    floats or entries that are not hashable, a `K` that is no integer or a `smoothing` that is neither a name
    nor a number; and `ShapeError` for a sample without exactly one axis.
    """
    if (model is None) == (counts is None):
        got = "both" if counts is not None else "neither"
        rule = "be given, as samples or as `model_counts`, and not as both"
        raise DomainError(caller, "q_samples", rule, got=got)
    p = symbol_counts(truth, caller=caller, argument="p_samples")
    q = _of_model(model, counts, caller=caller)
    symbols = list(dict.fromkeys([*p, *q]))
    of_truth, of_model = (np.asarray([float(c.get(s, 0)) for s in symbols]) for c in (p, q))
    number = _category_number(K, len(symbols), smoothing=smoothing, caller=caller)
    if smoothing is None:
        return ModelCounts(of_truth, of_model, number, 0.0, "plug_in")
    n_model = int(of_model.sum())
    a = pseudocount(smoothing, n=n_model, K=number, caller=caller, argument="smoothing")
    name = smoothing if isinstance(smoothing, str) else f"pseudocount {a:g}"
    return ModelCounts(of_truth, of_model, number, a, name)


def _of_model(model: Samples | None, counts: Any, *, caller: str) -> dict[Hashable, int]:
    """
    Checked counts of the model's symbols: `counts`, or those of the sample `model` if `counts` is None.

    A symbol of count 0 in `counts` stays, and is one of the K categories. Both None is an empty sample.
    Raises `DTypeError` for `counts` that are no mapping, `DomainError` if there is no observation, and the
    errors of `whole_counts` or `symbol_counts`.
    """
    if counts is None:
        return symbol_counts(() if model is None else model, caller=caller, argument="q_samples")
    if not isinstance(counts, Mapping):
        rule, got = "be a mapping from symbol to count", type(counts).__name__
        hint = "Pass a dict, a `collections.Counter` or, for a series, its `to_dict()`."
        raise DTypeError(caller, "model_counts", rule, got=got, hint=hint)
    numbers = whole_counts(list(counts.values()), caller=caller, argument="model_counts")
    if numbers.sum() == 0:
        raise DomainError(caller, "model_counts", "hold at least one observation", got="none")
    return dict(zip(counts, numbers.tolist(), strict=True))


def _category_number(K: int | None, seen: int, *, smoothing: Prior | None, caller: str) -> int:
    """
    Number of categories: `K`, or for None `seen`, the number of distinct symbols of both samples together.

    Raises `DomainError` if `K` is None although there is a `smoothing`, or is below `seen`, and `DTypeError`
    if `K` is neither None nor an integer.
    """
    if K is None and smoothing is not None:
        hint = f"Smoothing depends on it. In both samples together there are {seen}."
        raise DomainError(caller, "K", "be the number of possible categories", got="None", hint=hint)
    if K is None:
        return seen
    number = checked_integer(K, "K", caller=caller)
    if number < seen:
        raise DomainError(caller, "K", f"be at least {seen}, the number of symbols seen", got=str(number))
    return number
