"""
Fitted networks as data: JSON that names one of the networks made here, and tensors in safetensors' format.

A file is read as what it claims to be and nothing more: the network is built without memory from its
description, and only then takes the tensors of the file, whose names and shapes must be its own.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import torch
from safetensors.torch import load, save

from xent.calibration.maps import Identity, Temperature, map_of_plain_data, plain_data_of
from xent.errors import DataError
from xent.networks.convolution import Signal
from xent.networks.epoch import Epoch
from xent.networks.multilayer_perceptron import Perceptron
from xent.networks.neural_classifier import NeuralClassifier
from xent.networks.parameters import check_parameters, network_factory
from xent.networks.rows_of_network import Standardisation
from xent.networks.temperature_choice import TemperatureChoice
from xent.networks.training_loss import training_loss

__all__ = ["network_of_parts", "parts_of_network"]

_FACTORIES: dict[str, Any] = {"perceptron": Perceptron, "signal": Signal}
_FACTS = ("best_epoch_", "n_iter_", "loss_", "held_out_loss_", "held_out_rows_", "interrupted_", "device_")
# Parameters that training needs, in values of JSON; a random state and a device are not kept.
_PARAMETERS = (
    *("hidden", "dropout", "epochs", "batch_size", "learning_rate", "weight_decay", "held_out"),
    *("calibrate", "warm_start"),
)


def parts_of_network(model: NeuralClassifier) -> tuple[str, bytes]:
    """
    Description of a fitted network as JSON, and its tensors as bytes of safetensors.

    The description has the factory of the network, loss, parameters, number of classes, facts and epochs of
    the training, and the temperature; the tensors are the weights and the means and scales of the features.

    Raises
    ------
    DataError
        If its module is not a factory of xent.networks, or its loss has parameters that JSON cannot hold.
    """
    factory = network_factory(model)
    kinds = [kind for kind, one in _FACTORIES.items() if type(factory) is one]
    if not kinds:
        hint = "Keep a module of your own with `torch.save(model.module_.state_dict(), FILE)`."
        raise DataError(
            "save", "module", "be one of xent.networks to be saved", got=repr(model.module), hint=hint
        )
    loss = model._loss.loss  # noqa: SLF001 - the file of the class
    card = {
        "factory": {"kind": kinds[0], **_plain(factory)},
        "loss": {"name": loss.name, **_plain(loss)},
        "parameters": {name: _listed(getattr(model, name)) for name in _PARAMETERS},
        "classes": len(model.classes_),
        "facts": {name: _finite(getattr(model, name)) for name in _FACTS},
        "history": [[_finite(value) for value in asdict(epoch).values()] for epoch in model.history_],
        "calibration": {"map": plain_data_of(model.calibration_.map), "reason": model.calibration_.reason},
    }
    standard = model.standardisation_
    tensors = {f"module/{name}": each.cpu().contiguous() for name, each in model.module_.state_dict().items()}
    tensors |= {"mean": torch.from_numpy(standard.mean), "scale": torch.from_numpy(standard.scale)}
    return json.dumps(card), save({name: each.clone() for name, each in tensors.items()})


def network_of_parts(text: str | bytes, body: bytes) -> NeuralClassifier:
    """
    Fitted network, on the processor, from its description and tensors, for classes 0 .. K-1.

    `text` and `body` are the two results of `parts_of_network`. Predictions at the means of the features are
    computed once and must be finite.

    Raises
    ------
    ValueError, KeyError, TypeError, RuntimeError, XentError
        If the parts are not those of a network, or do not fit together.
    """
    card = json.loads(text)
    tensors = load(body)
    model, factory = _described(card)
    loss = training_loss(model.loss, model.loss_parameters, int(card["classes"]), caller="load_model")
    mean, scale = (tensors.pop(name).numpy().astype(np.float64) for name in ("mean", "scale"))
    with torch.device("meta"):
        network = factory(len(mean), loss.n_outputs)
        loss.prepare(network)
    state = {name.removeprefix("module/"): each for name, each in tensors.items()}
    kinds = {name: each.dtype for name, each in network.state_dict().items()}
    if any(each.dtype != kinds.get(name) for name, each in state.items()) or not (scale > 0).all():
        raise ValueError("tensors of another kind")
    network.load_state_dict(state, assign=True)
    model.module_, model._loss = network.eval(), loss  # noqa: SLF001 - same
    model.standardisation_ = Standardisation(mean, scale)
    model.n_features_in_, model.classes_ = len(mean), np.arange(int(card["classes"]))
    model.history_ = tuple(Epoch(int(n), *map(_number, rest)) for n, *rest in card["history"])
    for name in _FACTS:
        setattr(model, name, _fact(name, card["facts"][name]))
    model.calibration_ = _temperature_choice(card["calibration"])
    # A trial shows whether the parts fit together.
    if not np.isfinite(model.predict_log_proba(mean[None])).all():
        raise ValueError("predictions that are not finite")
    return model


def _described(card: Any) -> tuple[NeuralClassifier, Any]:
    """
    Classifier with the parameters in `card`, not yet fitted, and the factory of its network.

    Raises `KeyError`, `TypeError` or `ValueError` for a part that is missing or of another kind, and
    `DomainError` for a parameter out of range.
    """
    model = NeuralClassifier(**{name: card["parameters"][name] for name in _PARAMETERS})
    described = dict(card["factory"])
    kind = _FACTORIES[described.pop("kind")]
    factory = kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in described.items()})
    model.module = None if kind is Perceptron else factory
    if kind is Perceptron:
        model.hidden, model.dropout = factory.hidden, factory.dropout
        model.members = "auto" if factory.members is None else factory.members
        model.embedding = "auto" if factory.embedding is None else factory.embedding
    check_parameters(model, caller="load_model")
    described = dict(card["loss"])
    model.loss = str(described.pop("name"))
    model.loss_parameters = {name: _tupled(value) for name, value in described.items()} or None
    return model, factory


def _temperature_choice(described: Any) -> TemperatureChoice:
    """
    Temperature, or identity, and reason in the part "calibration" of a card, a dict with "map" and "reason".

    Raises `TypeError` for a map of another kind, `ValueError` for a reason with control characters, which
    would steer a terminal, and `KeyError` for a missing entry. A reason is cut at 1,000 characters.
    """
    found = map_of_plain_data(described["map"])
    if not isinstance(found, (Identity, Temperature)):
        raise TypeError("a map of another kind")
    reason = str(described["reason"])[:1000]
    if not reason.isprintable():
        raise ValueError("a sentence with control characters")
    return TemperatureChoice(found, reason)


def _fact(name: str, value: Any) -> Any:
    """
    Value of the attribute `name`, one of `_FACTS`: text of a device for "device_", a bool for "interrupted_",
    else a number.

    Raises `TypeError` for a value of another type, and `RuntimeError` for no device of PyTorch; a number None
    stands for nan.
    """
    if name == "device_":
        return str(torch.device(value))
    kind = bool if name == "interrupted_" else int | float | None
    if not isinstance(value, kind):
        raise TypeError(f"a {name} of another kind")
    return math.nan if value is None else value


def _plain(each: Any) -> dict[str, Any]:
    """
    Fields of a dataclass by name, as values of JSON: tuples become lists.

    Raises `DataError` about the loss for a field that JSON cannot hold.
    """
    values = {field.name: _listed(getattr(each, field.name)) for field in fields(each)}
    for name, value in values.items():
        try:
            json.dumps(value)
        except TypeError as error:
            raise DataError(
                "save", "loss", "have parameters of numbers and words to be saved", got=f"{name}={value!r}"
            ) from error
    return values


def _listed(value: Any) -> Any:
    """
    `value` with tuples and arrays as lists, at any depth, and scalars of NumPy as Python's; others as they
    are.
    """
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def _finite(value: Any) -> Any:
    """None for a float that is not finite, which JSON does not have; any other `value` itself."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
