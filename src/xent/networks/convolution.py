"""One-dimensional convolution over the samples of a signal, with further features beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from xent.arrays import checked_integer
from xent.errors import DomainError
from xent.networks.multilayer_perceptron import hidden_layer

__all__ = ["Signal", "signal"]


@dataclass(frozen=True, slots=True)
class Signal:
    """
    Factory of convolutions: a function of the numbers of features and outputs.

    Parameters
    ----------
    length : int or None
        Number of samples, the first features of a row; the other features go to the last layers directly.
        None means that all features are samples.
    channels : tuple of int
        Channels of each convolution; each but the first also halves the number of samples.
    width : int
        Samples that a convolution sees, an odd number.
    dropout : float
        Share of the units of the hidden layer that a training step leaves out.
    """

    length: int | None = None
    channels: tuple[int, ...] = (32, 64, 64)
    width: int = 7
    dropout: float = 0.3

    def __call__(self, n_features: int, n_outputs: int) -> nn.Module:
        """
        Network for rows of `n_features`, of random weights, whose last layer is ``head``.

        Raises `DomainError` if `length` is above `n_features`.
        """
        length = n_features if self.length is None else self.length
        if length > n_features:
            got = f"{length} for {n_features} features"
            raise DomainError("signal", "length", "be at most the number of features", got=got)
        return _SignalNetwork(self, length, n_features - length, n_outputs)


def signal(
    length: int | None = None,
    *,
    channels: Iterable[int] = (32, 64, 64),
    width: int = 7,
    dropout: float = 0.3,
) -> Signal:
    """
    One-dimensional convolution for ``NeuralClassifier(module=...)``, for rows that are signals.

    Parameters
    ----------
    length : int, optional
        Number of samples, which are the first features of a row, in order; further features, such as the
        intervals before and after a heartbeat, go to the last layers directly. None means all features. For
        fewer features the network cannot be made: the result raises `DomainError` when it is called.
    channels : iterable of int
        Channels of each convolution; each but the first also halves the number of samples, rounded up.
    width : int
        Samples that a convolution sees, an odd number.
    dropout : float
        Share of the units of the hidden layer that a training step leaves out, not checked here.

    Returns
    -------
    Signal
        Function from the numbers of features and outputs to a network.

    Raises
    ------
    DTypeError
        If `length`, `width` or an entry of `channels` is no integer.
    DomainError
        If `length` or an entry of `channels` is not positive, or `width` not odd.

    Examples
    --------
    >>> from xent.networks import signal
    >>> signal(128)(130, 15)(torch.zeros(4, 130)).shape
    torch.Size([4, 15])
    """
    if length is not None:
        length = checked_integer(length, "length", least=1, caller="signal")
    width = checked_integer(width, "width", caller="signal")
    channels = tuple(checked_integer(each, "channels", least=1, caller="signal") for each in channels)
    if width % 2 == 0 or width < 1:
        raise DomainError("signal", "width", "be an odd number >= 1", got=str(width))
    return Signal(length, channels, width, dropout)


class _SignalNetwork(nn.Module):
    """Convolutions, the mean and the largest value of each channel, one hidden layer, and ``head``."""

    def __init__(self, plan: Signal, length: int, n_others: int, n_outputs: int) -> None:
        super().__init__()
        self.length = length
        layers: list[nn.Module] = []
        channels = 1
        for place, size in enumerate(plan.channels):
            stride = 1 if place == 0 else 2
            convolution = nn.Conv1d(channels, size, plan.width, stride=stride, padding=plan.width // 2)
            layers.append(hidden_layer(convolution, 0.0))
            channels = size
        self.convolutions = nn.Sequential(*layers)
        self.mixing = hidden_layer(nn.Linear(2 * channels + n_others, 64), plan.dropout)
        self.head = nn.Linear(64, n_outputs)

    def forward(self, features: torch.Tensor) -> Any:
        """
        Outputs (n, outputs) for rows of features (n, p), the first `length` of which are the samples of a
        signal.
        """
        maps = self.convolutions(features[:, None, : self.length])
        summary = torch.cat([maps.mean(dim=2), maps.amax(dim=2), features[:, self.length :]], dim=1)
        return self.head(self.mixing(summary))
