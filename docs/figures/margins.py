"""Features of two dimensions that one network learns for five digits under three losses."""

import numpy as np

from docs.digit_features import features_after_training, rows_of_digits
from docs.figures.style import panels
from xent.losses import cosface, normalized_softmax, softmax_cross_entropy

_, digits = rows_of_digits()
cases = (
    ("cross-entropy", softmax_cross_entropy, False),
    ("cosines, no margin", lambda z, t: normalized_softmax(z, t, scale=8.0), True),
    ("AM-Softmax (cosface)", lambda z, t: cosface(z, t, scale=8.0, margin=0.35), True),
)
_, axes = panels(3, width=2.7, height=2.9)
for axis, (title, loss, cosine) in zip(axes, cases, strict=True):
    feature, _ = features_after_training(loss, cosine=cosine)
    direction = feature / np.linalg.norm(feature, axis=1, keepdims=True)
    spread = np.mean([1 - np.linalg.norm(direction[digits == digit].mean(axis=0)) for digit in range(5)])
    for digit in range(5):
        axis.plot(*feature[digits == digit].T, ".", markersize=2, alpha=0.6)
    axis.set(title=f"{title}\nangular spread {spread:.4f}", xticks=[], yticks=[])
    axis.set_aspect("equal", adjustable="datalim")
    axis.title.set_fontsize(9)
