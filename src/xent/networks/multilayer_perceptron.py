"""Multilayer perceptron: linear layers with rectifiers and dropout between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import nn

__all__ = ["Perceptron", "hidden_layer", "perceptron"]


@dataclass(frozen=True, slots=True)
class Perceptron:
    """
    Factory of multilayer perceptrons: a function of the numbers of features and outputs.

    Parameters
    ----------
    hidden : tuple of int
        Width of each hidden layer; none gives a linear model.
    dropout : float
        Share of the units of each hidden layer that a training step leaves out.
    """

    hidden: tuple[int, ...] = (128, 64)
    dropout: float = 0.3

    def __call__(self, n_features: int, n_outputs: int) -> nn.Module:
        """Build the network; its last layer is ``head``."""
        network = nn.Sequential()
        width = n_features
        for place, size in enumerate(self.hidden):
            network.add_module(f"hidden{place}", hidden_layer(nn.Linear(width, size), self.dropout))
            width = size
        network.add_module("head", nn.Linear(width, n_outputs))
        return network


def perceptron(hidden: Iterable[int] = (128, 64), *, dropout: float = 0.3) -> Perceptron:
    """
    Multilayer perceptron for ``NeuralClassifier(module=...)``, the network that `hidden` gives by itself.

    Parameters
    ----------
    hidden : iterable of int
        Width of each hidden layer.
    dropout : float
        Share of the units of each hidden layer that a training step leaves out.
    """
    return Perceptron(tuple(hidden), dropout)


def hidden_layer(linear: nn.Linear | nn.Conv1d, dropout: float) -> nn.Sequential:
    """Layer `linear` with He's initial weights, which suit rectifiers, then a rectifier and dropout."""
    nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
    if linear.bias is not None:
        nn.init.zeros_(linear.bias)
    return nn.Sequential(linear, nn.ReLU(), nn.Dropout(dropout))
