"""Multilayer perceptrons, one or several side by side: linear layers, with rectifiers and dropout between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from xent.arrays import checked_integer
from xent.networks.member_layers import MemberLinear, NumberEmbedding

__all__ = ["Perceptron", "Perceptrons", "hidden_layer", "perceptron"]

# Up to so many features a row has several members and embeddings, whose cost grows with the features.
_NARROW = 256
_MEMBERS = 8


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
    members : int or None
        Networks that are trained side by side; None means 8 for up to 256 features, else 1.
    embedding : bool or None
        True to embed each number first; None means True for up to 256 features.
    """

    hidden: tuple[int, ...] = (128, 64)
    dropout: float = 0.3
    members: int | None = 1
    embedding: bool | None = False

    def __call__(self, n_features: int, n_outputs: int) -> nn.Module:
        """
        Network for rows of `n_features`, of random weights, whose last layer is ``head``.

        It is a `Perceptrons` for several members or an embedding, else an `nn.Sequential`. Where these are
        None, up to 256 features get 8 members and an embedding, and more one member without.
        """
        narrow = n_features <= _NARROW
        members = (_MEMBERS if narrow else 1) if self.members is None else self.members
        embedded = narrow if self.embedding is None else self.embedding
        if members > 1 or embedded:
            return Perceptrons(self, members, n_features, n_outputs, embedded=embedded)
        network = nn.Sequential()
        width = n_features
        for place, size in enumerate(self.hidden):
            network.add_module(f"hidden{place}", hidden_layer(nn.Linear(width, size), self.dropout))
            width = size
        network.add_module("head", nn.Linear(width, n_outputs))
        return network


def perceptron(
    hidden: Iterable[int] = (128, 64),
    *,
    dropout: float = 0.3,
    members: int | None = None,
    embedding: bool | None = None,
) -> Perceptron:
    """
    Multilayer perceptron for ``NeuralClassifier(module=...)``, the network that `hidden` gives by itself.

    Parameters
    ----------
    hidden : iterable of int
        Width of each hidden layer.
    dropout : float
        Share of the units of each hidden layer that a training step leaves out, not checked here.
    members : int, optional
        Networks that are trained side by side, whose mean probabilities are the prediction; None means 8 for
        up to 256 features, else 1.
    embedding : bool, optional
        True to embed each number by periodic functions first; None means True for up to 256 features.

    Returns
    -------
    Perceptron
        Function from the numbers of features and outputs to a network.

    Raises
    ------
    DTypeError, DomainError
        If `members` or an entry of `hidden` is no integer, or below 1.
    """
    if members is not None:
        members = checked_integer(members, "members", least=1, caller="perceptron")
    widths = tuple(checked_integer(each, "hidden", least=1, caller="perceptron") for each in hidden)
    return Perceptron(widths, dropout, members, embedding)


class Perceptrons(nn.Module):
    """Perceptrons side by side, of outputs (n, members, K), that share an embedding of the numbers."""

    def __init__(
        self, plan: Perceptron, members: int, n_features: int, n_outputs: int, *, embedded: bool
    ) -> None:
        super().__init__()
        self.embedding = NumberEmbedding(n_features) if embedded else None
        width = NumberEmbedding.width(n_features) if embedded else n_features
        self.members = members
        self.hidden = nn.ModuleList()
        for size in plan.hidden:
            self.hidden.append(MemberLinear(members, width, size))
            width = size
        self.dropout = nn.Dropout(plan.dropout)
        self.head = MemberLinear(members, width, n_outputs)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """
        Outputs of every member, (n, members, outputs), for rows of standardised features, (n, features).

        All members see the same rows; dropout, in training alone, differs between them.
        """
        rows = features if self.embedding is None else self.embedding(features)
        rows = rows.expand(self.members, *rows.shape)
        for layer in self.hidden:
            rows = self.dropout(torch.relu(layer(rows)))
        outputs: torch.Tensor = self.head(rows)
        return outputs.transpose(0, 1)

    def member(self, number: int) -> nn.Sequential:
        """
        Member `number`, from 0, as a network of its own from (n, features) to (n, outputs), whose last layer
        is ``head``.

        Its weights are copies on the CPU, but the embedding is that of all members, not a copy. It has no
        dropout. The head must be linear, not one of cosines, which is not checked.
        """
        network = nn.Sequential()
        if self.embedding is not None:
            network.add_module("embedding", self.embedding)
        layer: Any
        for place, layer in enumerate(self.hidden):
            network.add_module(f"hidden{place}", nn.Sequential(layer.of(number), nn.ReLU()))
        network.add_module("head", self.head.of(number))
        return network


def hidden_layer(linear: nn.Linear | nn.Conv1d, dropout: float) -> nn.Sequential:
    """
    Layer `linear`, then a rectifier and dropout of the share `dropout`.

    The weights of `linear` are replaced by random ones of He, which suit rectifiers, and its bias by 0.
    """
    nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
    if linear.bias is not None:
        nn.init.zeros_(linear.bias)
    return nn.Sequential(linear, nn.ReLU(), nn.Dropout(dropout))
