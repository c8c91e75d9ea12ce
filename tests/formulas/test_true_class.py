"""What a softmax says of one class of each row, and of all of them."""

import numpy as np
import pytest
from mpmath import mp, mpf
from tests.losses.focusing.test_focal import hard_rows
from tests.relative_error import Exact, assert_within, units_apart

from xent.formulas.every_class import every_class
from xent.formulas.true_class import true_class
from xent.precision.exact_difference import ExactLogits

PARTS = ("prob", "complement", "surprisal", "surprisal_rest")


def parts_of_label(logits, labels, *, xp):
    return tuple(getattr(true_class(logits, labels, xp=xp), part) for part in PARTS)


def parts_of_all(logits, *, xp):
    return tuple(getattr(every_class(logits, xp=xp), part) for part in PARTS)


def truth_of(gaps):
    """Probability and surprisal of the first of two classes that lies so far below the other."""
    with mp.workdps(700):
        surprisals = [mpf(float(gap)) + mp.log1p(mp.exp(-mpf(float(gap)))) for gap in gaps]
        probs = [float(mp.exp(-s)) for s in surprisals]
        hi = np.asarray([float(s) for s in surprisals])
        lo = np.asarray([float(s - mpf(h)) for s, h in zip(surprisals, hi, strict=True)])
    return np.asarray(probs), Exact(hi, lo)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tiny_probability_keeps_its_digits_however_wide_the_gap(xp, dtype):
    gaps = np.asarray([0.1, 3.3, 41.3, 60.7, 81.1], dtype=dtype)
    gaps = gaps if dtype == np.float32 else np.concatenate([gaps, [333.3, 601.7, 707.1]])
    peaks = np.asarray([0.3, -1.7, 0.7, 11.1, 0.9, 0.1, 0.2, 0.3], dtype=dtype)[: len(gaps)]
    logits = np.stack([peaks - gaps, peaks], axis=-1)
    with mp.workdps(700):
        exact = [mpf(float(peak)) - mpf(float(z)) for peak, z in zip(peaks, logits[:, 0], strict=True)]
        probs = np.asarray([float(1 / (1 + mp.exp(gap))) for gap in exact])
    labels = np.zeros(len(gaps), dtype=int)
    units = 6 if xp.name == "jax" else 4
    assert_within(units, xp.call(parts_of_label, logits, labels)[0], probs)
    assert_within(units, xp.call(parts_of_all, logits)[0][:, 0], probs)


def test_the_surprisal_has_twice_the_digits_with_its_rest(xp):
    gaps = np.asarray([0.3, 5.7, 41.3, 333.3, 707.1])
    _, truth = truth_of(gaps)
    logits = np.stack([-gaps, np.zeros_like(gaps)], axis=-1)
    for _, _, surprisal, rest in (
        xp.call(parts_of_label, logits, np.zeros(5, dtype=int)),
        (part[:, 0] for part in xp.call(parts_of_all, logits)),
    ):
        # What is left is the error of log1p, which is small beside a wide gap.
        left = np.abs((surprisal - truth.hi) - truth.lo + rest)
        assert (left <= 2 * np.finfo(float).eps * np.log1p(np.exp(-gaps)) + 1e-30).all()
        assert (units_apart(surprisal, truth) <= 2).all()


def test_of_every_class_it_says_what_it_says_of_each(xp):
    logits, _ = hard_rows()
    together = xp.call(parts_of_all, logits)
    for label in range(4):
        alone = xp.call(parts_of_label, logits, np.full(len(logits), label))
        for part, one in zip(together[:3], alone[:3], strict=True):
            assert_within(4, part[:, label], one, flushes=True)


def test_what_logits_lost_in_rounding_counts(xp):
    high, low = np.asarray([[40.0, 0.0]]), np.asarray([[1e-15, -2e-15]])

    def surprisals(high, low, *, xp):
        exact = ExactLogits(high, low)
        of_label = true_class(exact, xp.asarray([1]), xp=xp)
        return of_label.surprisal_rest, every_class(exact, xp=xp).surprisal_rest[..., 1], of_label.prob

    rest, its_rest, prob = xp.call(surprisals, high, low)
    surprisal = float(np.exp(-40.0))
    np.testing.assert_allclose(rest, 3e-15 + surprisal, rtol=1e-12)
    np.testing.assert_allclose(its_rest, 3e-15 + surprisal, rtol=1e-12)
    np.testing.assert_allclose(prob, np.exp(-40.0) * (1 - 3e-15), rtol=4e-16)


def test_infinite_gaps_have_no_rest_and_no_probability(xp):
    logits = np.asarray([[-np.inf, 0.5, 0.0]])
    for prob, complement, surprisal, rest in (
        xp.call(parts_of_label, logits, np.asarray([0])),
        (part[:, 0] for part in xp.call(parts_of_all, logits)),
    ):
        assert (prob, complement, surprisal) == (0, 1, np.inf)
        assert np.isfinite(rest)


def test_a_label_that_is_no_class_is_nan_throughout(xp):
    for part in xp.call(parts_of_label, np.zeros((2, 3)), np.asarray([3, 1]))[:3]:
        np.testing.assert_array_equal(np.isnan(part), [True, False])


def test_the_slopes_of_a_sure_class_add_up_without_cancelling(xp):
    def slopes(logits, labels, *, xp):
        return true_class(logits, labels, xp=xp).derivatives

    found = xp.call(slopes, np.asarray([[50.0, 0.0, -1.0]]), np.asarray([0]))
    others = np.exp([-50.0, -51.0])
    assert_within(4, found, [[-others.sum(), *others]])
    assert np.isnan(xp.call(slopes, np.zeros((1, 2)), np.asarray([5]))).all()
