"""
Recalibration maps: from log-probabilities to log-probabilities, as plain numbers.

Each map is a frozen dataclass that is called with an array of shape (n, K) and can be written as lists and
numbers (`plain_data_of`), so that no file of a calibrator holds code.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.calibration.beta import BetaMap
from xent.calibration.log_softmax import log_odds, log_softmax, mixed_with_uniform
from xent.calibration.structured_scaling import scaled
from xent.calibration.venn_abers import VennAbersPairs

__all__ = [
    "MAPS",
    "Beta",
    "Identity",
    "Isotonic",
    "RecalibrationMap",
    "StructuredScaling",
    "Temperature",
    "VennAbersMap",
    "map_of_plain_data",
    "plain_data_of",
]

Array = NDArray[np.float64]


class RecalibrationMap(Protocol):
    """Function from log-probabilities (n, K) to recalibrated log-probabilities (n, K)."""

    kind: ClassVar[str]

    def __call__(self, log_probs: Array) -> Array:
        """Recalibrated log-probabilities in nats, (n, K), of checked ones of that shape."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Map that changes nothing."""

    kind: ClassVar[str] = "identity"

    def __call__(self, log_probs: Array) -> Array:
        """Return `log_probs` themselves."""
        return log_probs


@dataclass(frozen=True, slots=True, eq=False)
class Temperature:
    """
    Softmax of the logits times `inverse`, mixed with a share `mix` of the uniform distribution.

    Parameters
    ----------
    inverse : float
        Inverse temperature, > 0.
    mix : float
        Share of the uniform distribution, in [0, 1).
    """

    inverse: float
    mix: float
    kind: ClassVar[str] = "temperature"

    def __call__(self, log_probs: Array) -> Array:
        """
        Recalibrated log-probabilities, (n, K); finite if `mix` is above 0, else ``-inf`` where those given
        are.
        """
        # 0 times minus infinity would be nan.
        moved = log_softmax(np.where(np.isneginf(log_probs), log_probs, log_probs * self.inverse))
        return mixed_with_uniform(moved, self.mix)


@dataclass(frozen=True, slots=True, eq=False)
class StructuredScaling:
    """
    Affine map of the log-probabilities that `temperature` leaves.

    Parameters
    ----------
    temperature : Temperature
        Map that is applied first.
    matrix, shift : ndarray of shape (K, K) and (K,)
        Affine map of the centred logarithms, before a softmax.
    gap : float
        Certified distance of the penalised loss from its minimum, in nats.
    """

    temperature: Temperature
    matrix: Array
    shift: Array
    gap: float
    kind: ClassVar[str] = "scaling"

    def __call__(self, log_probs: Array) -> Array:
        """Recalibrated log-probabilities in nats, (n, K), of finite or infinite ones of that shape."""
        before = self.temperature(log_probs)
        # The coefficients were fitted to centred logits.
        return log_softmax(scaled(before - before.mean(axis=1, keepdims=True), self.matrix, self.shift))


@dataclass(frozen=True, slots=True, eq=False)
class Beta:
    """
    Beta calibration of two classes, after a mixture with the uniform if a probability of 0 was met in
    training.

    Parameters
    ----------
    beta : BetaMap
        Coefficients.
    mix : float
        Share of the uniform distribution, 0 if no probability was 0.
    """

    beta: BetaMap
    mix: float
    kind: ClassVar[str] = "beta"

    def __call__(self, log_probs: Array) -> Array:
        """Recalibrated log-probabilities, (n, 2); ``-inf`` only if `mix` is 0 and a probability is 0."""
        logit = self.beta.logit(mixed_with_uniform(log_probs, self.mix))
        return np.stack([-np.logaddexp(0, logit), -np.logaddexp(0, -logit)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Isotonic:
    """
    Isotonic regression of each class on its log-odds, normalised, mixed with a share of the uniform.

    Parameters
    ----------
    points, levels : tuple of ndarray
        Log-odds, rising, and probabilities there, for each class; for two classes of the second alone.
    mix : float
        Share of the uniform distribution, > 0.
    """

    points: tuple[Array, ...]
    levels: tuple[Array, ...]
    mix: float
    kind: ClassVar[str] = "isotonic"

    def __call__(self, log_probs: Array) -> Array:
        """
        Recalibrated log-probabilities, (n, K); finite if `mix` is above 0.

        A row in which every class gets level 0 becomes uniform.
        """
        K = log_probs.shape[1]
        if K == 2:
            second = _interpolated(log_odds(log_probs, 1), self.points[0], self.levels[0])
            probs = np.stack([1 - second, second], axis=1)
        else:
            sides = zip(range(K), self.points, self.levels, strict=True)
            probs = np.stack([_interpolated(log_odds(log_probs, k), p, v) for k, p, v in sides], axis=1)
            total = probs.sum(axis=1, keepdims=True)
            probs = np.where(total > 0, probs / np.where(total > 0, total, 1.0), 1 / K)
        with np.errstate(divide="ignore"):
            return mixed_with_uniform(np.log(probs), self.mix)


@dataclass(frozen=True, slots=True, eq=False)
class VennAbersMap:
    """
    Inductive Venn-Abers predictor of two classes, its pair merged for the log loss.

    Parameters
    ----------
    pairs : VennAbersPairs
        Pairs as functions of the log-odds of the second class.
    """

    pairs: VennAbersPairs
    kind: ClassVar[str] = "venn_abers"

    def __call__(self, log_probs: Array) -> Array:
        """
        Recalibrated log-probabilities, (n, 2): the second class has ``p1 / (1 - p0 + p1)`` of the pair p0 <=
        p1.
        """
        low, high = self.pairs(log_odds(log_probs, 1))
        total = 1 - low + high
        with np.errstate(divide="ignore"):
            return np.log(np.stack([(1 - low) / total, high / total], axis=1))


MAPS: tuple[Any, ...] = (Identity, Temperature, StructuredScaling, Beta, Isotonic, VennAbersMap)
"""Kinds of maps."""

_PARTS = {"temperature": Temperature, "beta": BetaMap, "pairs": VennAbersPairs}


def plain_data_of(each: Any) -> dict[str, Any]:
    """
    Map, or the part of one, as a dict of its fields: numbers, lists and such dicts, with its "kind" if it has
    one.
    """
    data = {field.name: _plain(getattr(each, field.name)) for field in dataclasses.fields(each)}
    return {"kind": each.kind, **data} if hasattr(each, "kind") else data


def map_of_plain_data(data: dict[str, Any]) -> Any:
    """
    Map from the result of `plain_data_of`.

    Shapes and ranges of its numbers are not checked: a call shows whether they fit together.

    Raises
    ------
    KeyError, TypeError, ValueError
        If `data` do not name a kind of map with its fields, or a field holds no numbers.
    """
    kind = {one.kind: one for one in MAPS}[data["kind"]]
    return _built(kind, {name: value for name, value in data.items() if name != "kind"})


def _built(kind: Any, data: dict[str, Any]) -> Any:
    """
    Map of the dataclass `kind` from plain data, a value for each of its fields: numbers, lists, dicts.

    Numbers become floats, lists arrays, lists of lists tuples of arrays, but for a ``matrix``, and dicts maps
    of the type that the field has. Further entries are ignored. Raises `KeyError` for a missing field,
    `TypeError` or `ValueError` for a value without numbers. A number in the place of a list passes, and
    shapes are not checked.
    """
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        value = data[field.name]
        if isinstance(value, dict):
            inner = {name: each for name, each in value.items() if name != "kind"}
            values[field.name] = _built(_PARTS[field.name], inner)
        elif isinstance(value, list) and value and isinstance(value[0], list) and field.name != "matrix":
            values[field.name] = tuple(np.asarray(each, dtype=np.float64) for each in value)
        else:
            values[field.name] = (
                np.asarray(value, dtype=np.float64) if isinstance(value, list) else float(value)
            )
    return kind(**values)


def _plain(value: Any) -> Any:
    """Value of a field as a float, a list of numbers or of lists, or a dict of the fields of another map."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return plain_data_of(value) if dataclasses.is_dataclass(value) else float(value)


def _interpolated(values: Array, points: Array, levels: Array) -> Array:
    """
    Levels at `values`, (n,), interpolated linearly between `points` in rising order, constant beyond these.

    `levels` has one entry for each of the points, at least one; both have shape (m,). A point at ``-inf`` or
    ``inf`` is the first or last, and gives its level to values that are equal to it alone; all other values,
    an infinite one without its point too, get the level by the finite points, or the first level if there are
    none. Values have no nan.
    """
    finite = np.isfinite(points)
    if finite.all():
        return np.asarray(np.interp(values, points, levels))
    # A point at infinity is a step: np.interp would interpolate towards it and give nan.
    inner = (
        np.interp(values, points[finite], levels[finite]) if finite.any() else np.full(len(values), levels[0])
    )
    for end in (0, -1):
        if not finite[end]:
            inner = np.where(values == points[end], levels[end], inner)
    return np.asarray(inner)
