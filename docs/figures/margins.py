"""Features of two dimensions that one network learns for five digits under three losses."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits

from docs.figures.style import panels
from xent.losses import cosface, normalized_softmax, softmax_cross_entropy

Loss = Callable[[Any, Any], Any]
STEPS = 600
torch.set_num_threads(1)  # the arrays are too small for more
images, digits = load_digits(n_class=5, return_X_y=True)
x = torch.tensor(images / 16, dtype=torch.float32)
y = torch.tensor(digits)


def features_after_training(loss: Loss, *, cosine: bool) -> np.ndarray:
    """Features of all digits after `STEPS` steps of Adam, of shape (n, 2)."""
    torch.manual_seed(0)
    body = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
    directions = torch.nn.Parameter(torch.randn(5, 2))
    optimizer = torch.optim.Adam([*body.parameters(), directions], lr=0.01)
    unit = torch.nn.functional.normalize
    for _ in range(STEPS):
        optimizer.zero_grad()
        feature = body(x)
        logits = unit(feature) @ unit(directions).T if cosine else feature @ directions.T
        loss(logits, y).mean().backward()
        optimizer.step()
    with torch.no_grad():
        return body(x).numpy()


cases = (
    ("cross-entropy", softmax_cross_entropy, False),
    ("cosines, no margin", lambda z, t: normalized_softmax(z, t, scale=8.0), True),
    ("AM-Softmax (cosface)", lambda z, t: cosface(z, t, scale=8.0, margin=0.35), True),
)
_, axes = panels(3, width=2.7, height=2.9)
for axis, (title, loss, cosine) in zip(axes, cases, strict=True):
    feature = features_after_training(loss, cosine=cosine)
    direction = feature / np.linalg.norm(feature, axis=1, keepdims=True)
    spread = np.mean([1 - np.linalg.norm(direction[digits == digit].mean(axis=0)) for digit in range(5)])
    for digit in range(5):
        axis.plot(*feature[digits == digit].T, ".", markersize=2, alpha=0.6)
    axis.set(title=f"{title}\nangular spread {spread:.4f}", xticks=[], yticks=[])
    axis.set_aspect("equal", adjustable="datalim")
    axis.title.set_fontsize(9)
