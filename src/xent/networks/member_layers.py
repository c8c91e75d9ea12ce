"""
Layers of several networks that are trained side by side, and the embedding of numbers that they share.

Rows have the shape (members, n, width) inside, so that one matrix product does the work of all members.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

__all__ = ["MemberCosines", "MemberLinear", "NumberEmbedding"]

# Frequencies of a number and the width of what is made of them, without the number itself; the standard
# deviation of the frequencies is that of the default of Holzmüller et al. (2024).
_FREQUENCIES, _MADE = 16, 3
_DEVIATION = 0.1


class NumberEmbedding(nn.Module):
    r"""
    Each number x beside linear maps of :math:`\cos(2 \pi f x + b)`, with its own frequencies f and phases b.

    Sources: Gorishniy, Y., Rubachev, I. and Babenko, A. (2022). On embeddings for numerical features in
    tabular deep learning. NeurIPS. Holzmüller, D., Grinsztajn, L. and Steinwart, I. (2024). Better by
    default: strong pre-tuned MLPs and boosted trees on tabular data. NeurIPS; from there the phases.
    """

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.frequency = nn.Parameter(_DEVIATION * torch.randn(n_features, _FREQUENCIES))
        self.phase_bias = nn.Parameter(math.pi * (2 * torch.rand(n_features, _FREQUENCIES) - 1))
        self.weight = nn.Parameter((2 * torch.rand(n_features, _FREQUENCIES, _MADE) - 1) / _FREQUENCIES**0.5)
        self.bias = nn.Parameter(torch.zeros(n_features, _MADE))

    @staticmethod
    def width(n_features: int) -> int:
        """
        Width of a row of `n_features` numbers with their embeddings: 4 for each, the number itself among
        them.
        """
        return n_features * (_MADE + 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """
        Each feature followed by its embedding of three numbers, (n, 4 p), for rows of p features, (n,
        p).
        """
        waves = torch.cos(2 * math.pi * features[:, :, None] * self.frequency + self.phase_bias)
        made = torch.einsum("npf,pfd->npd", waves, self.weight) + self.bias
        return torch.cat([features[:, :, None], made], dim=2).flatten(1)


class MemberLinear(nn.Module):
    """Linear map of each member, with He's random initial weights and biases of 0."""

    def __init__(self, members: int, n_inputs: int, n_outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, n_inputs, n_outputs) * (2 / max(n_inputs, 1)) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(members, n_outputs))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Outputs of each member, (members, n, outputs), for its own rows, (members, n, inputs)."""
        return torch.baddbmm(self.bias[:, None, :], rows, self.weight)

    def of(self, member: int) -> nn.Linear:
        """Copy of the affine map of the `member`, from 0, as a layer of its own, in float32 on the CPU."""
        found = nn.Linear(self.weight.shape[1], self.weight.shape[2])
        with torch.no_grad():
            found.weight.copy_(self.weight[member].T)
            found.bias.copy_(self.bias[member])
        return found


class MemberCosines(nn.Module):
    """Cosines of the rows of each member with a vector for each class, at first a random one."""

    def __init__(self, members: int, n_inputs: int, n_outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, n_inputs, n_outputs) / n_inputs**0.5)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """
        Cosines, (members, n, outputs), of each member's own rows, (members, n, inputs), with its class
        vectors.
        """
        return torch.bmm(functional.normalize(rows, dim=2), functional.normalize(self.weight, dim=1))
