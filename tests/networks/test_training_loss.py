"""Probabilities that a network's outputs mean, by their definitions, and the losses of its rows."""

import numpy as np
import pytest
import torch

from xent.losses import corn, cosface, evidential_cross_entropy, focal, sigmoid_cross_entropy
from xent.networks.training_loss import CosineHead, training_loss

OUTPUTS = np.random.default_rng(0).standard_normal((6, 3)) * 3
CODES = np.array([0, 1, 2, 0, 1, 2])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def conditional(z):
    """P(y > k | y >= k) of each threshold."""
    go = sigmoid(z)
    return np.stack([1 - go[:, 0], go[:, 0] * (1 - go[:, 1]), go[:, 0] * go[:, 1]], axis=1)


def evidence(z):
    concentration = 2 + np.log1p(np.exp(z)) - 1
    return concentration / concentration.sum(axis=1, keepdims=True)


DEFINITIONS = {
    "softmax_cross_entropy": ({}, 3, softmax),
    "kl_divergence_of_targets": ({}, 3, softmax),
    "cosface": ({"scale": 5.0}, 3, lambda z: softmax(5.0 * z)),
    "sigmoid_cross_entropy": ({}, 3, lambda z: sigmoid(z) / sigmoid(z).sum(axis=1, keepdims=True)),
    "corn": ({}, 2, lambda z: conditional(z[:, :2])),
    "evidential_cross_entropy": ({}, 3, evidence),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_outputs_mean_the_probabilities_of_their_loss(name):
    parameters, width, definition = DEFINITIONS[name]
    loss = training_loss(name, parameters, 3, caller="test")
    assert loss.n_outputs == width
    found = loss.log_probs(torch.from_numpy(OUTPUTS[:, :width])).numpy()
    assert found == pytest.approx(np.log(definition(OUTPUTS)), rel=1e-12)


def test_two_events_have_one_output():
    loss = training_loss("sigmoid_cross_entropy", None, 2, caller="test")
    assert loss.n_outputs == 1
    found = loss.log_probs(torch.from_numpy(OUTPUTS[:, :1])).numpy()
    yes = sigmoid(OUTPUTS[:, 0])
    assert found == pytest.approx(np.log(np.stack([1 - yes, yes], axis=1)), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "parameters", "width", "expected"),
    [
        ("focal", {"gamma": 3.0}, 3, lambda: focal(OUTPUTS, CODES, gamma=3.0)),
        ("corn", {}, 2, lambda: corn(OUTPUTS[:, :2], CODES)),
        ("evidential_cross_entropy", {}, 3, lambda: evidential_cross_entropy(OUTPUTS, CODES)),
        (
            "sigmoid_cross_entropy",
            {},
            3,
            lambda: sigmoid_cross_entropy(OUTPUTS, np.eye(3)[CODES]).sum(axis=1),
        ),
        ("softmax_cross_entropy", {}, 3, lambda: focal(OUTPUTS, CODES, gamma=0.0)),
    ],
)
def test_rows_have_the_losses_of_the_registry(name, parameters, width, expected):
    loss = training_loss(name, parameters, 3, caller="test")
    found = loss.values(torch.from_numpy(OUTPUTS[:, :width]), torch.from_numpy(CODES))
    wanted = np.asarray(expected())
    assert found.numpy() == pytest.approx(wanted if wanted.ndim == 1 else wanted.sum(axis=1), rel=1e-10)


def test_a_loss_of_cosines_gets_a_head_of_cosines():
    network = torch.nn.Sequential()
    network.add_module("head", torch.nn.Linear(4, 3))
    training_loss(cosface, None, 3, caller="test").prepare(network)
    assert isinstance(network.head, CosineHead)
    outputs = network(torch.randn(5, 4) * 100)
    assert outputs.abs().max() <= 1 + 1e-6
