"""Losses whose arguments do not fit: refused in one line, or answered as their docstrings say."""

from dataclasses import fields

import numpy as np
from tests.fuzz import definitions
from tests.fuzz.cases import one_of
from tests.fuzz.rooms import called, refusal

from xent.errors import DomainError
from xent.losses.registry import REGISTRY

__all__ = ["of_odd_arguments"]


def of_odd_arguments(rng):
    """Shapes, dtypes and values that do not fit: refused in one line, or answered by nan."""
    name = one_of(rng, *REGISTRY)
    loss = REGISTRY[name]
    if loss.facts.domain == "embeddings":
        _contrastive(rng, loss)
        return
    z, truth = definitions.random_inputs(loss, np.random.default_rng(int(rng.integers(1 << 30))), 4)
    function = one_of(rng, loss, loss.gradient, loss.value_and_gradient, loss.mean, loss.total)
    kind = int(rng.integers(15))
    bad = np.asarray([0.5, 1.0, 2.0, one_of(rng, -1.0, np.nan, np.inf)])
    if z.ndim == 2 and loss.facts.domain in ("logit", "log-rate", "mean"):
        bad = np.broadcast_to(bad[:, None], z.shape).copy()
    odd = (
        lambda: refusal(function, z.astype(one_of(rng, int, bool, complex, "U3", object)), truth),
        lambda: (
            refusal(function, z[:, :0], truth[:0] if truth.ndim == 1 else truth[:, :0])
            if loss.facts.domain == "logits"
            else None
        ),
        lambda: refusal(function, z, truth[:3]),
        lambda: refusal(function, z, truth, sample_weight=bad),
        lambda: refusal(function, z, truth, sample_weight=np.ones(3)),
        lambda: refusal(function, z, truth, sample_weight=np.full(4, "a")),
        lambda: refusal(function, z, truth.astype(one_of(rng, complex, object, "U3"))),
        lambda: refusal(function, z[0, 0] if z.ndim else z, truth),
        lambda: (
            refusal(function, z, np.full_like(truth, one_of(rng, -7, 99)))
            if truth.dtype.kind == "i"
            else called(function, z, -truth)
        ),
        lambda: _nan_gives_nan(rng, loss, z, truth),
        lambda: _infinite(rng, loss, z, truth),
        lambda: _empty(rng, loss, z, truth),
        lambda: called(function, z.tolist(), truth.tolist()),
        lambda: _odd_parameter(rng, loss, function, z, truth),
        lambda: refusal(function, *_one_masked(rng, z, truth)),
    )[kind]
    odd()


_ODD_VALUES = ("a", None, 1j, {}, [], np.ones(3), np.ones((2, 2)), np.nan, np.inf, -1.0, 0, 1e300, object())


def _odd_parameter(rng, loss, function, z, truth):
    """A parameter of any kind and size is refused, or means something."""
    name = one_of(rng, *[each.name for each in fields(loss)] or ["none"])
    called(function, z, truth, **{name: one_of(rng, *_ODD_VALUES)})


def _one_masked(rng, z, truth):
    """Logits and truth, of which one has a masked entry."""
    mask = np.zeros((z.shape, truth.shape)[which := int(rng.integers(2))], bool)
    mask.flat[int(rng.integers(mask.size))] = True
    masked = np.ma.array((z, truth)[which], mask=mask)
    return (masked, truth) if which == 0 else (z, masked)


def _nan_gives_nan(rng, loss, z, truth):
    row, column = int(rng.integers(4)), int(rng.integers(z.shape[1]))
    z[row, column] = np.nan
    value, error = called(loss, z, truth)
    if error is not None or loss.facts.domain == "conditional logits":
        return
    value = value if value.ndim == 1 else value[:, column]
    assert np.isnan(value[row]), f"{loss.name}: nan gives {value[row]!r}"
    assert not np.isnan(np.delete(value, row)).any(), f"{loss.name}: nan of one row is in another"


def _infinite(rng, loss, z, truth):
    """No finite value of a row without a softmax."""
    if loss.facts.domain != "logits":
        called(loss, z + np.inf, truth)
        return
    row = int(rng.integers(4))
    z[row] = one_of(rng, -np.inf, np.inf)
    value, error = called(loss, z, truth)
    assert error is None or isinstance(error, DomainError), f"{loss.name}: {error!r}"
    assert error is not None or np.isnan(value[row]), f"{loss.name}: {z[row]!r} gives {value!r}"


def _empty(rng, loss, z, truth):
    shape = one_of(rng, (0,), (0, 2), (2, 0))
    z, truth = (np.zeros((*shape, *x.shape[1:]), x.dtype) for x in (z, truth))
    value, gradient = loss.value_and_gradient(z, truth)
    assert gradient.shape == z.shape, f"{loss.name}: gradient of shape {gradient.shape} for {z.shape}"
    assert value.size == 0
    refusal(loss.mean, z, truth)
    assert np.isnan(loss.mean(z, truth, on_empty="nan"))


def _contrastive(rng, loss):
    """Embeddings of any shape and value are answered or refused."""
    shape = one_of(rng, (0, 3), (1, 3), (2, 0), (3,), (4, 3), (4, 1))
    x = rng.standard_normal(shape) * one_of(rng, 0.0, 1.0, 1e-200, 1e200)
    truth = x[::-1].copy() if loss.name == "info_nce" else rng.integers(0, 4, shape[0])
    called(one_of(rng, loss, loss.gradient, loss.mean), x, truth)
