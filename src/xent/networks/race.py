"""Descent of one network on two losses, cross-entropy and squared error, from a saturated start."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import torch
from torch import nn

from xent.lab.descent_race import DescentCurve, Race
from xent.networks.member_layers import MemberLinear
from xent.networks.multilayer_perceptron import Perceptrons
from xent.networks.neural_classifier import NeuralClassifier
from xent.networks.training import few_threads
from xent.torch import cross_entropy

__all__ = ["network_race"]

_STEPS = 200
_POINTS = 40
_MOST_ROWS = 500
_SHARPER = 4.0
_TRIAL_STEPS = 20


def network_race(model: NeuralClassifier, X: Any, codes: Any) -> Race | None:
    """
    Minimise both losses by 200 steps of gradient descent on at most 500 rows, from the same weights.

    The start is the fitted network with the outputs of the classes moved on by one and multiplied by 4: sure,
    and wrong. The step length is the same for both losses, the largest power of 2 at which the first steps
    lower the cross-entropy. Of several members the first one descends. None for a network without a linear
    ``head`` or with another loss than of logits.

    Rows count equally; of more than 500 in `X`, whose features are not yet standardised, as many are drawn at
    random, but always alike. `model` is not changed.
    """
    network = model.module_
    network = network.member(0) if isinstance(network, Perceptrons) and _is_linear(network) else network
    head = getattr(network, "head", None)
    if not isinstance(head, nn.Linear) or model._loss.outputs != "logits":  # noqa: SLF001 - same room
        return None
    rows = np.sort(np.random.default_rng(0).permutation(X.shape[0])[:_MOST_ROWS])
    features = model.standardisation_(X[rows], caller="NeuralClassifier")
    labels = torch.from_numpy(np.asarray(codes)[rows].astype(np.int64))
    start = copy.deepcopy(network).cpu().eval()
    with torch.no_grad():
        for each in start.head.parameters():  # type: ignore[union-attr] # checked above
            each.copy_(_SHARPER * each.roll(1, dims=0))
    with few_threads(start):
        length = _step_length(start, features, labels)
        curves = {
            loss: _descend(loss, copy.deepcopy(start), features, labels, length)
            for loss in ("cross_entropy", "squared_error")
        }
    return Race("wrong", len(rows), length, **curves)


def _is_linear(network: Perceptrons) -> bool:
    return isinstance(network.head, MemberLinear)


def _value(loss: str, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """
    Mean loss of the rows, differentiable: cross-entropy in nats for "cross_entropy".

    For any other `loss` it is half the squared error of the probabilities, summed over the classes.
    `outputs`, (rows, K), are logits, `labels`, (rows,), classes.
    """
    if loss == "cross_entropy":
        mean: Any = cross_entropy(outputs, labels)
        found: torch.Tensor = mean
        return found
    targets = nn.functional.one_hot(labels, outputs.shape[1])
    return 0.5 * ((torch.softmax(outputs, dim=1) - targets) ** 2).sum(dim=1).mean()


def _step_length(start: nn.Module, features: torch.Tensor, labels: torch.Tensor) -> float:
    """
    Largest power of 2 up to 1 with which each of the first steps of descent lowers the cross-entropy.

    It is 2**-19 if none does. `start` is not changed; `features` are standardised, (rows, p), and each step
    uses all rows.
    """
    for power in range(20):
        network, length = copy.deepcopy(start), 2.0**-power
        values = [_step("cross_entropy", network, features, labels, length)[0] for _ in range(_TRIAL_STEPS)]
        if all(math.isfinite(v) for v in values) and all(np.diff(values) < 0):
            break
    return length


def _step(
    loss: str, network: nn.Module, features: torch.Tensor, labels: torch.Tensor, length: float
) -> tuple[float, float, float]:
    """
    Cross-entropy in nats, share of errors and norm of the gradient of `loss`, all before the step.

    Then the parameters of `network` are changed by `length` times that gradient, downhill. `loss` is
    "cross_entropy", or any other name for half the squared error. All rows of `features`, (rows, p),
    standardised, count equally.
    """
    network.zero_grad()
    outputs = network(features)
    _value(loss, outputs, labels).backward()  # type: ignore[no-untyped-call] # torch's own
    norm = math.sqrt(sum(float((p.grad**2).sum()) for p in network.parameters() if p.grad is not None))
    with torch.no_grad():
        cost = float(_value("cross_entropy", outputs.double(), labels))
        error = float((outputs.argmax(dim=1) != labels).double().mean())
        for each in network.parameters():
            if each.grad is not None:
                each.sub_(each.grad, alpha=length)
    return cost, error, norm


def _descend(
    loss: str, network: nn.Module, features: torch.Tensor, labels: torch.Tensor, length: float
) -> DescentCurve:
    """
    Curve of 200 steps of gradient descent on `loss`; `network` is changed, and left after one step more.

    Recorded are the start and about thirty steps at about equal ratios, 200 among them: the number of steps
    made, cross-entropy in nats, share of errors and norm of the gradient of `loss`, each before the next
    step. `loss` is "cross_entropy" or "squared_error"; `length` is the factor of the gradient.
    """
    recorded = set(np.unique(np.geomspace(1, _STEPS, _POINTS).astype(int)).tolist()) | {0}
    rows = []
    for step in range(_STEPS + 1):
        found = _step(loss, network, features, labels, length)
        if step in recorded:
            rows.append((step, *found))
    return DescentCurve(loss, *zip(*rows, strict=True))
