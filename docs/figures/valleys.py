"""Two losses of five points over one weight: one valley, and two."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, SQUARED_ERROR, panels
from xent.losses import sigmoid_cross_entropy, sigmoid_squared_error

X = np.array([-9.0, -1, -2, -3, -1])
Y = np.array([1.0, 0, 0, 0, 1])
weights = np.linspace(-1, 2, 601)

_, axes = panels(2, width=3.5)
losses = (
    ("cross-entropy", sigmoid_cross_entropy, CROSS_ENTROPY, "-"),
    ("squared error", sigmoid_squared_error, SQUARED_ERROR, "--"),
)
for axis, (title, loss, colour, dash) in zip(axes, losses, strict=True):
    mean = np.array([np.mean(loss(w * X, Y)) for w in weights])
    lowest = np.flatnonzero((mean[1:-1] < mean[:-2]) & (mean[1:-1] < mean[2:])) + 1
    axis.plot(weights, mean, dash, color=colour)
    axis.plot(weights[lowest], mean[lowest], "o", color=colour)
    for place in lowest:
        axis.annotate(
            f"{weights[place]:.2f}", (weights[place], mean[place]), textcoords="offset points",
            xytext=(0, -14), ha="center", fontsize=8,
        )  # fmt: skip
    axis.set(xlabel="weight w", title=title)
    axis.margins(y=0.15)
axes[0].set_ylabel("mean loss of five points")
