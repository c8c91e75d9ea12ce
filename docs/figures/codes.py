"""Mean code length as area: probability times length of the word, under two codes."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, SQUARED_ERROR, panels
from xent import measures

K1 = np.array([0.30, 0.25, 0.20, 0.10, 0.10, 0.05])
K2 = np.array([0.05, 0.20, 0.25, 0.15, 0.20, 0.15])

_, axes = panels(2, width=3.5)
cases = (("code of K1, source K2", K1, SQUARED_ERROR), ("code of K2, source K2", K2, CROSS_ENTROPY))
for axis, (title, code, colour) in zip(axes, cases, strict=True):
    left = np.concatenate([[0.0], np.cumsum(K2)[:-1]])
    axis.bar(left, -np.log2(code), width=K2, align="edge", color=colour, edgecolor="white")
    mean = measures.cross_entropy(K2, code, base=2)
    axis.axhline(mean, color="black", linewidth=1, linestyle="--")
    axis.text(0.02, mean + 0.06, f"mean {mean:.3f} bits", fontsize=8)
    axis.set(xlabel="outcomes, as wide as their probability", title=title, xlim=(0, 1), ylim=(0, 4.6))
axes[0].set_ylabel("length of the word, bits")
