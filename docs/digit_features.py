"""Features of two dimensions that one small network learns for five handwritten digits under a loss."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from xent.losses import cosface, softmax_cross_entropy

__all__ = ["MARGINS", "SCALES", "features_after_training", "networks", "rows_of_digits"]

Array = NDArray[Any]
Loss = Callable[[Any, Any], Any]

CLASSES = 5
STEPS = 600
MARGINS = (0, 0.1, 0.2, 0.3, 0.4, 0.5)
SCALES = (8, 16)
# Every third row is held out.
HELD_OUT = 3
MOST = 32767


def rows_of_digits() -> tuple[Array, Array]:
    """Pixels from 0 to 1, of shape (n, 64), and the digits 0 to 4 that they show."""
    images, digits = load_digits(n_class=CLASSES, return_X_y=True)
    return images / 16, digits


def features_after_training(
    loss: Loss, *, cosine: bool, training: Array | None = None
) -> tuple[Array, Array]:
    """
    Features of all digits after `STEPS` steps of Adam, of shape (n, 2), and the weights of the classes.

    Parameters
    ----------
    loss : callable
        Losses of logits, or of cosines if `cosine` is True, and labels.
    cosine : bool
        Whether the classes' logits are cosines between feature and weights instead of scalar products.
    training : array of shape (n,), optional
        True for the rows to train on; all by default.
    """
    import torch

    torch.set_num_threads(1)  # the arrays are too small for more
    images, digits = rows_of_digits()
    x, y = torch.tensor(images, dtype=torch.float32), torch.tensor(digits)
    kept = torch.ones(len(y), dtype=torch.bool) if training is None else torch.tensor(training)
    torch.manual_seed(0)
    body = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
    directions = torch.nn.Parameter(torch.randn(CLASSES, 2))
    optimizer = torch.optim.Adam([*body.parameters(), directions], lr=0.01)
    unit = torch.nn.functional.normalize
    for _ in range(STEPS):
        optimizer.zero_grad()
        feature = body(x[kept])
        logits = unit(feature) @ unit(directions).T if cosine else feature @ directions.T
        loss(logits, y[kept]).mean().backward()
        optimizer.step()
    with torch.no_grad():
        return body(x).numpy(), directions.numpy()


def networks() -> dict[str, Any]:
    """
    Features of the held-out digits under cross-entropy and under `cosface`, for the page of the lab.

    Returns
    -------
    dict
        Labels of the held-out rows and, by name, the features as whole numbers of 16 bits and the weights of
        the classes. A name is ``plain``, or scale and margin.
    """
    _, digits = rows_of_digits()
    held_out = np.arange(len(digits)) % HELD_OUT == 0

    def stored(loss: Loss, *, cosine: bool) -> dict[str, Any]:
        features, directions = features_after_training(loss, cosine=cosine, training=~held_out)
        shown = features[held_out]
        whole = np.round(shown / np.abs(shown).max() * MOST).astype("<i2")
        return {
            "features": base64.b64encode(whole.tobytes()).decode(),
            "directions": np.round(directions.astype(float), 4).tolist(),
        }

    found = {"plain": stored(softmax_cross_entropy, cosine=False)}
    for scale in SCALES:
        for margin in MARGINS:
            loss = cosface.__class__(margin=float(margin), scale=float(scale))
            found[f"{scale} {margin}"] = stored(loss, cosine=True)
    return {"labels": digits[held_out].tolist(), "networks": found}
