"""Judgements of predictions, against plain sums in long arithmetic."""

import math
from statistics import NormalDist

import numpy as np
from mpmath import fsum, mp, mpf, sqrt
from tests.fuzz.cases import distributions, integers, laid_out, one_of
from tests.fuzz.rooms import called, refusal
from tests.fuzz.truths import met, number

from xent.scoring import judge
from xent.scoring.held_out import split_rows
from xent.scoring.wilson import wilson_interval

__all__ = ["KNOWN", "attempt"]

KNOWN = ()


def attempt(rng):
    """One judgement, interval or split."""
    one_of(rng, of_predictions, of_predictions, of_proportions, of_splits, of_odd_arguments)(rng)


def of_predictions(rng):
    """Losses, errors, shares and bins are what their definitions say."""
    n, K = one_of(rng, 1, 2, 3, 17, 60), one_of(rng, 1, 2, 2, 3, 5, 140)
    probs = distributions(rng, (n, K), np.float64)
    with np.errstate(divide="ignore"):
        log_probs = np.log(probs)
    codes = integers(rng, 0, K, n)
    names = tuple(f"class {k}" for k in range(K))
    found = judge(laid_out(rng, log_probs), laid_out(rng, codes), classes=names)
    codes = codes.astype(int)
    losses = [-number(x) for x in log_probs[np.arange(n), codes]]
    wrong = int((log_probs.argmax(axis=1) != codes).sum())
    note = f"n={n} K={K}"
    with mp.workdps(60):
        met(8, found.cross_entropy.value, fsum(losses) / n, f"cross_entropy {note}")
        met(2, found.error.value, mpf(wrong) / n, f"error {note}")
        for k in range(K):
            part = [loss for loss, code in zip(losses, codes, strict=True) if code == k]
            assert found.classes[k].rows == len(part), f"rows of class {k} {note}"
            if part:
                met(8, found.classes[k].cross_entropy, fsum(part) / len(part), f"class {k} {note}")
        entropy = -fsum(mpf(int(c)) / n * mp.log(mpf(int(c)) / n) for c in np.bincount(codes) if c)
        met(8, found.prior_entropy, entropy, f"prior entropy {note}")
    _consistent(found, probs, codes, note)


def of_proportions(rng):
    """Wilson's interval, from its quadratic equation."""
    count = int(10 ** rng.uniform(0, 12))
    hits = one_of(rng, 0, 1, count, count // 2, int(rng.integers(0, count + 1)))
    level = one_of(rng, 0.5, 0.95, 0.999)
    found = wilson_interval(hits, count, level=level)
    assert 0 <= found.low <= found.value <= found.high <= 1, f"{found} of {hits} in {count}"
    with mp.workdps(60):
        z, n, x = mpf(NormalDist().inv_cdf((1 + level) / 2)), mpf(count), mpf(hits)
        root = z * sqrt(z * z + 4 * x * (1 - x / n))
        ends = [(2 * x + z * z + sign * root) / (2 * (n + z * z)) for sign in (-1, 1)]
        # An end near 0 is a difference of near numbers: its error is that of the centre.
        met(8, found.low, max(ends[0], 0), f"low of {hits} in {count}", scale=np.asarray(found.high))
        met(8, found.high, min(ends[1], 1), f"high of {hits} in {count}")


def of_splits(rng):
    """Every class is on both sides if it has two rows; no row is lost."""
    K = one_of(rng, 1, 2, 5)
    codes = np.concatenate([np.full(int(rng.integers(1, 9)), k) for k in range(K)])
    codes = rng.permutation(codes)
    share = one_of(rng, 1e-9, 0.2, 0.5, 1 - 1e-9)
    train, held_out = split_rows(codes, share, seed=int(rng.integers(1 << 40)))
    assert sorted([*train, *held_out]) == list(range(len(codes))), "a row is lost"
    for k in range(K):
        count = (codes == k).sum()
        sides = (codes[train] == k).sum(), (codes[held_out] == k).sum()
        assert sides[0] >= 1, f"class of {count} rows has none to train on"
        assert sides[1] >= 1 or count == 1, f"class of {count} rows has none held out"


def of_odd_arguments(rng):
    """Refused in one line."""
    log_probs = np.log(distributions(rng, (4, 3), np.float64, zeros=False))
    codes, names = rng.integers(0, 3, 4), ("a", "b", "c")
    kind = int(rng.integers(10))
    odd = (
        lambda: refusal(judge, log_probs, codes + one_of(rng, 3, -3), classes=names),
        lambda: refusal(judge, log_probs, codes[:3], classes=names),
        lambda: refusal(judge, log_probs, codes, classes=names[:2]),
        lambda: refusal(
            judge, log_probs, codes.astype(one_of(rng, float, bool, object, "U1")), classes=names
        ),
        lambda: refusal(judge, log_probs[0], codes[:1], classes=names),
        lambda: refusal(judge, log_probs[None], codes, classes=names),
        lambda: refusal(judge, log_probs[:0], codes[:0], classes=names),
        lambda: refusal(judge, log_probs.astype(one_of(rng, complex, object, "U9")), codes, classes=names),
        lambda: called(judge, log_probs.tolist(), codes.tolist(), classes=list(names)),
        lambda: refusal(
            judge, np.where(log_probs < -1, one_of(rng, np.nan, 0.5), np.nan), codes, classes=names
        ),
    )[kind]
    odd()


def _consistent(found, probs, codes, note):
    """Tables add up, intervals hold their values, bins hold all predictions."""
    n, K = probs.shape
    assert np.sum(found.confusion) == n, f"confusion {note}"
    assert [sum(line) for line in found.confusion] == np.bincount(codes, minlength=K).tolist()
    for estimate in (found.cross_entropy, found.error, found.bits, found.perplexity):
        if n > 1 or estimate is found.error:
            assert estimate.low <= estimate.value <= estimate.high, f"{estimate} {note}"
    assert sum(b.count for b in found.reliability) == n, f"bins {note}"
    for b in found.reliability:
        inside = probs[:, 1] if K == 2 else probs.max(axis=1)
        inside = inside[(inside > b.low * (1 + 1e-14)) | (b.low == 0)]
        inside = inside[inside <= b.high * (1 + 1e-14)]
        assert b.count == inside.size, f"bin {b.low} {note}"
        assert math.isclose(b.predicted, inside.mean(), rel_tol=1e-12), f"bin {b.low} {note}"
    assert 0 <= found.calibration_error <= 1, f"calibration {note}"
    surprisals = [row.surprisal for row in found.surprising]
    assert surprisals == sorted(surprisals, reverse=True), f"surprising rows {note}"
    assert len(surprisals) == min(n, 10)
