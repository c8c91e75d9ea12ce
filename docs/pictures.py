"""A picture of each loss: value and slope over the one number that matters most."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from xent.losses.cross_entropy.softmax_cross_entropy import softmax_cross_entropy

__all__ = ["draw"]

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "xent",
        "svg.fonttype": "none",
        "font.size": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)

_POINTS = 161
Curve = tuple[np.ndarray, str, np.ndarray, np.ndarray]


def draw(loss: Any, path: Path) -> None:
    """Write the picture of `loss`, the same bytes in every run."""
    from matplotlib.figure import Figure

    x, label, values, slopes = _CURVES[loss.facts.domain](loss)
    figure = Figure(figsize=(4.2, 2.2), layout="constrained")
    axis = figure.add_subplot()
    if loss.facts.domain == "logits":
        axis.plot(x, _of_margin(softmax_cross_entropy)[2], color="0.75", linewidth=1, label="cross-entropy")
    axis.plot(x, values, color="#1f5fa8", label="value")
    axis.plot(x, slopes, "--", color="#c2562b", label="slope")
    axis.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axis.set_xlabel(label)
    axis.legend(frameon=False, fontsize=7)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def _of_margin(loss: Any) -> Curve:
    x = np.linspace(-6, 6, _POINTS)
    logits = np.stack([x, 0 * x, 0 * x], axis=-1)
    truth = _truth(loss, x)
    value, gradient = loss.value_and_gradient(logits, truth)
    return x, "margin m of the true class", value, gradient[:, 0]


def _truth(loss: Any, x: np.ndarray) -> np.ndarray:
    kind = loss.facts.truth
    if kind == "labels":
        return np.zeros(len(x), dtype=int)
    if kind == "teacher logits":
        return np.broadcast_to(np.asarray([2.0, 0.0, 0.0]), (len(x), 3)).copy()
    return np.broadcast_to(np.asarray([0.8, 0.1, 0.1]), (len(x), 3)).copy()


def _of_logit(loss: Any) -> Curve:
    x = np.linspace(-6, 6, _POINTS)
    return x, "logit of an event that happened", *loss.value_and_gradient(x, np.ones_like(x))


def _of_angle(loss: Any) -> Curve:
    degrees = np.linspace(1, 179, _POINTS)
    cosines = np.stack([np.cos(np.radians(degrees)), 0 * degrees, 0 * degrees], axis=-1)
    value, gradient = loss.value_and_gradient(cosines, np.zeros(_POINTS, dtype=int))
    return degrees, "angle to the true class, degrees", value, -np.sin(np.radians(degrees)) * gradient[:, 0]


def _of_thresholds(loss: Any) -> Curve:
    x = np.linspace(-6, 6, _POINTS)
    logits = x[:, None] + np.asarray([2.0, 0.0, -2.0])
    value, gradient = loss.value_and_gradient(logits, np.full(_POINTS, 1))
    return x, "position of a row of class 1 of 0..3", value, gradient.sum(axis=-1)


def _of_ranks(loss: Any) -> Curve:
    x = np.linspace(0, 3, _POINTS)
    logits = -2 * (x[:, None] - np.arange(4)) ** 2
    truth = np.ones(_POINTS, dtype=int)
    if loss.facts.truth == "ordered targets":
        truth = np.broadcast_to(np.eye(4)[1], logits.shape).copy()
    value, gradient = loss.value_and_gradient(logits, truth)
    along = -4 * (x[:, None] - np.arange(4))
    return x, "class predicted, where 1 is true", value, (gradient * along).sum(axis=-1)


def _of_prediction(label: str, truth: float) -> Callable[[Any], Curve]:
    def curve(loss: Any) -> Curve:
        x = np.linspace(-2, 4, _POINTS)
        return x, label, *loss.value_and_gradient(x, np.full(_POINTS, truth))

    return curve


def _of_mean_and_variance(loss: Any) -> Curve:
    x = np.linspace(-3, 5, _POINTS)
    predictions = np.stack([0 * x, x], axis=-1)
    value, gradient = loss.value_and_gradient(predictions, np.full(_POINTS, 2.0))
    return x, "log-variance, where the error is 2", value, gradient[:, 1]


def _of_pair(loss: Any) -> Curve:
    degrees = np.linspace(1, 179, _POINTS)
    radians = np.radians(degrees)
    still = np.zeros_like(radians)
    first = np.stack([np.cos(radians), np.sin(radians), still], axis=-1)
    own, other = (np.broadcast_to(np.asarray(row), first.shape) for row in ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    if loss.facts.truth == "keys":
        value = loss(np.stack([first, other], axis=1), np.stack([own, other], axis=1), temperature=0.5)
    else:
        truth = [2, 3, 0, 1] if loss.facts.truth == "partners" else [0, 1, 0, 1]
        truths = np.broadcast_to(np.asarray(truth), (_POINTS, 4)).copy()
        value = loss(np.stack([first, other, own, other], axis=1), truths, temperature=0.5)
    return degrees, "angle of a pair, degrees", value[:, 0], np.gradient(value[:, 0], radians)


_CURVES: dict[str, Callable[[Any], Curve]] = {
    "logits": _of_margin,
    "logits of evidence": _of_margin,
    "logits of given norms": _of_angle,
    "logit": _of_logit,
    "cosines": _of_angle,
    "embeddings": _of_pair,
    "cumulative logits": _of_thresholds,
    "conditional logits": _of_thresholds,
    "ordinal logits": _of_ranks,
    "mean": _of_prediction("prediction, where 1 is true", 1.0),
    "log-rate": _of_prediction("logarithm of the rate, where 3 were counted", 3.0),
    "mean and log-variance": _of_mean_and_variance,
}
