"""Sentences about a network and its choice, in ASCII."""

from __future__ import annotations

import math

from xent.drawing.number_format import Notation, count, counted
from xent.report.fit.network_findings import ModelChoice, NetworkTraining

__all__ = ["ending", "model_choice", "not_certified", "structure"]


def not_certified(training: NetworkTraining) -> str:
    """
    Sentence, the same for every network, on the certificate that a linear model has and a network has
    not.
    """
    del training
    return (
        "Not certified: the loss of a network is not convex in its weights, so no bound tells how far it is "
        "from a minimum, another seed ends at other weights, and there are no intervals of coefficients."
    )


def ending(training: NetworkTraining, notation: Notation) -> str:
    """
    Sentence on the epoch that was kept and the end of the training; `notation` writes numbers.

    After an interrupt it names the best epoch so far. With held-out rows it has the kept epoch, its loss on
    these rows in nats, their number, and that later epochs were no better, or that it is the last one and
    none was better. Without held-out rows it names no kept epoch, but the causes that there may be: too few
    rows or groups, or a given number of epochs.
    """
    epochs = counted(len(training.epochs), "epoch")
    if training.interrupted:
        kept = f"the best so far, epoch {training.best_epoch}, was kept"
        return f"The training was interrupted after {epochs}; {kept}."
    if not training.held_out_rows:
        reason = "there are too few, or too few groups, or the number of epochs was given"
        return f"Trained for {epochs}; no rows were held out to choose one: {reason}."
    best = training.epochs[training.best_epoch - 1]
    rest = "later epochs were no better"
    if training.best_epoch == len(training.epochs):
        rest = "it is the last one, and none was better"
    return (
        f"Epoch {training.best_epoch} of {count(len(training.epochs))} was kept, at "
        f"{notation(best.held_out)} nats on {counted(training.held_out_rows, 'row')} held out from training "
        f"for this; {rest}."
    )


def structure(training: NetworkTraining) -> str:
    """Sentence on the number of weights, the loss function and the device, and the one on the temperature."""
    loss = training.loss.replace("cross_entropy", "cross-entropy").replace("_", " ")
    device = "the CPU" if training.device == "cpu" else training.device
    return f"{count(training.weights)} weights, trained by {loss} on {device}. {training.calibration}"


def model_choice(choice: ModelChoice, notation: Notation) -> str:
    """
    Sentence on the comparison of the linear model and the network, whose winner was fitted; `notation` writes
    numbers.

    It is a tie, won by the linear model, if the 95 % interval of the difference holds 0; an infinite or
    unknown difference is none to measure.
    """
    ends = choice.difference
    name = "network" if choice.chosen == "network" else "linear model"
    costs = (
        f"Cross-validated on {counted(choice.rows, 'row')} in {counted(choice.folds, 'fold')}, the linear "
        f"model costs {notation(choice.linear)} nats and the network {notation(choice.network)}"
    )
    gain = abs(ends.value)
    sides = sorted((abs(ends.low), abs(ends.high)))
    if ends.high < 0 or ends.low > 0:
        span = f"{notation(gain)} nats, 95 % interval {notation(sides[0])} to {notation(sides[1])}"
        return f"{costs}: the {name} wins by {span}, and was fitted."
    if not math.isfinite(ends.value):
        return f"{costs}: no difference can be measured, so the simpler linear model was fitted."
    signs = f"{notation(ends.low)} to {notation(ends.high)}"
    return (
        f"{costs}; the 95 % interval of the difference, {signs} nats, holds 0: a tie, which the simpler "
        "linear model wins."
    )
