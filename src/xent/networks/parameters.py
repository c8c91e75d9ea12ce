"""Checks of the parameters of `NeuralClassifier`, and the values that ``"auto"`` stands for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any

import torch
from torch import nn

from xent.errors import BackendError, DomainError
from xent.networks.multilayer_perceptron import Perceptron

__all__ = ["PATIENCE", "check_parameters", "device_of", "network_factory", "patience", "rows_of_a_step"]

PATIENCE = 20
"""Epochs, at least, without a lower held-out loss after which an automatic training ends."""

# With few rows an epoch is a few steps, in which nothing can be learned.
_PATIENT_STEPS = 500
# With many rows an epoch is long, and its end tells more.
_MOST_STEPS, _LEAST_PATIENCE = 20_000, 5
_LEAST_BATCH, _LARGEST_BATCH = 16, 256
_STEPS_OF_EPOCH = 64


def check_parameters(model: Any, *, caller: str) -> None:
    """
    Raise `DomainError` for the first parameter of `model`, an unfitted estimator, that is out of range.

    `hidden` is a sequence of integers >= 1; `epochs`, `batch_size` and `members` are integers >= 1 or "auto";
    `dropout` lies in [0, 1), `held_out` in (0, 1); `learning_rate` is > 0, `weight_decay` >= 0, both finite;
    `module` is None or callable, `embedding` True, False or "auto", `calibrate` "temperature" or None. Not
    checked here are `loss` and its parameters, `device`, `class_weight` and `random_state`.
    """
    _check(caller, model, "hidden", "be a sequence of integers >= 1", holds=_are_widths(model.hidden))
    _check(caller, model, "dropout", "lie in [0, 1)", holds=_is_number(model.dropout, 0, 1, below=True))
    _check(
        caller, model, "module", "be None or a callable", holds=model.module is None or callable(model.module)
    )
    embeds = isinstance(model.embedding, bool) or model.embedding == "auto"
    _check(caller, model, "embedding", 'be True, False or "auto"', holds=embeds)
    for name in ("epochs", "batch_size", "members"):
        value = getattr(model, name)
        holds = value == "auto" if isinstance(value, str) else _is_count(value)
        _check(caller, model, name, 'be an integer >= 1, or "auto"', holds=holds)
    positive = _is_number(model.learning_rate, 0, math.inf, below=True) and model.learning_rate > 0
    _check(caller, model, "learning_rate", "be a finite number > 0", holds=positive)
    is_decay = _is_number(model.weight_decay, 0, math.inf, below=True)
    _check(caller, model, "weight_decay", "be a finite number >= 0", holds=is_decay)
    is_share = _is_number(model.held_out, 0, 1, below=True) and model.held_out > 0
    _check(caller, model, "held_out", "lie between 0 and 1", holds=is_share)
    # A tuple, in which a list is looked up too.
    is_known = model.calibrate in ("temperature", None)
    _check(caller, model, "calibrate", 'be "temperature" or None', holds=is_known)


def network_factory(model: Any) -> Callable[[int, int], nn.Module]:
    """
    Function from the numbers of features and outputs to a network, as the parameters of `model` say.

    It is `module` itself, or for None a `Perceptron` of `hidden` layers, `dropout`, `members` and
    `embedding`, the last two None for "auto".
    """
    if model.module is None:
        members, embedding = (None if one == "auto" else one for one in (model.members, model.embedding))
        hidden = tuple(int(width) for width in model.hidden)
        return Perceptron(hidden, float(model.dropout), members, embedding)
    factory: Callable[[int, int], nn.Module] = model.module
    return factory


def rows_of_a_step(model: Any, n: int) -> int:
    """
    Batch size for `n` training rows: the parameter of `model`, or for "auto" a power of 2 from 16 to 256.

    Within these limits it makes about 64 steps an epoch.
    """
    if model.batch_size != "auto":
        return int(model.batch_size)
    near = 2 ** round(math.log2(max(n, 1) / _STEPS_OF_EPOCH))
    return int(min(max(near, _LEAST_BATCH), _LARGEST_BATCH))


def patience(steps_of_epoch: int) -> int:
    """
    Epochs without improvement after which a training ends: 20, or fewer or more by the steps of an epoch.

    If 20 epochs have more than 20,000 steps, it is the number of whole epochs in 20,000 steps, but at least
    5; if they have fewer than 500 steps, the number of epochs that 500 steps take.
    """
    most = max(_LEAST_PATIENCE, _MOST_STEPS // steps_of_epoch)
    return max(min(PATIENCE, most), math.ceil(_PATIENT_STEPS / steps_of_epoch))


def device_of(name: Any, *, caller: str) -> torch.device:
    """
    Device called `name`; for ``"auto"`` CUDA, else Apple's MPS, if there is one, else the processor.

    Raises
    ------
    BackendError
        If PyTorch has no such device here.
    """
    if name == "auto":
        mps = torch.backends.mps.is_available()
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if mps else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0][:200]
        rule = "be a device that PyTorch has here"
        raise BackendError(caller, "device", rule, got=f"{name!r} ({reason})") from error
    return device


def _check(caller: str, model: Any, name: str, rule: str, *, holds: bool) -> None:
    """Raise `DomainError` with `rule` for the parameter `name` of `model` unless `holds` is True."""
    if not holds:
        raise DomainError(caller, name, rule, got=repr(getattr(model, name)))


def _are_widths(value: Any) -> bool:
    # This check would use an iterator up, and a set has no order.
    is_sequence = hasattr(value, "__len__") and hasattr(value, "__getitem__")
    if not is_sequence or isinstance(value, str | Mapping) or getattr(value, "ndim", 1) != 1:
        return False
    return all(map(_is_count, value))


def _is_count(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, Integral) and int(value) >= 1


def _is_number(value: Any, least: float, most: float, *, below: bool) -> bool:
    """True for a number from `least` to `most`, if `below` without `most`; False for booleans and nan."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return least <= float(value) <= most and not (below and float(value) == most)
