"""The loss of a label that leads, in 32 bits, by three computations."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, MUTED, SQUARED_ERROR, panels
from xent.losses import softmax_cross_entropy

lead = np.linspace(0, 40, 161, dtype=np.float32)
logits = np.stack([lead, 0 * lead], axis=1)
shifted = np.exp(logits - lead[:, None])
usual = np.log(shifted.sum(axis=1)) + lead - lead
exact = softmax_cross_entropy(logits, np.zeros(len(lead), dtype=int))

_, (axis,) = panels(1, width=6.4, height=2.8)
axis.semilogy(lead, np.log1p(np.exp(-lead.astype(float))), color=MUTED, linewidth=5, label="true value")
axis.semilogy(lead, exact, color=CROSS_ENTROPY, label="xent, 32 bits")
axis.semilogy(
    lead[usual > 0], usual[usual > 0], "--", color=SQUARED_ERROR, label="log-sum-exp, 32 bits: then exactly 0"
)
axis.axvline(float(lead[usual > 0][-1]), color=SQUARED_ERROR, linewidth=0.8, linestyle=":")
axis.set(xlabel="lead of the label's logit", ylabel="loss, nats")
axis.legend(frameon=False, fontsize=8)
