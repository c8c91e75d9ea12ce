"""Whole training of a network: from checked rows to the epoch that is kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from xent.networks.checkpoint import Checkpoint
from xent.networks.early_stopping import Ending
from xent.networks.epoch import Epoch
from xent.networks.member_layers import MemberLinear
from xent.networks.rows_of_network import Standardisation, blocks
from xent.networks.temperature_choice import TemperatureChoice, temperature_choice, without_temperature
from xent.networks.training import Training, outputs_of
from xent.networks.training_loss import TrainingLoss
from xent.networks.training_rows import Rows, TrainingRows
from xent.streams.progress import PassProgress

__all__ = ["Watch", "calibration_of", "class_mass", "new_network", "rows_of", "sample_of", "train"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Watch:
    """
    Callback and checkpoint of a training.

    Parameters
    ----------
    on_epoch : callable or None
        Called after each `Epoch` with it and the number of the last epoch if no later one is better.
    checkpoint : Path or None
        File that is written after each epoch.
    resume : bool
        True to continue from that file if it exists.
    on_progress : callable or None
        Called with a `PassProgress` within each pass over a stream.
    """

    on_epoch: Callable[[Epoch, int], None] | None = None
    checkpoint: Path | None = None
    resume: bool = False
    on_progress: Callable[[PassProgress], None] | None = None


def rows_of(  # noqa: PLR0917 - arrays, by position
    X: Any,
    codes: Codes,
    weights: Array,
    places: Codes,
    standard: Standardisation,
    device: torch.device,
    *,
    caller: str,
) -> Rows:
    """
    Rows of `X` at `places`, with `codes` and `weights`, (n,), of all rows of `X`, on `device`.

    Row i of the result is row ``places[i]`` of `X`. Dense features are standardised to single precision at
    once; sparse ones are kept as they are and standardised batch by batch. Raises `DomainError` for a feature
    that single precision cannot hold once standardised, of sparse rows when a batch is read.
    """
    of_rows = torch.from_numpy(codes[places].astype(np.int64)).to(device)
    weigh = torch.from_numpy(weights[places].astype(np.float32)).to(device)
    if not isinstance(X, np.ndarray):

        def read(batch: Any) -> torch.Tensor:
            return standard(X[places[batch]], caller=caller).to(device)

        return Rows(read, of_rows, weigh)
    features = torch.empty((len(places), X.shape[1]), dtype=torch.float32)
    for block in blocks(len(places)):
        features[block] = standard(X[places[block]], caller=caller)
    features = features.to(device)
    return Rows(lambda batch: features[batch], of_rows, weigh)


def train(  # noqa: PLR0917 - rows, by position
    training: Training,
    rows: TrainingRows,
    sample: Rows | None,
    held_out: Rows | None,
    ending: Ending,
    watch: Watch,
) -> BaseException | None:
    """
    Train to the end and put the best epoch's weights into the average of the weights, which is what is used.

    `rows` are trained on; `sample`, rows of them, or None, and `held_out`, or None, are judged after each
    epoch. `ending` says after which epoch the training ends. The checkpoint of `watch`, if any, is written
    after each epoch, and then `on_epoch` is called. With ``resume`` the state of an existing checkpoint is
    restored first; otherwise the first epoch overwrites it.

    Returns
    -------
    KeyboardInterrupt or None
        The interrupt that ended the training after at least one epoch; one before that is raised.

    Raises
    ------
    FloatingPointError
        If the objective of an epoch is not finite.
    DataError
        If the checkpoint to resume from is damaged or belongs to another training, or rows that are read in
        batches have changed since the scan.
    OutputError
        If the checkpoint cannot be written.
    """
    checkpoint = None if watch.checkpoint is None else Checkpoint.of(watch.checkpoint, training, rows)
    if checkpoint is not None and watch.resume:
        checkpoint.restore()
    interrupt = None
    try:
        while len(training.history) < ending.last(training.best_epoch) or not training.history:
            done = training.epoch(rows, sample, held_out)
            _check_finite(done, training)
            if checkpoint is not None:
                checkpoint.write()
            if watch.on_epoch is not None:
                watch.on_epoch(done, ending.last(training.best_epoch))
    except KeyboardInterrupt as error:
        if training.best is None:
            raise
        interrupt = error
    if training.best is not None:
        training.average.load_state_dict(training.best)
    return interrupt


def new_network(
    factory: Callable[[int, int], nn.Module],
    n_features: int,
    loss: TrainingLoss,
    mass: Array,
) -> nn.Module:
    """
    Network of `factory` for `loss`, whose first predictions are the shares of `mass`, (K,), where that is
    possible.

    That is so where the outputs of `loss` are logits of a softmax and the network has a linear layer ``head``
    with a bias: its weights become 0, the bias the logarithms of the shares. Others stay as `factory` makes
    them, but for a head of cosines if the loss needs it. A head with weights of 0 starts at the entropy of
    the classes, which random weights exceed.
    """
    network = factory(n_features, loss.n_outputs)
    loss.prepare(network)
    head = getattr(network, "head", None)
    if not loss.starts_at_frequencies or not isinstance(head, nn.Linear | MemberLinear):
        return network
    if head.bias is not None:
        nn.init.zeros_(head.weight)
        with torch.no_grad():
            head.bias.copy_(torch.from_numpy(np.log(mass / mass.sum())).expand_as(head.bias))
    return network


def class_mass(codes: Codes, weights: Array, n_classes: int) -> Array:
    """Weight of the rows of each class, (K,), plus half the mean weight of a row, so that no class has 0."""
    return np.asarray(np.bincount(codes, weights=weights, minlength=n_classes) + weights.mean() / 2)


def calibration_of(
    training: Training, held_out: Rows | None, groups: Codes | None, *, wanted: bool
) -> TemperatureChoice:
    """
    Temperature of the trained average, fitted to the rows held out from training, with a sentence of its
    reason.

    It is the identity if not `wanted`, or if `held_out` is None, or if a temperature does not lower the
    cross-fitted loss by more than its standard error, or these rows are fewer than 500 or of one group.
    `groups`, (held-out rows,), are those of the rows, or None.
    """
    if not wanted:
        return without_temperature("No temperature: none was requested.")
    if held_out is None:
        return without_temperature("No temperature: no rows were held out from training to fit one.")
    outputs = [outputs_of(training.average, held_out.features(block)) for block in blocks(len(held_out))]
    log_probs = training.loss.log_probs(torch.cat(outputs).cpu().double()).numpy()
    codes, weights = held_out.codes.cpu().numpy(), held_out.weights.cpu().double().numpy()
    return temperature_choice(log_probs, codes, weights, groups)


def sample_of(rows: Rows, count: int, seed: int) -> Rows:
    """
    At most `count` rows of `rows`, drawn by `seed` and in their order; the training loss is judged on
    them.
    """
    count = min(count, len(rows))
    places = np.sort(np.random.default_rng([seed, 0]).permutation(len(rows))[:count])
    chosen = torch.from_numpy(places).to(rows.codes.device)
    return Rows(lambda batch: rows.features(places[batch]), rows.codes[chosen], rows.weights[chosen])


def _check_finite(done: Epoch, training: Training) -> None:
    """Raise `FloatingPointError` if the objective of the epoch `done` is not finite."""
    if not math.isfinite(done.objective):
        rate = training.settings.learning_rate
        raise FloatingPointError(
            f"NeuralClassifier.fit: the loss is {done.objective} after epoch {done.number}. "
            f"A `learning_rate` below {rate:g} may help."
        )
