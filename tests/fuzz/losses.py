"""The public losses: any layout, dtype, weights and options, against the definitions of tests/oracles."""

from dataclasses import replace

import numpy as np
from mpmath import fsum, inf, mp, mpf
from tests.fuzz import definitions
from tests.fuzz.adjustments import adjustment
from tests.fuzz.cases import chance, integers, laid_out, logits, one_of, weights
from tests.fuzz.rooms import Known, called, refusal
from tests.fuzz.truths import exact, met, number
from tests.oracles import loss_tables

from xent.errors import DomainError
from xent.losses.registry import REGISTRY

__all__ = ["KNOWN", "attempt"]

KNOWN = (
    Known(
        500339,
        r"gradient of (active_passive|normalized\w*) .* > 8 units",
        "a label out of reach of several tied classes: more than the 8 units of the docstring",
    ),
    Known(500435, r"value of poly float32 .* > 6 units", "epsilon -1: 7.4 units, where 6 are promised"),
    Known(1328, r"gradient of taylor_cross_entropy float32 .* > 6 units", "7.1 units, where 6 are promised"),
    Known(
        188,
        "RuntimeWarning escapes: invalid value encountered in multiply",
        "evidential losses warn at a logit of +inf, which the docstring says gives nan",
    ),
)
_STEP = 60


def attempt(rng):
    """One loss on one batch, or on arguments that it has to refuse."""
    if chance(rng, 0.25):
        of_odd_arguments(rng)
    else:
        of_a_batch(rng)


def of_a_batch(rng):
    """Value and gradient of each row within the units of the loss's table."""
    stem = one_of(rng, *definitions.STEMS)
    definition = definitions.of(stem)
    drawn = _rows(rng, stem, definition)
    if drawn is None:
        return
    rows, truths, parameters = drawn
    loss = replace(REGISTRY[stem], **parameters)
    adjust = adjustment(rng, loss, rows, truths)
    options = adjust.options
    dtype = one_of(rng, np.float64, np.float32, np.float32)
    z = rows.astype(dtype)
    truth = _truth_array(rng, truths, dtype)
    weight = weights(rng, _values_shape(loss, z), dtype) if chance(rng, 0.4) else None
    given = [laid_out(rng, z), laid_out(rng, truth)]
    asked = {**options, "sample_weight": weight}
    value, gradient = loss.value_and_gradient(*given, **asked)
    note = f"{stem} {np.dtype(dtype)} K={z.shape[-1]} {options or ''} {parameters or ''}"
    _agree(loss, given, asked, value, gradient, note)
    for n in range(len(z)):
        factor = 1.0 if weight is None else float(np.ravel(weight)[n])
        _compare(definition, (z[n], truths[n], parameters), adjust, factor, (value[n], gradient[n]), note)


def of_odd_arguments(rng):
    """Shapes, dtypes and values that do not fit: refused in one line, or answered by nan."""
    name = one_of(rng, *REGISTRY)
    loss = REGISTRY[name]
    if loss.character.domain == "embeddings":
        _contrastive(rng, loss)
        return
    z, truth = definitions.random_inputs(loss, np.random.default_rng(int(rng.integers(1 << 30))), 4)
    function = one_of(rng, loss, loss.gradient, loss.value_and_gradient, loss.mean, loss.total)
    kind = int(rng.integers(13))
    bad = np.asarray([0.5, 1.0, 2.0, one_of(rng, -1.0, np.nan, np.inf)])
    if z.ndim == 2 and loss.character.domain in ("logit", "log-rate", "mean"):
        bad = np.broadcast_to(bad[:, None], z.shape).copy()
    odd = (
        lambda: refusal(function, z.astype(one_of(rng, int, bool, complex, "U3", object)), truth),
        lambda: (
            refusal(function, z[:, :0], truth[:0] if truth.ndim == 1 else truth[:, :0])
            if loss.character.domain == "logits"
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
    )[kind]
    odd()


def _nan_gives_nan(rng, loss, z, truth):
    row, column = int(rng.integers(4)), int(rng.integers(z.shape[1]))
    z[row, column] = np.nan
    value, error = called(loss, z, truth)
    if error is not None or loss.character.domain == "conditional logits":
        return
    value = value if value.ndim == 1 else value[:, column]
    assert np.isnan(value[row]), f"{loss.name}: nan gives {value[row]!r}"
    assert not np.isnan(np.delete(value, row)).any(), f"{loss.name}: nan of one row is in another"


def _infinite(rng, loss, z, truth):
    """No finite value of a row without a softmax."""
    if loss.character.domain != "logits":
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


def _rows(rng, stem, definition):
    """Rows of logits exact in 32 bits, with truths and parameters, of a kind that the definition takes."""
    count = one_of(rng, 1, 1, 2, 3)
    pool = getattr(definition, "inputs", None)
    K = 1 if definitions.is_single(stem) else one_of(rng, 1, 2, 2, 3, 5, 9)
    if pool is not None:
        base = one_of(rng, *pool())
        spread = one_of(rng, 0.0, 1e-3, 0.3)
        rows = np.stack([base + spread * np.abs(rng.standard_normal(base.shape)) for _ in range(count)])
    elif definition.INPUTS == "cosines":
        K = 3 if hasattr(definition, "parameters") else max(K, 2)
        rows = rng.uniform(-1, 1, (count, K)) * one_of(rng, 0.05, 0.5, 0.98)
    else:
        rows = logits(rng, (count, K), np.float32, reach=600.0)
    rows = rows.astype(np.float32)
    truths = [_truth(rng, definition, row) for row in rows]
    if None in truths:
        return None
    chosen = loss_tables._parameters(definition, rows[0])  # noqa: SLF001 - the one place that knows
    return rows, truths, one_of(rng, *chosen)


def _truth(rng, definition, row):
    find = definition.truths if hasattr(definition, "truths") else None
    some = find(row, rng) if find else loss_tables._labels(row)  # noqa: SLF001 - as above
    return one_of(rng, *some) if some else None


def _truth_array(rng, truths, dtype):
    if isinstance(truths[0], int):
        return np.asarray(truths).astype(integers(rng, 0, 2, ()).dtype)
    return np.asarray(truths, dtype=dtype)


def _values_shape(loss, z):
    return z.shape if loss.character.domain in ("logit", "log-rate", "mean") else z.shape[:-1]


def _agree(loss, given, asked, value, gradient, note):
    """Each entry gives what the others give, and other layouts the same bits."""
    alone = loss(*given, **asked)
    assert alone.shape == value.shape, f"shapes of {note}"
    met(2, alone, exact(value.tolist()), f"value alone of {note}") if value.size else None
    assert loss.gradient(*given, **asked).shape == gradient.shape, f"shapes of {note}"
    assert value.dtype.newbyteorder("=") == given[0].dtype.newbyteorder("="), f"dtype of {note}"
    total = loss.total(*given, **asked)
    if loss.character.minimum >= 0 and np.isfinite(value).all():
        with mp.workdps(60):
            met(8, total.sum, fsum(number(v) for v in np.ravel(value)), f"total of {note}")


def _compare(definition, row, adjust, factor, found, note):
    """Value and gradient of one row, weighted."""
    z, truth, parameters = row
    value, gradient = found
    if factor == 0:
        assert not np.any(value), f"weight 0 costs {value!r}: {note}"
        assert not np.any(gradient), f"weight 0 has gradient {gradient!r}: {note}"
        return
    units = definition.UNITS
    reach = loss_tables.digits({"logits": [str(float(x)) for x in z if x != 0] or ["1.0"]})
    with mp.workdps(reach + 40):
        given = truth if isinstance(truth, int) else [number(t) for t in np.ravel(truth)]

        def cost(point):
            point, weight = adjust(point, truth)
            return mpf(factor) * weight * definition.value(point, given, **parameters)

        point = [number(x) if np.isfinite(x) else -inf for x in z]
        true = cost(point)
        slopes = [_slope(cost, point, k) for k in range(len(point))] if abs(true) < inf else None
        noise = max(abs(true), 1) * mpf(10) ** (10 + 2 * _STEP - reach)
        more = 2 if note.count("{") > (1 if parameters else 0) else 1
        true_value = exact(true)
        true_slopes = None if slopes is None else exact([s if abs(s) > noise else mpf(0) for s in slopes])
    scale = None
    if units.get("value beside gradient") and true_slopes is not None:
        scale = np.abs(true_value.hi) + np.abs(true_slopes.hi).sum()
    met(
        more * units["value"],
        np.reshape(value, ()),
        true_value,
        f"value of {note}{_shown(z, truth)}",
        scale=scale,
    )
    if true_slopes is None:
        return
    largest = np.full(len(z), np.abs(true_slopes.hi).max())
    scale = largest if units.get("gradient of rows") else None
    if units.get("gradient of terms"):
        scale = np.abs(true_slopes.hi) + _share_missed(z, truth)
    flushes = bool(units.get("gradient of factors")) or more > 1 or factor != 1
    text = f"gradient of {note}{_shown(z, truth)}"
    met(more * units["gradient"], np.reshape(gradient, -1), true_slopes, text, scale=scale, flushes=flushes)


def _shown(z, truth):
    return f" z={z.tolist()} t={truth}" if len(z) <= 5 else ""


def _share_missed(z, targets):
    """The smaller of the two terms of which a gradient of targets is the difference, ``t (1 - p)``."""
    powers = np.exp(z.astype(float) - np.max(z))
    return np.asarray(targets) * (1 - powers / powers.sum())


def _slope(function, point, k):
    if point[k] == -inf:
        return mpf(0)
    step = mpf(10) ** -_STEP
    ends = [[x + sign * step * (j == k) for j, x in enumerate(point)] for sign in (1, -1)]
    high, low = map(function, ends)
    return (high - low) / (2 * step)
