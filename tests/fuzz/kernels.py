"""The kernels, sent to memory of every kind, against their definitions in long arithmetic."""

import numpy as np
from mpmath import mp, mpf
from tests.fuzz.cases import chance, distributions, integers, laid_out, logits, one_of
from tests.fuzz.cross_entropies import event_truth, row_truth
from tests.fuzz.rooms import called, refusal
from tests.fuzz.truths import met, number

from xent.kernels import sigmoid_cross_entropy, softmax_cross_entropy
from xent.kernels.softmax_cross_entropy import Labels, Statistics, Targets

__all__ = ["KNOWN", "attempt"]

KNOWN = ()
_CLASSES = (1, 2, 3, 5, 8, 16, 17, 33, 64, 95, 96, 97, 128, 200, 1000)
_ROWS = (0, 1, 2, 3, 7, 16, 17, 40)
# Rows of one call that are compared; the others only surround them.
_COMPARED = 3


def attempt(rng):
    """One call of one kernel."""
    one_of(rng, of_labels, of_labels, of_targets, of_events, of_odd_memory)(rng)


def of_labels(rng):
    """Labels, some of them no class or left out, with smoothing, weights of classes and z-loss."""
    z, given, ours = _drawn_logits(rng)
    N, K = z.shape
    labels = integers(rng, -3 if chance(rng, 0.2) else 0, K + (3 if chance(rng, 0.2) else 0), N)
    weights = 2.0 ** rng.integers(-2, 3, K) if chance(rng, 0.3) else None
    smoothing = one_of(rng, 0.0, 0.0, 0.1, 1.0)
    ignored = one_of(rng, None, -1, 0)
    truth = Labels(labels, None if weights is None else weights.astype(ours), ignored, smoothing)
    z_weight = one_of(rng, 0.0, 0.0, 0.25)
    value, gradient, factor = _results(rng, given, truth, z_weight)
    own = np.ones(K) if weights is None else weights
    for n in rng.permutation(N)[:_COMPARED]:
        label = int(labels[n])
        masses = [own[k] * mpf(smoothing) / K for k in range(K)]
        if 0 <= label < K:
            masses[label] += own[label] * (1 - mpf(smoothing))
        true = row_truth(z[n], masses, z_weight, is_read=0 <= label < K, is_left_out=label == ignored)
        plain = smoothing == 0 and z_weight == 0
        _compare(given, plain, value[n], gradient[n], factor[n], true, f"labels {given.dtype} K={K}")


def of_targets(rng):
    """Distributions and other masses, in the dtype of the logits or in 32 bits."""
    z, given, ours = _drawn_logits(rng)
    N, K = z.shape
    targets = distributions(rng, (N, K), np.float32) * one_of(rng, 1, 1, 2)
    if given.dtype in (np.float64, np.float32):
        targets = targets.astype(given.dtype)
    value, gradient, factor = _results(rng, given, Targets(targets), 0.0)
    for n in rng.permutation(N)[:_COMPARED]:
        true = row_truth(z[n], [number(t) for t in targets[n]], 0.0)
        _compare(given, False, value[n], gradient[n], factor[n], true, f"targets {given.dtype} K={K} {ours}")


def of_events(rng):
    """One logit for each event, infinite and nan ones among them."""
    dtype = one_of(rng, np.float64, np.float32, np.float16)
    shape = one_of(rng, *_ROWS), one_of(rng, 1, 2, 3, 17, 100)
    z = logits(rng, shape, dtype)
    z[rng.random(shape) < 0.05] = one_of(rng, np.inf, -np.inf, np.nan)
    hard = chance(rng, 0.5)
    t = (rng.integers(0, 2, shape) if hard else rng.random(shape)).astype(dtype)
    positive = 2.0 ** rng.integers(-2, 3, shape[1]) if chance(rng, 0.3) else np.ones(shape[1])
    ours = np.float64 if dtype == np.float64 else np.float32
    gradient = np.full_like(z, np.nan)
    value = sigmoid_cross_entropy.value_and_gradient(z, t, gradient, positive_weight=positive.astype(ours))
    again = sigmoid_cross_entropy.value(z, t, positive_weight=positive.astype(ours))
    assert np.array_equal(again, value, equal_nan=True), "value differs from value_and_gradient"
    places = [tuple(place) for place in np.argwhere(np.ones(shape))]
    for i in rng.permutation(len(places))[:12]:
        at = places[i]
        with mp.workdps(60):
            true, slope, scale = event_truth(z[at], t[at], positive[at[1]])
            note = f"events {np.dtype(dtype)} z={z[at]!r} t={t[at]!r}"
            met(4, value[at], true, f"value of {note}")
            met(5 if dtype != np.float16 else 1, gradient[at], slope, f"slope of {note}", scale=scale)


def of_odd_memory(rng):
    """Arrays that a kernel must not touch: refused, or read as what they are."""
    z = logits(rng, (3, 4), np.float64)
    labels = rng.integers(0, 4, 3)
    gradient = np.full_like(z, 7.0)
    value = softmax_cross_entropy.value_and_gradient
    kind = int(rng.integers(12))
    odd = (
        lambda: refusal(value, z[0], Labels(labels), gradient),
        lambda: refusal(value, z[:, :0].copy(), Labels(labels), gradient),
        lambda: refusal(value, z.astype(">f8"), Labels(labels), gradient),
        lambda: refusal(value, np.asfortranarray(z), Labels(labels), gradient),
        lambda: refusal(
            value, np.sign(z).astype(one_of(rng, int, complex, object, np.longdouble)), Labels(labels), z
        ),
        lambda: refusal(value, z, Labels(labels.astype(one_of(rng, float, bool, object))), gradient),
        lambda: refusal(value, z, Labels(labels[:2]), gradient),
        lambda: refusal(value, z, Labels(labels), gradient[:2]),
        lambda: refusal(value, z[:2], Labels(labels[:2]), z[1:]),
        lambda: refusal(value, z, Labels(labels), gradient, factor=np.ones(2)),
        lambda: refusal(value, z, Labels(labels, class_weights=np.ones(3)), gradient),
        lambda: called(value, laid_out(rng, z), Labels(laid_out(rng, labels)), laid_out(rng, gradient)),
    )[kind]
    odd()


def _drawn_logits(rng):
    """Logits as 64-bit floats and as given to the kernel, and the dtype of the results."""
    name = one_of(rng, "float64", "float32", "float16", "bfloat16")
    shape = one_of(rng, *_ROWS), one_of(rng, *_CLASSES)
    given = logits(rng, shape, np.float32 if name == "bfloat16" else name)
    if chance(rng, 0.2) and given.size:
        given[rng.integers(len(given)), rng.integers(shape[1])] = one_of(rng, np.nan, np.inf, -np.inf)
    if name == "bfloat16":
        given = (given.view(np.uint32) >> 16).astype(np.uint16)
    return _wide(given), given, np.float64 if name == "float64" else np.float32


def _wide(array):
    if array.dtype == np.uint16:
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float64)


def _results(rng, given, truth, z_weight):
    """Values and gradients by each entry, which have to agree, and the factor of each row's gradient."""
    factor = 2.0 ** rng.integers(-2, 3, len(given)) if chance(rng, 0.3) else np.ones(len(given))
    ours = np.float64 if given.dtype == np.float64 else np.float32
    options = {"factor": factor.astype(ours), "z_weight": z_weight}
    tops = np.zeros(len(given), np.int64)
    gradient = np.zeros_like(given)
    statistics = Statistics(tops=tops) if chance(rng, 0.3) else Statistics()
    value = softmax_cross_entropy.value_and_gradient(given, truth, gradient, statistics=statistics, **options)
    alone = softmax_cross_entropy.value(given, truth, z_weight=z_weight)
    assert np.array_equal(alone, value, equal_nan=True), "value differs from value_and_gradient"
    in_place = given.copy()
    softmax_cross_entropy.gradient(in_place, truth, in_place, **options)
    assert np.array_equal(_wide(in_place), _wide(gradient), equal_nan=True), "in place other bits"
    return value, _wide(gradient), factor


def _compare(given, plain, value, gradient, factor, true, note):
    """Value and gradient of one row within the bounds of the docstring."""
    units = 4 if plain else 8
    scale = None if plain else np.asarray(float(true.size))
    met(units, value, true.value, f"value of {note}", scale=scale)
    scaled = [mpf(float(factor)) * x for x in true.gradient]
    sizes = np.asarray([float(factor) * float(x) for x in true.sizes])
    if given.dtype in (np.float64, np.float32):
        found, scale = gradient.astype(given.dtype), None if plain else sizes
        # A probability that underflows is multiplied by the log-normaliser afterwards.
        met(units, found, scaled, f"gradient of {note}", scale=scale, flushes=not plain)
        return
    # Numbers of 16 bits are rounded once, so they are next to the truth.
    eps, least = (2.0**-10, 2.0**-24) if given.dtype == np.float16 else (2.0**-7, 2.0**-133)
    truth = np.asarray([float(x) for x in scaled])
    units_of_16 = np.maximum(eps * sizes, least)
    with np.errstate(invalid="ignore"):
        apart = np.where(np.isnan(gradient) & np.isnan(truth), 0, np.abs(gradient - truth) / units_of_16)
    assert (apart <= 1).all(), f"gradient of {note}: {np.max(apart)} units of 16 bits"
