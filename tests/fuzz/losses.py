"""The public losses: any layout, dtype, weights and options, against the definitions of tests/oracles."""

from dataclasses import replace

import numpy as np
from mpmath import fsum, inf, mp, mpf
from tests.fuzz import definitions
from tests.fuzz.adjustments import adjustment
from tests.fuzz.cases import chance, integers, laid_out, logits, one_of, weights
from tests.fuzz.odd_losses import of_odd_arguments
from tests.fuzz.truths import exact, met, number
from tests.oracles import loss_tables

from xent.losses.registry import REGISTRY

__all__ = ["KNOWN", "attempt", "drawn_rows", "truth_array"]

KNOWN = ()
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
    drawn = drawn_rows(rng, stem, definition)
    if drawn is None:
        return
    rows, truths, parameters = drawn
    loss = replace(REGISTRY[stem], **parameters)
    adjust = adjustment(rng, loss, rows, truths)
    options = adjust.options
    dtype = one_of(rng, np.float64, np.float32, np.float32)
    z = rows.astype(dtype)
    truth = truth_array(rng, truths, dtype)
    weight = weights(rng, _values_shape(loss, z), dtype) if chance(rng, 0.4) else None
    given = [laid_out(rng, z), laid_out(rng, truth)]
    asked = {**options, "sample_weight": weight}
    value, gradient = loss.value_and_gradient(*given, **asked)
    note = f"{stem} {np.dtype(dtype)} K={z.shape[-1]} {options or ''} {parameters or ''}"
    _agree(loss, given, asked, value, gradient, note)
    for n in range(len(z)):
        factor = 1.0 if weight is None else float(np.ravel(weight)[n])
        _compare(definition, (z[n], truths[n], parameters), adjust, factor, (value[n], gradient[n]), note)
    _in_half(loss, z, truth, options, note)


def drawn_rows(rng, stem, definition):
    """Rows of logits exact in 32 bits, with truths and parameters, of a kind that the definition takes."""
    count = one_of(rng, 1, 1, 2, 3)
    pool = definition.inputs if callable(definition.inputs) else None
    K = 1 if definitions.is_single(stem) else one_of(rng, 1, 2, 2, 3, 5, 9)
    if pool is not None:
        base = one_of(rng, *pool())
        spread = one_of(rng, 0.0, 1e-3, 0.3)
        rows = np.stack([base + spread * np.abs(rng.standard_normal(base.shape)) for _ in range(count)])
    elif definition.inputs == "cosines":
        K = 3 if callable(definition.parameters) else max(K, 2)
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
    find = definition.truths
    some = find(row, rng) if find else loss_tables._labels(row)  # noqa: SLF001 - as above
    return one_of(rng, *some) if some else None


def truth_array(rng, truths, dtype):
    if isinstance(truths[0], int):
        return np.asarray(truths).astype(integers(rng, 0, 2, ()).dtype)
    return np.asarray(truths, dtype=dtype)


def _values_shape(loss, z):
    return z.shape if loss.facts.domain in ("logit", "log-rate", "mean") else z.shape[:-1]


def _agree(loss, given, asked, value, gradient, note):
    """Each entry gives what the others give, and other layouts the same bits."""
    alone = loss(*given, **asked)
    assert alone.shape == value.shape, f"shapes of {note}"
    met(2, alone, exact(value.tolist()), f"value alone of {note}") if value.size else None
    assert loss.gradient(*given, **asked).shape == gradient.shape, f"shapes of {note}"
    assert value.dtype.newbyteorder("=") == given[0].dtype.newbyteorder("="), f"dtype of {note}"
    total = loss.total(*given, **asked)
    if loss.facts.minimum >= 0 and np.isfinite(value).all():
        with mp.workdps(60):
            met(8, total.sum, fsum(number(v) for v in np.ravel(value)), f"total of {note}")


def _in_half(loss, z, truth, options, note):
    """Half precision is computed in 32 bits and rounded once: next to the result in 64 bits."""
    with np.errstate(over="ignore"):
        half, truth = z.astype(np.float16), truth if truth.dtype.kind in "iu" else truth.astype(np.float16)
    if np.isposinf(np.abs(half[np.isfinite(z)])).any() or not np.isfinite(truth).all():
        return
    found = loss.value_and_gradient(half, truth, **options)
    wide = truth if truth.dtype.kind in "iu" else truth.astype(float)
    value, gradient = loss.value_and_gradient(half.astype(float), wide, validate=False, **options)
    size = np.abs(gradient).reshape(*value.shape, -1)
    sizes = (
        np.abs(value) + 2.0**-8 * size.sum(axis=-1),
        np.broadcast_to(size.max(-1, keepdims=True), size.shape),
    )
    for name, ours, true, scale in zip(("value", "gradient"), found, (value, gradient), sizes, strict=True):
        inside = np.abs(true) < 6e4
        scale = np.where(inside, scale.reshape(true.shape), 1.0)  # noqa: PLW2901 - in units of half precision
        met(1, ours[inside], exact(true[inside].tolist()), f"half {name} of {note}", scale=scale[inside])


def _compare(definition, row, adjust, factor, found, note):
    """Value and gradient of one row, weighted."""
    z, truth, _ = row
    value, gradient = found
    if factor == 0:
        assert not np.any(value), f"weight 0 costs {value!r}: {note}"
        assert not np.any(gradient), f"weight 0 has gradient {gradient!r}: {note}"
        return
    units, more = definition.units, 2 if adjust.options else 1
    true, slopes = _truths(definition, row, adjust, factor)
    note, scale = f"{note}{_shown(z, truth)}", None
    if units.get("value beside gradient") and slopes is not None:
        scale = np.abs(true.hi) + np.abs(slopes.hi).sum()
    met(more * units["value"], np.reshape(value, ()), true, f"value of {note}", scale=scale)
    if slopes is None:
        return
    flushes = bool(units.get("gradient of factors")) or more > 1 or factor != 1
    scale = _scale(units, slopes, z, truth)
    found = np.reshape(gradient, -1)
    met(more * units["gradient"], found, slopes, f"gradient of {note}", scale=scale, flushes=flushes)


def _truths(definition, row, adjust, factor):
    """Value and gradient of one row from the definition; None for the gradient of an infinite value."""
    z, truth, parameters = row
    digits = loss_tables.digits({"logits": [str(float(x)) for x in z if x != 0] or ["1.0"]})
    with mp.workdps(digits + 40):
        given = truth if isinstance(truth, int) else [number(t) for t in np.ravel(truth)]

        def cost(point):
            point, weight = adjust(point, truth)
            return mpf(factor) * weight * definition.value(point, given, **parameters)

        point = [number(x) if np.isfinite(x) else -inf for x in z]
        true = cost(point)
        if abs(true) == inf:
            return exact(true), None
        slopes = [_slope(cost, point, k) for k in range(len(point))]
        noise = max(abs(true), 1) * mpf(10) ** (10 + 2 * _STEP - digits)
        return exact(true), exact([s if abs(s) > noise else mpf(0) for s in slopes])


def _scale(units, slopes, z, truth):
    """Sizes in whose units a gradient is measured; None for its own entries."""
    if units.get("gradient of terms"):
        return np.abs(slopes.hi) + _share_missed(z, truth)
    if not units.get("gradient of rows"):
        return None
    largest = np.abs(slopes.hi).max()
    if units.get("value beside gradient") and largest < 0.1:
        # Next to the targets a gradient is a difference of near numbers.
        largest = largest + np.max(truth)
    return np.full(len(z), largest)


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
