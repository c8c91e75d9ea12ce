"""Contrastive losses of embeddings whose similarities are exact, against the definitions of their papers."""

import numpy as np
from mpmath import mp, mpf
from tests.fuzz.cases import chance, laid_out, one_of, weights
from tests.fuzz.rooms import called, refusal
from tests.losses.contrastive.test_contrastive import Case, as_exact, definition, difference
from tests.relative_error import assert_within

from xent.losses import InfoNCE, NTXent, SupervisedContrastive

__all__ = ["KNOWN", "attempt"]

KNOWN = ()


def attempt(rng):
    """One batch, or arguments that do not fit."""
    (of_odd_arguments if chance(rng, 0.3) else of_a_batch)(rng)


def of_a_batch(rng):
    """Value and gradients within the units of the docstrings, in any layout, dtype and weights."""
    dtype = one_of(rng, np.float64, np.float32)
    case, temperature = _case(rng, dtype)
    weight = weights(rng, len(case.arrays[0]), dtype) if chance(rng, 0.4) else None
    factors = np.ones(len(case.arrays[0])) if weight is None else weight

    def total(arrays):
        values = definition(case, arrays, mpf(temperature), exp=mp.exp, log=mp.log, total=mp.fsum)
        return mp.fsum(mpf(float(w)) * value for w, value in zip(factors, values, strict=True))

    with mp.workdps(700):
        rows = [[[mpf(float(x)) for x in row] for row in array] for array in case.arrays]
        truth = definition(case, rows, mpf(temperature), exp=mp.exp, log=mp.log, total=mp.fsum)
        truth = as_exact([mpf(float(w)) * value for w, value in zip(factors, truth, strict=True)])
        width = len(rows[0][0])
        slopes = [
            [[difference(total, rows, (place, i, k)) for k in range(width)] for i in range(len(array))]
            for place, array in enumerate(rows)
        ]
        slopes = [as_exact(slope) for slope in slopes]
    arrays = tuple(laid_out(rng, array.astype(dtype)) for array in case.arrays)
    value, gradient = case.ask("value_and_gradient", arrays=arrays, sample_weight=weight)
    note = f"{case.name} {np.dtype(dtype)} {temperature} {[array.tolist() for array in case.arrays]}"
    try:
        assert_within(8, value, truth)
        for mine, slope in zip(case.parts(gradient), slopes, strict=True):
            # An exponential may underflow where its product with an embedding does not.
            assert_within(8, mine, slope, scale=_scale(slope, arrays, temperature), flushes=True)
    except AssertionError as error:
        raise AssertionError(f"{error}: {note}") from None


def of_odd_arguments(rng):
    """Embeddings and truths of the wrong shape, kind or value are refused in one line, or give nan."""
    x, y = np.random.default_rng(int(rng.integers(1 << 30))).standard_normal((2, 4, 3))
    labels, partners = np.asarray([0, 0, 1, 1]), np.asarray([1, 0, 3, 2])
    bad = one_of(rng, np.nan, np.inf, -np.inf)
    broken = x.copy()
    broken[1, 2] = bad
    masked = np.ma.array(x, mask=x > 1e9)
    masked[0, 0] = np.ma.masked
    kind = int(rng.integers(10))
    odd = (
        lambda: refusal(InfoNCE(), x, y[:3]),
        lambda: refusal(InfoNCE(), x, y[:, :2]),
        lambda: refusal(InfoNCE(), x.astype(one_of(rng, int, complex, object, "U4")), y),
        lambda: refusal(InfoNCE(), x, y, negatives=one_of(rng, y[:, :2], y[0], masked)),
        lambda: refusal(NTXent(), x, one_of(rng, partners + 4, partners[:3], np.arange(4), partners / 2)),
        lambda: refusal(SupervisedContrastive(), x, one_of(rng, labels[:3], labels / 2, labels[:, None])),
        lambda: _odd_temperature(one_of(rng, 0.0, -1.0, np.nan, "a", None, [1.0, 2.0]), x, partners),
        lambda: refusal(SupervisedContrastive(), masked, labels),
        lambda: _nan(called(InfoNCE(normalize=chance(rng, 0.5)), broken, y)),
        lambda: called(one_of(rng, InfoNCE(), InfoNCE().gradient), x * one_of(rng, 0, 1e-300, 1e300), y),
    )[kind]
    odd()


def _scale(slope, arrays, temperature):
    """The largest entry of a gradient; where candidates are so near that their terms cancel, of a term."""
    reach = max(float(np.abs(array).max()) for array in arrays) / temperature
    largest = np.abs(slope.hi).max()
    return np.full(slope.hi.shape, largest if largest > reach / 8 else reach)


def _nan(result):
    value, error = result
    assert error is not None or np.isnan(value[1]), f"nan or infinity in an embedding gives {value}"


def _odd_temperature(temperature, x, partners):
    refusal(lambda: NTXent(temperature=temperature)(x, partners))


def _case(rng, dtype):
    """A loss and arrays of small multiples of 1/2, so that products and their sums are exact."""
    n, width, size = one_of(rng, 2, 3, 5), one_of(rng, 1, 2, 4), one_of(rng, 1, 4, 12)
    temperature = one_of(rng, 0.25, 1.0, 4.0)

    def drawn(rows):
        return (rng.integers(-size, size + 1, (rows, width)) / 2).astype(dtype)

    options = {"temperature": temperature, "normalize": False}
    kind = one_of(rng, "info_nce", "nt_xent", "supervised_contrastive")
    if kind == "info_nce":
        arrays = (drawn(n), drawn(n), drawn(one_of(rng, 1, 4))) if chance(rng, 0.5) else (drawn(n), drawn(n))
        return Case(kind, InfoNCE(**options), arrays), temperature
    if kind == "nt_xent":
        partners = np.roll(np.arange(n), 1)
        return Case(kind, NTXent(**options), (drawn(n),), partners), temperature
    labels = rng.integers(0, 2, n)
    loss = SupervisedContrastive(**options, on_single="zero")
    return Case(kind, loss, (drawn(n),), labels), temperature
