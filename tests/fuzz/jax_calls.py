"""
Derivatives, means, measures and refusals on arrays of JAX, beside the same calls on arrays of NumPy.

JAX compiles each operation for each shape anew, so shapes are few: most of the values are drawn.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
from tests.fuzz import definitions
from tests.fuzz.cases import chance, distributions, one_of, weights
from tests.fuzz.rooms import called, refusal
from tests.fuzz.truths import exact, met

from xent import measures
from xent.losses.registry import REGISTRY

__all__ = ["of_derivatives", "of_means", "of_measures", "of_odd_arguments"]

_ROWS = 4
# Rounding of a few operations whose order a compiler may change, in units of the largest entry of a row.
_UNITS = 64
_MEASURES = ("entropy", "perplexity", "cross_entropy", "kl_divergence", "js_divergence", "squared_hellinger",
             "total_variation", "chi_squared_divergence", "renyi_entropy", "tsallis_divergence")  # fmt: skip
_OF_ONE = ("entropy", "perplexity", "renyi_entropy")


def of_derivatives(rng):
    """Derivatives by JAX, once and along a direction, are those of the closed forms."""
    loss, z, truth = _drawn(rng)
    direction = rng.standard_normal(z.shape)
    gradient, product = loss.gradient(z, truth), loss.hessian_vector_product(z, truth, direction)
    with jax.enable_x64(True):
        truth = jnp.asarray(truth)
        slope = jax.grad(lambda point: loss(point, truth).sum())
        found, along = jax.jvp(slope, (jnp.asarray(z),), (jnp.asarray(direction),))
    note = f"{loss.name} {z.tolist()} {np.asarray(truth).tolist()}"
    _near(found, gradient, f"jax.grad of {note}")
    # Terms of the size of the gradient cancel where the curvature is 0.
    size = np.abs(product).max(-1, keepdims=True) + np.abs(gradient).max(-1, keepdims=True)
    _near(along, product, f"jax.jvp of the gradient of {note}", size=size)


def of_means(rng):
    """A weighted mean, compiled or not, is NumPy's; over weights of 0 alone it follows the rule asked for."""
    loss, z, truth = _drawn(rng)
    values = loss(z, truth)
    weight = weights(rng, values.shape, np.float64) * (0 if chance(rng, 0.2) else 1)
    rule = one_of(rng, "nan", "zero")
    right = loss.mean(z, truth, sample_weight=weight, on_empty=rule)

    def mean(z, truth, weight):
        return loss.mean(z, truth, sample_weight=weight, on_empty=rule)

    with jax.enable_x64(True):
        function = jax.jit(mean) if chance(rng, 0.3) else mean
        found = function(*map(jnp.asarray, (z, truth, weight)))
    size = np.asarray([np.abs(values).max(initial=0)])
    _near(np.asarray(found)[None], np.asarray(right)[None], f"mean of {loss.name} {z.tolist()}", size=size)


def of_measures(rng):
    """A measure of distributions, eager or compiled."""
    name = one_of(rng, *_MEASURES)
    count = 1 if name in _OF_ONE else 2
    # Below the smallest normal number XLA computes with 0.
    pair = [distributions(rng, (2, one_of(rng, 3, 7)), np.float64, zeros=False)]
    pair += [np.roll(pair[0], 1, axis=int(rng.integers(2))) for _ in range(count - 1)]
    options = {"order": one_of(rng, 0.5, 2.0, 3.0)} if name in ("renyi_entropy", "tsallis_divergence") else {}
    function = getattr(measures, name)
    right = function(*pair, **options)
    traced = chance(rng, 0.3)
    with jax.enable_x64(True):
        ours = jax.jit(lambda *arrays: function(*arrays, **options)) if traced else function
        found = ours(*map(jnp.asarray, pair), **({} if traced else options))
    note = f"{name} jit={traced} {options or ''} {[array.tolist() for array in pair]}"
    inside = np.isfinite(right)
    assert np.array_equal(np.isfinite(found), inside), f"{found} and {right}: {note}"
    met(_UNITS, np.asarray(found)[inside], exact(right[inside].tolist()), note, flushes=True)


def of_odd_arguments(rng):
    """Refused in one line while values can be read; in compiled code such a row is nan, and no other."""
    loss, z, truth = _drawn(rng)
    if truth.dtype.kind != "i":
        with jax.enable_x64(True):
            refusal(loss, jnp.asarray(z), jnp.asarray(truth)[:1])
            refusal(loss, jnp.asarray(z).astype(one_of(rng, int, bool, complex)), jnp.asarray(truth))
            called(loss, jnp.asarray(z), -jnp.asarray(truth))
        return
    row, wrong = int(rng.integers(_ROWS)), truth.copy()
    wrong[row] = one_of(rng, -7, 99, 2**31 - 1, -(2**31))
    with jax.enable_x64(True):
        refusal(loss, jnp.asarray(z), jnp.asarray(wrong))
        found = jax.jit(loss.__call__)(jnp.asarray(z), jnp.asarray(wrong))
    is_nan = np.isnan(np.asarray(found))
    assert is_nan.tolist() == [k == row for k in range(_ROWS)], f"{loss.name}: {wrong[row]} gives {found}"


def _drawn(rng):
    """A loss, with a parameter of its definition where it has one, and four rows of it in 64 bits."""
    stem = one_of(rng, *definitions.STEMS)
    loss = REGISTRY[stem]
    chosen = definitions.of(stem).parameters
    loss = replace(loss, **(one_of(rng, *chosen) if not callable(chosen) else {}))
    z, truth = definitions.random_inputs(loss, np.random.default_rng(int(rng.integers(1 << 30))), _ROWS)
    return loss, z, truth


def _near(found, right, note, *, size=None):
    """Compare in units of the largest entry of a row, or of `size`."""
    found, right = np.asarray(found), np.asarray(right)
    assert np.array_equal(np.isnan(found), np.isnan(right)), f"nan of {note}: {found} and {right}"
    inside = np.isfinite(right)
    size = np.abs(right).max(-1, keepdims=True, initial=0) if size is None else size
    scale = np.broadcast_to(size, right.shape)[inside]
    met(_UNITS, found[inside], exact(right[inside].tolist()), note, scale=scale, flushes=True)
