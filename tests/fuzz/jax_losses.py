"""The losses and measures on arrays of JAX beside NumPy's: the same within the units of the docstrings."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
from tests.fuzz import definitions
from tests.fuzz.cases import chance, one_of, weights
from tests.fuzz.jax_calls import of_derivatives, of_means, of_measures, of_odd_arguments
from tests.fuzz.losses import drawn_rows, truth_array
from tests.fuzz.rooms import called
from tests.fuzz.truths import exact, met

from xent.losses.registry import REGISTRY

__all__ = ["KNOWN", "attempt"]

KNOWN = ()
# Both sides may be this far from the truth, and XLA replaces subnormal numbers by 0.
_FACTOR = 3


def attempt(rng):
    """One loss, derivative, mean or measure, or arguments that do not fit."""
    kinds = of_a_batch, of_a_batch, of_derivatives, of_means, of_measures, of_odd_arguments
    one_of(rng, *kinds)(rng)


def of_a_batch(rng):
    """Value and gradient of one loss, eager or compiled, in 64 bits or 32."""
    stem = one_of(rng, *definitions.STEMS)
    definition = definitions.of(stem)
    found = drawn_rows(rng, stem, definition)
    if found is None:
        return
    rows, truths, parameters = found
    loss, dtype = replace(REGISTRY[stem], **parameters), one_of(rng, np.float64, np.float32)
    z, truth = rows.astype(dtype), truth_array(rng, truths, dtype)
    single = loss.facts.domain in ("logit", "log-rate", "mean")
    weight = weights(rng, z.shape if single else z.shape[:-1], dtype) if chance(rng, 0.3) else None
    result, error = called(loss.value_and_gradient, z, truth, sample_weight=weight)
    with jax.enable_x64(dtype == np.float64):
        given = jnp.asarray(z), jnp.asarray(truth)
        options = {"sample_weight": None if weight is None else jnp.asarray(weight)}
        traced = chance(rng, 0.1)
        function = jax.jit(loss.value_and_gradient) if traced else loss.value_and_gradient
        ours, its_error = called(function, *given, **options)
    if error is not None or its_error is not None:
        assert traced or type(error) is type(its_error), f"{stem}: {error} and {its_error}"
        return
    shown = f"z={z.tolist()} t={np.asarray(truth).tolist()}"
    note = f"{stem} {np.dtype(dtype)} jit={traced} {parameters or ''} {shown}"
    value, gradient = result
    size = np.abs(gradient).reshape(*value.shape, -1) if not single else np.abs(gradient)[..., None]
    largest = size.max(-1, keepdims=True, initial=0)
    beside = (
        np.maximum(np.abs(value), size.sum(-1)) if definition.units.get("value beside gradient") else None
    )
    units = _FACTOR * 2
    for name, mine, true, scale in (
        ("value", ours[0], value, beside),
        ("gradient", ours[1], gradient, np.broadcast_to(largest, size.shape).reshape(gradient.shape)),
    ):
        mine, inside = np.asarray(mine), np.isfinite(true)  # noqa: PLW2901 - as an array of NumPy
        assert np.array_equal(np.isnan(mine), np.isnan(true)), f"nan of {name} of {note}: {mine} and {true}"
        if inside.any():
            part = None if scale is None else scale[inside]
            bound = units * definition.units["value" if name == "value" else "gradient"]
            met(
                bound,
                mine[inside],
                exact(true[inside].tolist()),
                f"{name} of {note}",
                scale=part,
                flushes=True,
            )
