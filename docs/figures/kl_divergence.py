"""A normal distribution fitted to two peaks by each direction of the divergence."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, MUTED, SQUARED_ERROR, panels
from xent import measures

x = np.linspace(-6, 6, 241)


def bell(mean: float, width: float) -> np.ndarray:
    """Probabilities of the points of `x`, proportional to a normal density."""
    density = np.exp(-(((x - mean) / width) ** 2) / 2)
    return density / density.sum()


truth = 0.6 * bell(-2, 0.6) + 0.4 * bell(2, 0.8)
truth = truth / truth.sum()
models = [bell(mean, width) for mean in np.linspace(-3, 3, 25) for width in np.linspace(0.4, 4, 19)]
covering = min(models, key=lambda model: measures.kl_divergence(truth, model, normalize=True))
seeking = min(models, key=lambda model: measures.kl_divergence(model, truth, normalize=True))

_, (axis,) = panels(1, width=6.4, height=2.8)
axis.fill_between(x, truth, color="0.88")
axis.plot(x, truth, color=MUTED, label="truth p")
axis.plot(x, covering, color=CROSS_ENTROPY, label="least KL(p ‖ q): covers")
axis.plot(x, seeking, "--", color=SQUARED_ERROR, label="least KL(q ‖ p): keeps to one peak")
axis.set(xlabel="outcome", yticks=[])
axis.legend(frameon=False, fontsize=8)
