"""
Training of a network: epochs of AdamW, and a running average of the weights, which is what is kept.

The average over the last epochs (Polyak and Juditsky, 1992) does what a falling learning rate does, and
needs no number of epochs in advance. All randomness of an epoch comes from the seed and the epoch's number,
so that a training that is continued after any epoch takes the same steps as one that was never stopped.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from xent.networks.epoch import Epoch
from xent.networks.training_loss import TrainingLoss
from xent.networks.training_rows import TrainingRows

__all__ = ["Settings", "Training", "few_threads", "outputs_of", "seeded"]

# Up to so many parameters a second thread costs more than it gains, and sums do not depend on the machine.
_FEW_PARAMETERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Settings of a training.

    Parameters
    ----------
    learning_rate, weight_decay : float
        Step length, and shrinkage of the weights per unit of learning rate; biases are not shrunk.
    batch_size : int
        Rows of a step.
    averaged_epochs : float
        Epochs after which a step's part in the average has fallen to 1/e.
    seed : int
        Seed of initial weights, orders and dropout.
    """

    learning_rate: float
    weight_decay: float
    batch_size: int
    averaged_epochs: float
    seed: int


@dataclass(slots=True, eq=False)
class Training:
    """
    State of a training: the network, its running average, the optimiser, and the best epoch so far.

    Besides the parameters it has `average`, a network whose weights follow those of `network`; `steps` taken;
    `history`, an `Epoch` for each epoch; `best`, the weights of the average after epoch `best_epoch`, None
    and 0 before the first.

    Parameters
    ----------
    network : Module
        Network that is trained.
    loss : TrainingLoss
        Loss that is minimised.
    settings : Settings
        Settings.
    """

    network: nn.Module
    loss: TrainingLoss
    settings: Settings
    average: nn.Module = field(init=False)
    optimiser: torch.optim.Optimizer = field(init=False)
    steps: int = 0
    history: list[Epoch] = field(default_factory=list)
    best: dict[str, torch.Tensor] | None = None
    best_epoch: int = 0

    def __post_init__(self) -> None:
        self.average = copy.deepcopy(self.network)
        named = list(self.network.named_parameters())
        # Biases of several members are matrices.
        is_shrunk = [one.ndim > 1 and not name.endswith("bias") for name, one in named]
        shrunk = [one for (_, one), shrinks in zip(named, is_shrunk, strict=True) if shrinks]
        free = [one for (_, one), shrinks in zip(named, is_shrunk, strict=True) if not shrinks]
        decay = self.settings.weight_decay
        groups = [{"params": shrunk, "weight_decay": decay}, {"params": free, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(
            [one for one in groups if one["params"]], lr=self.settings.learning_rate, fused=True
        )

    def epoch(
        self, rows: TrainingRows, sample: TrainingRows | None = None, held_out: TrainingRows | None = None
    ) -> Epoch:
        """
        Take the steps of one epoch of `rows`, judge the average of the weights, and keep it if it is the best
        so far.

        It is the best if its loss of `held_out` is below that of the best so far, or that one alone is nan;
        the first epoch is in any case, and without held-out rows each is. The epoch that is returned, and
        added to `history`, has its number from 1, the mean of the minimised loss during the steps, and the
        mean cross-entropy in nats of `sample` and `held_out`, nan for None. A loss that is not finite is no
        error.
        """
        number = len(self.history) + 1
        with few_threads(self.network), seeded(self.settings.seed, number, self.device):
            objective = self._steps(rows, number)
            seen = math.nan if sample is None else self.cross_entropy(sample)
            unseen = math.nan if held_out is None else self.cross_entropy(held_out)
        done = Epoch(number, objective, seen, unseen)
        least = math.inf if self.best_epoch == 0 else self.history[self.best_epoch - 1].held_out
        self.history.append(done)
        # A loss of nan is above every other.
        is_least = unseen < least or (math.isnan(least) and not math.isnan(unseen))
        if held_out is None or is_least or self.best is None:
            self.best = {name: each.detach().clone() for name, each in self.average.state_dict().items()}
            self.best_epoch = number
        return done

    @property
    def device(self) -> torch.device:
        """Device of the network; the processor for a network without parameters."""
        return next((one.device for one in self.network.parameters()), torch.device("cpu"))

    def cross_entropy(self, rows: TrainingRows) -> float:
        """
        Weighted mean cross-entropy of the averaged network on `rows`, in nats, before any temperature.

        The loss that is minimised may be another. It is infinite or nan if the weights are.
        """
        total = 0.0
        for features, codes, weights in rows.in_order():
            log_probs = self.loss.log_probs(outputs_of(self.average, features).double())
            own = log_probs.gather(1, codes[:, None])[:, 0]
            total -= float((own * weights).sum())
        return total / rows.total_weight

    def _steps(self, rows: TrainingRows, number: int) -> float:
        """
        Weighted mean loss of the rows in epoch `number`, with a step for each batch that changes network and
        average.

        The loss is the minimised one, with dropout; that of a row is before the step of its batch. A last row
        left out of the batches counts 0. `number`, from 1, and the seed give the order.
        """
        self.network.train()
        total = torch.zeros((), dtype=torch.float64, device=self.device)
        # Weights are means of the whole, so that a light batch takes a short step.
        mean_weight = rows.total_weight / len(rows)
        size = self.settings.batch_size
        # Not kept from epoch to epoch: tensors of a pickled training would share no memory with its networks.
        pairs = self._pairs()
        for features, codes, weights in rows.shuffled(size, [self.settings.seed, number]):
            values = self.loss.values(self.network(features), codes)
            mean = (values * weights).sum() / (mean_weight * len(codes))
            self.optimiser.zero_grad(set_to_none=True)
            mean.backward()  # type: ignore[no-untyped-call] # torch's own
            self.optimiser.step()
            self._follow(pairs, math.ceil(len(rows) / size))
            total += mean.detach() * len(codes)
        return float(total) / len(rows)

    def _pairs(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """
        Tensors of the average's state, buffers included, each with the network's of the same name; none is a
        copy.
        """
        return list(zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True))

    @torch.no_grad()
    def _follow(self, pairs: list[tuple[torch.Tensor, torch.Tensor]], steps_of_epoch: int) -> None:
        """
        Move the average of the weights towards the network, just after a step, by a share of their
        difference.

        The share is 9/11 in the first step and falls to about 1 / (`averaged_epochs` * `steps_of_epoch`),
        where it stays. `pairs` holds tensors of the average, which are changed, each with that of the
        network; those that are not floating are copied. `steps` rises by 1 before.
        """
        self.steps += 1
        keep = math.exp(-1 / (self.settings.averaged_epochs * steps_of_epoch))
        # At first the average follows closely, so that it forgets the initial weights.
        share = 1 - min(keep, (1 + self.steps) / (10 + self.steps))
        for mine, theirs in pairs:
            if mine.is_floating_point():
                mine.lerp_(theirs, share)
            else:
                mine.copy_(theirs)


@torch.no_grad()
def outputs_of(network: nn.Module, features: torch.Tensor) -> torch.Tensor:
    """
    Outputs of `network` for rows of `features`, without dropout and gradients: the network is left in
    evaluation mode.
    """
    network.eval()
    outputs: torch.Tensor = network(features)
    return outputs


@contextmanager
def seeded(seed: int, number: int, device: torch.device) -> Iterator[None]:
    """
    Seed PyTorch's generators by two integers, `seed` and `number`, for the block.

    The state of the processor's generator, and of that of `device` if it is a CUDA device, is restored after
    the block; that of other devices is not.
    """
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0] >> 1))
        yield


@contextmanager
def few_threads(network: nn.Module) -> Iterator[None]:
    """
    Context in which PyTorch has one thread on the processor if `network` has fewer than a million parameters.

    For a larger network the number of threads stays; it is restored at the end.
    """
    before = torch.get_num_threads()
    small = sum(one.numel() for one in network.parameters()) < _FEW_PARAMETERS
    torch.set_num_threads(1 if small else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
