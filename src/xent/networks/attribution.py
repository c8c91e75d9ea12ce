"""
Attribution of a network's outputs to its features, by integrated gradients.

Source: Sundararajan, M., Taly, A., Yan, Q. (2017). Axiomatic attribution for deep networks. ICML, equation 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["integrated_gradients"]

Array = NDArray[np.float64]

# Points of the midpoint rule; rectifiers make the gradient a step function of few steps.
_POINTS = 64


def integrated_gradients(model: Any, rows: Array) -> Array:
    """
    Attribution of the evidence for class k to each feature, at row k relative to the training mean, (K, p).

    Each row of the result sums to the evidence at row k minus that at the training rows' mean, the mean of
    ``model.standardisation_``, but for the error of the midpoint rule with 64 points.
    With K outputs, the evidence is output k minus the mean of all outputs: a softmax ignores what raises
    every output alike. With K - 1 outputs, output j separating the classes above j from those up to j, it is
    the sum of the outputs below k minus output k; so with one output o of two classes it is -o for the first
    class and o for the second, each at the row of its own class.

    Parameters
    ----------
    model : NeuralClassifier
        Fitted network with K or K - 1 outputs; of several members, outputs are averaged.
    rows : ndarray of shape (K, p)
        A row for each class, of features that are not standardised.

    Raises
    ------
    DomainError
        If a feature lies so far from its mean that single precision cannot hold it.
    """
    features = model.standardisation_(rows, caller="NeuralClassifier")
    network = model.module_.eval()
    device = next((each.device for each in network.parameters()), None)
    found = np.empty(rows.shape)
    shares = (torch.arange(_POINTS, dtype=torch.float32) + 0.5) / _POINTS
    for k, row in enumerate(features):
        # Standardised, the mean of the training rows is 0.
        path = (shares[:, None] * row).to(device).requires_grad_(True)
        outputs = network(path)
        # Of several members, the mean.
        outputs = outputs.mean(dim=1) if outputs.ndim == 3 else outputs
        whole = outputs.shape[1] == len(rows)
        evidence = (outputs[:, k] - outputs.mean(dim=1)).sum() if whole else _of_events(outputs, k)
        (gradient,) = torch.autograd.grad(evidence, path)
        found[k] = (gradient.mean(dim=0).cpu() * row).numpy()
    return found


def _of_events(outputs: torch.Tensor, k: int) -> torch.Tensor:
    """
    Evidence for class `k` at each point, summed: outputs below `k` less output `k`, if there is one.

    Output j of `outputs`, (points, K - 1), tells classes from j + 1 on from those up to j.
    """
    before, after = outputs[:, :k].sum(), outputs[:, k : k + 1].sum()
    return before - after
