"""Training of a `NeuralClassifier`, from its parameters and rows to the attributes of the fitted one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from xent.errors import DomainError
from xent.networks.early_stopping import Ending
from xent.networks.neural_fit import Watch, calibration_of, class_mass, new_network, train
from xent.networks.parameters import device_of, network_factory, rows_of_a_step
from xent.networks.rows_of_network import Standardisation, standardisation
from xent.networks.training import Settings, Training, few_threads, seeded
from xent.networks.training_loss import training_loss
from xent.networks.training_rows import Rows, TrainingRows

__all__ = ["earlier_network", "keep", "new_training", "trained", "training_of_rows"]

Array = NDArray[np.float64]

_AVERAGED_EPOCHS = 5.0


def earlier_network(model: Any, classes: NDArray[Any], n_features: int) -> Any:
    """
    Network of `model` to start from if `warm_start` is True and it had the same `classes` and number of
    features, else None.

    Classes must have the same order. State of `partial_fit` that `model` holds is dropped in any case. Layers
    are not compared here.
    """
    model.__dict__.pop("_ongoing", None)
    if not (model.warm_start and hasattr(model, "module_")):
        return None
    fits = np.array_equal(classes, model.classes_) and len(model.standardisation_.mean) == n_features
    return model.module_ if fits else None


def training_of_rows(  # noqa: PLR0917 - arrays, by position
    model: Any,
    X: Any,
    codes: Any,
    weights: Array,
    places: Any,
    classes: NDArray[Any],
    seed: int,
    earlier: Any,
    *,
    caller: str,
) -> Training:
    """
    State before the first epoch of the rows of `X` at `places`: a new network, or one with the weights of
    `earlier`.

    `codes` and `weights` are those of all rows of `X`, `classes` all classes. Features are standardised as
    `model` did before if `earlier` is not None, else by the rows at `places`. Sets attributes of `model` and
    raises errors as `new_training`.
    """
    standard = model.standardisation_ if earlier is not None else standardisation(X[places], weights[places])
    mass = class_mass(codes[places], weights[places], len(classes))
    return new_training(model, standard, mass, len(places), classes, seed, earlier, caller=caller)


def new_training(  # noqa: PLR0917 - arrays, by position
    model: Any,
    standard: Standardisation,
    mass: Array,
    n: int,
    classes: NDArray[Any],
    seed: int,
    earlier: Any,
    *,
    caller: str,
) -> Training:
    """
    State before the first epoch of `n` rows: a new network, or the weights of `earlier` if it is not None.

    `standard` maps the features; `mass`, (K,), all above 0, is the weight of each of `classes`, whose shares
    are the first predictions of a new network if the loss takes logits. `seed` draws its first weights and,
    for `earlier` too, orders of rows and dropout. At the end `standardisation_`, `classes_` and the loss of
    `model` are set, which predictions need besides the network, and without `earlier` its network is dropped.
    Raises `DomainError` for an invalid loss and an `earlier` of other layers, `ParameterError` or
    `DTypeError` for a parameter that the loss does not have or of another kind, and `BackendError` for a
    device that is not there.
    """
    loss = training_loss(model.loss, model.loss_parameters, len(classes), caller=caller)
    device = device_of(model.device, caller=caller)
    with seeded(seed, 0, device):
        network = new_network(network_factory(model), len(standard.mean), loss, mass)
    if earlier is not None:
        _take_weights(network, earlier, caller=caller)
    else:
        # A training that fails must not leave the network of other classes and features.
        model.__dict__.pop("module_", None)
    model.standardisation_, model.classes_ = standard, classes
    settings = Settings(
        learning_rate=float(model.learning_rate),
        weight_decay=float(model.weight_decay),
        batch_size=rows_of_a_step(model, n),
        averaged_epochs=_AVERAGED_EPOCHS,
        seed=seed,
    )
    return Training(network.to(device), loss, settings)


def _take_weights(network: nn.Module, earlier: nn.Module, *, caller: str) -> None:
    """Copy the weights of `earlier` to `network`; raises `DomainError` if their layers or shapes differ."""
    try:
        network.load_state_dict(earlier.state_dict())
    except RuntimeError as error:
        rule = "be False once the parameters of the network have changed"
        raise DomainError(caller, "warm_start", rule, got="True, and weights that do not fit") from error


def trained(
    model: Any,
    training: Training,
    parts: tuple[TrainingRows, Rows | None, Rows | None],
    watch: Watch,
    groups: Any,
) -> Any:
    """
    Train to the end and set the attributes of a fitted estimator on `model`; returns None.

    `parts` are the rows trained on, a sample of these to judge the training loss, and those held out, the
    last two None for none; `groups`, (held-out rows,), are those of the latter, or None. The checkpoint of
    `watch` is written after each epoch, and continued with ``resume``. An interrupt after the first epoch is
    raised again as `KeyboardInterrupt` once the best epoch is kept. One before leaves `model` unfitted, or
    with the network of a warm start, and so do, after any epoch, `FloatingPointError` for a loss that is not
    finite, `DataError` for a checkpoint that is damaged or of another training or for files that changed, and
    `OutputError` for a checkpoint that cannot be written.
    """
    rows, sample, held_out = parts
    steps = -(-len(rows) // training.settings.batch_size)
    ending = Ending.of(model.epochs, steps_of_epoch=steps, holds_out=held_out is not None)
    interrupt = train(training, rows, sample, held_out, ending, watch)
    keep(model, training, rows, held_out, groups)
    model.interrupted_ = interrupt is not None
    if interrupt is not None:
        kept = f"The best epoch so far, {model.best_epoch_}, was kept: the estimator is fitted."
        interrupt.add_note(kept)
        raise interrupt


def keep(model: Any, training: Training, rows: TrainingRows, held_out: Rows | None, groups: Any) -> None:
    """
    Set the attributes of `model` from a `training` of `rows` that has ended, and fit its temperature.

    `held_out` are the rows held out, with `groups`, (held-out rows,) or None; None for no rows, without which
    there is no temperature. The network is the average as it is, so the caller puts the best epoch into it.
    `loss_`, the mean cross-entropy in nats, is computed from all `rows`, before the temperature;
    `held_out_loss_` is that of the best epoch, nan without held-out rows.
    """
    # Together: a training that fails leaves an earlier network its own loss.
    model.module_, model._loss = training.average.eval(), training.loss  # noqa: SLF001 - of the fitted one
    model.history_ = tuple(training.history)
    model.best_epoch_, model.n_iter_ = training.best_epoch, len(training.history)
    model.device_ = str(training.device)
    model.held_out_rows_ = 0 if held_out is None else len(held_out)
    model.held_out_loss_ = model.history_[model.best_epoch_ - 1].held_out
    with few_threads(model.module_):
        model.calibration_ = calibration_of(training, held_out, groups, wanted=model.calibrate is not None)
        model.loss_ = float(training.cross_entropy(rows))
