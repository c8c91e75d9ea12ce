"""A model that exaggerates threefold: reliability before and after a temperature, and both scores over it."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, MUTED, SQUARED_ERROR, panels
from xent.losses import softmax_cross_entropy

random = np.random.default_rng(0)
logits = random.normal(size=(20_000, 3))
shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
labels = (random.random((len(logits), 1)) > np.cumsum(shares, axis=1)).sum(axis=1)
sure = 3 * logits


def reliability(temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean confidence and share of right answers in ten bins of equal size."""
    probabilities = np.exp(sure / temperature)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    order = np.argsort(probabilities.max(axis=1))
    bins = np.array_split(order, 10)
    right = probabilities.argmax(axis=1) == labels
    return (
        np.array([probabilities.max(axis=1)[rows].mean() for rows in bins]),
        np.array([right[rows].mean() for rows in bins]),
    )


_, (diagram, scores) = panels(2, width=3.5)
diagram.plot([0.3, 1], [0.3, 1], color=MUTED, linewidth=1)
diagram.plot(*reliability(1.0), "s--", color=SQUARED_ERROR, label="T = 1: exaggerates")
diagram.plot(*reliability(3.0), "o-", color=CROSS_ENTROPY, label="T = 3: calibrated")
diagram.set(xlabel="confidence", ylabel="share that is right", aspect="equal")

temperatures = np.linspace(0.7, 6, 60)
mean = [float(softmax_cross_entropy.mean(sure, labels, temperature=float(t))) for t in temperatures]
scores.plot(temperatures, mean, color=CROSS_ENTROPY, label="cross-entropy, nats")
error = (sure.argmax(axis=1) != labels).mean()
scores.axhline(error, color=SQUARED_ERROR, linestyle="--", label="error rate")
scores.set(xlabel="temperature T", ylim=(0, None))
for axis in (diagram, scores):
    axis.legend(frameon=False, fontsize=8)
