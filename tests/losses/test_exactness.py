"""Cross-entropy keeps its digits for every number of classes, gap between logits and precision."""

import functools

import numpy as np
import pytest
from mpmath import fsum, mp, mpf
from tests.array_libraries import array_library
from tests.losses import grid
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as formula
from xent.losses import sigmoid_cross_entropy, softmax_cross_entropy, softmax_cross_entropy_of_targets

# Half of the largest float, and what it differs from others by, is at the end of the range.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
_half_second = pytest.mark.half_second
# A vocabulary takes seconds in 60 digits, and so do a thousand targets.
every_size = pytest.mark.parametrize(
    "size",
    [
        pytest.param(size, marks=pytest.mark.slow if size > 1000 else _half_second if size == 1000 else ())
        for size in grid.SIZES
    ],
)
some_libraries = pytest.mark.parametrize("library", ["numpy", "torch", "jax"])


@both_precisions
@every_size
@some_libraries
def test_value_and_slope_at_the_label_are_within_4_units_and_8_for_a_vocabulary(library, size, dtype):
    xp, (logits, labels) = array_library(library), grid.rows(size, dtype)
    value, gradient = xp.call_public(softmax_cross_entropy.value_and_gradient, logits, labels)
    assert value.dtype == gradient.dtype == dtype
    units, truth = 4 if size <= 1000 else 8, grid.truths(size, dtype)
    assert_within(units, value, truth["value"], flushes=xp.flushes)
    assert_within(units, gradient[np.arange(len(labels)), labels], truth["slope"], flushes=xp.flushes)


@both_precisions
@pytest.mark.parametrize("n_rows", [1, 3, 8])
@pytest.mark.parametrize("size", [100, 1000])
@some_libraries
def test_many_equal_logits_add_up_to_within_4_units(library, size, n_rows, dtype):
    # Of equal numbers that are added one after the other, the errors of many roundings have one sign.
    xp, labels = array_library(library), np.zeros(n_rows, dtype=int)
    for gap in np.random.default_rng(20261204).uniform(0, 20, size=20).astype(np.float32):
        logits = np.zeros((n_rows, size), dtype=dtype)
        logits[:, 1:] = -gap
        truth = tables.to_precision(60, grid.truth_of, logits[0], 0)
        value, gradient = xp.call_public(softmax_cross_entropy.value_and_gradient, logits, labels)
        assert_within(4, value, tables.exact([truth["value"]] * n_rows))
        assert_within(4, gradient[:, 0], tables.exact([truth["slope"]] * n_rows))


@both_precisions
@every_size
def test_so_does_the_formula_where_there_is_no_kernel(size, dtype):
    xp, (logits, labels) = array_library("numpy"), grid.rows(size, dtype)
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    units, truth = 4 if size <= 1000 else 8, grid.truths(size, dtype)
    assert_within(units, value, truth["value"])
    assert_within(units, gradient[np.arange(len(labels)), labels], truth["slope"])


@every_size
def test_twice_the_digits_change_nothing_in_the_truths_of_the_grid(size):
    logits, labels = grid.rows(size, np.float64)
    for row in range(0, len(labels), 5):
        found = tables.to_precision(60, grid.truth_of, logits[row], labels[row])
        assert found == tables.to_precision(120, grid.truth_of, logits[row], labels[row])


def test_the_truth_of_the_grid_is_the_definition():
    with mp.workdps(60):
        found = grid.truth_of(np.asarray([0.5, -1.25, 0.5]), 1)
        z = [mpf(0.5), mpf(-1.25), mpf(0.5)]
        total = fsum(map(mp.exp, z))
        assert abs(found["value"] - (mp.log(total) - z[1])) < mpf("1e-55")
        assert abs(found["slope"] - (mp.exp(z[1]) / total - 1)) < mpf("1e-55")


@pytest.mark.half_second
def test_the_grid_holds_what_it_is_to_hold():
    for size in grid.SIZES[1:]:
        logits, labels = grid.rows(size, np.float64)
        value = grid.truths(size, np.float64)["value"].hi
        assert (value == 0).any()
        assert ((value > 0) & (value < 1e-300)).any()
        assert (value >= 1e4).any()
        assert np.isneginf(logits).any() == (size > 2)
        assert (logits.argmax(axis=-1) == labels).sum() > 5


@pytest.mark.parametrize("size", [2, 10, 1000])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_right_to_its_own_rounding(dtype, size):
    torch = pytest.importorskip("torch")
    half = torch.tensor(grid.rows(size, np.float32)[0]).to(getattr(torch, dtype))
    labels = grid.rows(size, np.float32)[1]
    kept = torch.isfinite(half).any(dim=-1) & (half < torch.inf).all(dim=-1)
    half, labels = half[kept], labels[kept.numpy()]
    value, gradient = softmax_cross_entropy.value_and_gradient(half, torch.tensor(labels))
    assert value.dtype == gradient.dtype == half.dtype
    wide = half.to(torch.float64).numpy()
    found = [
        tables.to_precision(60, grid.truth_of, row, label) for row, label in zip(wide, labels, strict=True)
    ]
    for seen, name in ((value, "value"), (gradient[range(len(labels)), labels], "slope")):
        truth = tables.exact([row[name] for row in found]).hi
        assert_rounded(seen.to(torch.float64).numpy(), truth, torch.finfo(half.dtype))
    assert kept.sum() > 25


def assert_rounded(found, truth, limits):
    """Each is the number of half precision next to the truth; beside a tie, either of the two."""
    size = np.maximum(np.abs(truth), limits.smallest_normal)
    unit = limits.eps * 2.0 ** np.floor(np.log2(size))
    inside = np.abs(truth) <= limits.max
    assert (np.abs(found - truth)[inside] <= 0.5001 * unit[inside]).all()
    assert (np.abs(found)[~inside] >= limits.max).all()


# Soft targets --------------------------------------------------------------------------------------------


def gradient_of_targets(logits, masses):
    """``s p - t`` of masses ``t`` with the sum ``s``, and the size of its two terms together."""
    z, t = tables.numbers(logits), tables.numbers(masses)
    peak = max(z)
    exponentials = [mp.exp(x - peak) for x in z]
    total, s = fsum(exponentials), fsum(t)
    p = [s * x / total for x in exponentials]
    return {
        "gradient": [x - w for x, w in zip(p, t, strict=True)],
        "size": [x + w for x, w in zip(p, t, strict=True)],
    }


def rows_with_targets(size, dtype):
    """Logits, masses, weights that are powers of 2, so that they round no product, and the rows to check."""
    rng, logits = np.random.default_rng(20261202), grid.rows(size, dtype)[0]
    logits = logits[np.isfinite(logits).all(axis=-1)]
    masses = rng.dirichlet(np.full(size, 0.3), size=len(logits)).astype(dtype)
    weights = (2.0 ** rng.integers(-2, 3, size)).astype(dtype)
    return logits, masses, weights, slice(None) if size < 1000 else slice(None, None, 4)


@functools.cache
def truths_with_targets(size, dtype):
    """Gradient and size of its terms of each row to check, once for all libraries."""
    logits, masses, weights, rows = rows_with_targets(size, dtype)
    truth = [
        tables.to_precision(60, gradient_of_targets, *row)
        for row in zip(logits[rows], weights * masses[rows], strict=True)
    ]
    return tuple(tables.exact([row[name] for row in truth]) for name in ("gradient", "size"))


@both_precisions
@pytest.mark.parametrize("size", [2, 10, pytest.param(1000, marks=pytest.mark.slow)])
@some_libraries
def test_gradients_of_targets_are_within_4_units_of_both_terms_together(library, size, dtype):
    xp, (logits, masses, weights, rows) = array_library(library), rows_with_targets(size, dtype)
    found = xp.call_public(softmax_cross_entropy_of_targets.gradient, logits, masses, class_weights=weights)
    exact, larger = truths_with_targets(size, dtype)
    assert_within(4, found[rows], exact, scale=larger.hi, flushes=True)


# One logit ---------------------------------------------------------------------------------------------


def single_logits(dtype):
    limits = np.finfo(dtype)
    sizes = [0.0, limits.smallest_subnormal, limits.smallest_normal, 2.0**-30, 1e-3, 0.1, 0.6931, 1.0, 5.0]
    sizes += [16.6, 17.4, 36.7, 37.5, 50.0, 87.3, 88.8, 103.9, 104.5, 708.3, 744.4, 746.0, 1e4, limits.max]
    return np.asarray([sign * size for size in sizes for sign in (1, -1)], dtype=dtype)


def of_one_logit(z, target):
    """``log(1 + e^-x)`` and its derivative for the logit ``x`` of what happened."""
    sign = 2 * target - 1
    x = sign * mpf(float(z))
    # Beyond this the exponential is nothing beside x, at any number of digits.
    if x < -(10**5):
        return {"value": -x, "slope": mpf(-sign)}
    small = mp.exp(-x) if x < 10**6 else mpf(0)
    return {"value": mp.log1p(small), "slope": -sign * small / (1 + small)}


@both_precisions
@pytest.mark.parametrize("target", [0, 1])
def test_one_logit_is_within_4_units(xp, dtype, target):
    logits = single_logits(dtype)
    targets = np.full(len(logits), target, dtype=dtype)
    value, slope = xp.call_public(sigmoid_cross_entropy.value_and_gradient, logits, targets)
    truth = [tables.to_precision(60, of_one_logit, z, target) for z in logits]
    assert_within(4, value, tables.exact([row["value"] for row in truth]), flushes=xp.flushes)
    assert_within(4, slope, tables.exact([row["slope"] for row in truth]), flushes=xp.flushes)
    again = [tables.to_precision(120, of_one_logit, z, target) for z in logits]
    assert again == truth


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("target", [0, 1])
def test_one_logit_in_half_precision_is_right_to_its_own_rounding(dtype, target):
    torch = pytest.importorskip("torch")
    half = torch.tensor(single_logits(np.float32)).to(getattr(torch, dtype))
    half = half[torch.isfinite(half)]
    value, slope = sigmoid_cross_entropy.value_and_gradient(half, torch.full_like(half, target))
    truth = [tables.to_precision(60, of_one_logit, z, target) for z in half.to(torch.float64).tolist()]
    for seen, name in ((value, "value"), (slope, "slope")):
        exact = tables.exact([row[name] for row in truth]).hi
        assert_rounded(seen.to(torch.float64).numpy(), exact, torch.finfo(half.dtype))
