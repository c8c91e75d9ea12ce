"""Densities and their negative logarithms: a bell and its parabola, a probability and its surprisal."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, SQUARED_ERROR, panels

_, (gauss, bernoulli) = panels(2, width=3.5)
y = np.linspace(-3, 3, 301)
density = np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi)
gauss.plot(y, density, "--", color="0.5", label="density of N(f, 1)")
gauss.plot(
    y, -np.log(density) - 0.5 * np.log(2 * np.pi), color=SQUARED_ERROR, label="−log, less its constant"
)
gauss.set(xlabel="y − f(x)", title="Gaussian noise: ½(y − f)²", ylim=(0, 4.6))

a = np.linspace(0.01, 0.99, 300)
bernoulli.plot(a, a, "--", color="0.5", label="P(y = 1) = a")
bernoulli.plot(a, -np.log(a), color=CROSS_ENTROPY, label="y = 1: −log a")
bernoulli.plot(a, -np.log1p(-a), ":", color=CROSS_ENTROPY, label="y = 0: −log(1 − a)")
bernoulli.set(xlabel="answer a", title="Bernoulli: binary cross-entropy", ylim=(0, 4.6))
for axis in (gauss, bernoulli):
    axis.legend(frameon=False, fontsize=8)
