"""Surprisal over probability; cross-entropy as the sum of entropy and divergence."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, SQUARED_ERROR, panels
from xent import measures

TRUTH = np.array([0.7, 0.2, 0.1])
MODELS = {
    "the truth\n(.7 .2 .1)": TRUTH,
    "near\n(.5 .3 .2)": np.array([0.5, 0.3, 0.2]),
    "uniform": np.full(3, 1 / 3),
    "wrong\n(.2 .3 .5)": np.array([0.2, 0.3, 0.5]),
}

_, (left, right) = panels(2, width=3.6)
p = np.linspace(0.002, 1, 400)
left.plot(p, measures.surprisal(p), color=CROSS_ENTROPY)
left.set(xlabel="probability of the outcome", ylabel="surprisal, nats", xlim=(0, 1), ylim=(0, 6.3))

entropy = measures.entropy(TRUTH)
for place, model in enumerate(MODELS.values()):
    right.bar(place, entropy, color=CROSS_ENTROPY, label="entropy" if place == 0 else None)
    divergence = measures.kl_divergence(TRUTH, model)
    right.bar(
        place, divergence, bottom=entropy, color=SQUARED_ERROR, hatch="//", edgecolor="white",
        label="KL divergence" if place == 1 else None,
    )  # fmt: skip
right.set(ylabel="cross-entropy, nats", xlabel="model")
right.set_xticks(range(len(MODELS)), MODELS, fontsize=8)
right.legend(frameon=False, fontsize=8)
