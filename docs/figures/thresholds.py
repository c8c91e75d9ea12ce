"""Expected cost of two decisions over the probability, for two tables of costs."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, SQUARED_ERROR, panels

q = np.linspace(0, 1, 201)
_, axes = panels(2, width=3.5)
for axis, (title, missed, alarm) in zip(
    axes, (("equal costs", 1, 1), ("a miss costs ten false alarms", 10, 1)), strict=True
):
    axis.plot(q, missed * q, color=SQUARED_ERROR, linestyle="--", label="say negative")
    axis.plot(q, alarm * (1 - q), color=CROSS_ENTROPY, label="say positive")
    crossing = alarm / (alarm + missed)
    axis.axvline(crossing, color="black", linewidth=0.8, linestyle=":")
    axis.annotate(f"{crossing:.3g}", (crossing, 0), textcoords="offset points", xytext=(4, 4), fontsize=8)
    axis.set(xlabel="probability of the positive class", title=title, ylim=(0, 1.5), xlim=(0, 1))
    axis.legend(frameon=False, fontsize=8)
axes[0].set_ylabel("expected cost")
