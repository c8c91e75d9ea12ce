"""The sigmoid, two losses over the logit, and the size of their slopes, for truth 1."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, MUTED, SQUARED_ERROR, panels
from xent.losses import sigmoid_cross_entropy, sigmoid_squared_error

z = np.linspace(-8, 8, 641)
y = np.ones_like(z)
sigmoid = 1 / (1 + np.exp(-z))

_, (curve, value, slope) = panels(3, width=2.9, height=2.7)
curve.plot(z, sigmoid, color="black", label="σ(z)")
curve.plot(z, sigmoid * (1 - sigmoid), "--", color=MUTED, label="σ′(z)")
curve.set(xlabel="logit z", title="answer")

half = 0.5 * sigmoid_squared_error(z, y)
value.plot(z, sigmoid_cross_entropy(z, y), color=CROSS_ENTROPY, label="cross-entropy")
value.plot(z, half, "--", color=SQUARED_ERROR, label="squared error, ½(a − 1)²")
value.set(xlabel="logit z", title="loss", ylim=(0, 8.2))

steepness = -0.5 * sigmoid_squared_error.gradient(z, y)
slope.plot(z, -sigmoid_cross_entropy.gradient(z, y), color=CROSS_ENTROPY)
slope.plot(z, steepness, "--", color=SQUARED_ERROR)
peak = int(np.argmax(steepness))
near = peak + int(np.argmin(np.abs(steepness[peak:] - 0.04)))
far = int(np.argmin(np.abs(steepness[:peak] - 0.04)))
for place, word in ((far, "far"), (near, "near")):
    slope.plot(z[place], steepness[place], "o", color=SQUARED_ERROR)
    slope.annotate(word, (z[place], steepness[place]), textcoords="offset points", xytext=(0, 8), ha="center")
slope.set(xlabel="logit z", title="size of the slope")
for axis in (curve, value):
    axis.legend(frameon=False, fontsize=8)
