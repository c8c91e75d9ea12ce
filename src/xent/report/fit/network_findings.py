"""Findings about a network: its training, and its choice against a linear model."""

from __future__ import annotations

from dataclasses import dataclass

from xent.scoring.estimate import Estimate

__all__ = ["EpochFinding", "ModelChoice", "NetworkTraining"]


@dataclass(frozen=True, slots=True)
class EpochFinding:
    """Cross-entropy in nats after epoch `number`, of rows trained on and of rows held out; nan for none."""

    number: int
    cross_entropy: float
    held_out: float


@dataclass(frozen=True, slots=True)
class NetworkTraining:
    """
    Summary of the training of a network, in the place of `Training`.

    Parameters
    ----------
    epochs : tuple of EpochFinding
        Losses after every epoch.
    best_epoch : int
        Epoch whose weights were kept.
    held_out_rows : int
        Training rows that were held out to end the training; 0 if it had a given number of epochs.
    interrupted : bool
        True if an interrupt ended the training.
    loss : str
        Loss that was minimised.
    weights : int
        Number of weights and biases.
    device : str
        Device of the training.
    calibration : str
        Sentence on the temperature.
    cross_entropy : float
        Mean cross-entropy of the rows trained on, in nats.
    error : float
        Share of the training rows that are misclassified.
    """

    epochs: tuple[EpochFinding, ...]
    best_epoch: int
    held_out_rows: int
    interrupted: bool
    loss: str
    weights: int
    device: str
    calibration: str
    cross_entropy: float
    error: float


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """
    Linear model and network compared on the same cross-validated training rows.

    Parameters
    ----------
    chosen : str
        ``"linear"`` or ``"network"``: the network only if the whole interval of `difference` is below 0.
    rows, folds : int
        Rows compared, and folds.
    linear, network : float
        Mean cross-entropy of each in nats.
    difference : Estimate
        That of the network minus that of the linear model, by the differences of the rows.
    """

    chosen: str
    rows: int
    folds: int
    linear: float
    network: float
    difference: Estimate
