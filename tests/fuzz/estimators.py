"""Estimators from counts and samples, and codes, against their definitions and laws."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
from mpmath import mp
from tests.fuzz.cases import distributions, laid_out, one_of
from tests.fuzz.rooms import called, refusal
from tests.fuzz.truths import met
from tests.measures.estimators.definitions import BY_METHOD

from xent.measures import codes, estimators
from xent.measures.entropy import entropy

__all__ = ["KNOWN", "attempt"]

KNOWN = ()
_SLOW = ("chao_wang_jost", "bonachela", "jackknife")
_CODES = (codes.huffman_code, codes.shannon_code, codes.shannon_fano_elias_code)


def attempt(rng):
    """One estimate, one code, or arguments that no estimate can be made of."""
    kinds = of_counts, of_counts, of_samples, of_codes, of_codes, of_accounts, of_neighbours
    one_of(rng, *kinds, of_odd_arguments)(rng)


def of_counts(rng):
    """Estimates of entropy meet the definitions of their papers, in any layout and dtype of the counts."""
    counts = _counts(rng)
    counts[0] += counts.sum() == 1
    # The definition of the jackknife and of a series' tail takes a term for each observation.
    methods = [name for name in BY_METHOD if counts.sum() < 300 or name not in _SLOW]
    method, K = one_of(rng, *methods), int((counts > 0).sum()) + one_of(rng, 0, 1, 5)
    found = estimators.entropy_from_counts(
        one_of(rng, laid_out(rng, counts), counts.tolist(), Counter(dict(enumerate(counts.tolist())))),
        method=method,
        K=K if method == "james_stein" else None,
    )
    assert (found.n, found.method) == (counts.sum(), method), f"{found} of {counts.tolist()}"
    # The tail of a series cancels: its definition needs a digit for each observation.
    with mp.workdps(60 + (2 * int(counts.sum()) if method == "chao_wang_jost" else 0)):
        truth = BY_METHOD[method]([int(c) for c in counts], K)
        # Terms of both signs cancel to 0 where one category alone was seen.
        scale = np.asarray(max(abs(float(truth)), 0.1))
        met(2**8, np.asarray(found.value), truth, f"{method} of {counts.tolist()} K={K}", scale=scale)


def of_samples(rng):
    """Samples of any kind give the estimate of their counts; of pairs, information is symmetric."""
    codes_ = rng.integers(0, one_of(rng, 1, 2, 5, 250), int(rng.integers(1, 60)))
    shown = one_of(
        rng,
        codes_,
        codes_.astype(np.uint8),
        codes_ - 150,
        [str(c) for c in codes_],
        [(c, "x") for c in codes_],
    )
    found = estimators.entropy_from_samples(shown)
    again = estimators.entropy_from_counts(np.bincount(codes_))
    assert math.isclose(found.value, again.value, rel_tol=1e-13, abs_tol=1e-300), f"{found} for {again}"
    other = rng.integers(0, 3, len(codes_))
    one, two = (
        estimators.mutual_information_from_samples(*pair).value for pair in ((shown, other), (other, shown))
    )
    assert math.isclose(one, two, rel_tol=1e-12, abs_tol=1e-14), f"{one} and {two}"


def of_codes(rng):
    """Kraft's inequality, lengths next to the ideal, no code shorter than Huffman's."""
    p = distributions(rng, (one_of(rng, 1, 2, 3, 6, 40),), np.float64)
    radix = one_of(rng, 2, 2, 3, 10)
    made = [build(p, radix=radix, normalize=True) for build in _CODES]
    note = f"radix {radix} of {p.tolist()}" if p.size <= 6 else f"radix {radix} K={p.size}"
    least = float(entropy(p, normalize=True)) / math.log(radix)
    for code, slack in zip(made, (1, 1, 2), strict=True):
        assert code.is_prefix_free, f"{code.lengths} {note}"
        assert code.kraft_sum <= Fraction(1), f"{code.lengths} {note}"
        length = code.expected_length(p, normalize=True)
        alone = (p > 0).sum() == 1
        assert length >= least * (1 - 1e-12), f"{length} < {least} {note}"
        assert length <= least + slack + 1e-12 or alone, f"{length} > {least} + {slack} {note}"
        shortest = made[0].expected_length(p, normalize=True)
        assert length >= shortest * (1 - 1e-12) or alone, f"shorter {note}"
        words = [word for word in code.codewords if word is not None]
        assert len(set(words)) == len(words) == (p > 0).sum() or code is not made[0], f"{words} {note}"


def of_accounts(rng):
    """The parts of an expected length add up to it, on sources that the code was not built for."""
    K = one_of(rng, 2, 3, 7)
    p, q = (distributions(rng, (K,), np.float64, zeros=False) for _ in range(2))
    code = one_of(rng, *_CODES)(q, normalize=True)
    found = codes.account(code, built_for=q, run_on=p, normalize=True)
    total = found.entropy + found.divergence + found.whole_symbol_penalty
    assert math.isclose(total, found.expected_length, rel_tol=1e-9), f"{found}"
    assert found.divergence >= 0, f"{found}"


def of_neighbours(rng):
    """Estimates of continuous samples are finite, repeat, and do not change with the units."""
    n, k = int(rng.integers(8, 40)), int(rng.integers(1, 5))
    x, y = rng.standard_normal((2, n))
    factor = 10.0 ** rng.uniform(-200, 200)
    for call in (
        lambda a: estimators.kraskov_mutual_information(a, y, k=k, variant=one_of(rng, 1)).value,
        lambda a: estimators.ross_mutual_information(np.arange(n) % 2, a, k=min(k, 3)).value,
        lambda a: estimators.kozachenko_leonenko_entropy(a, k=k).value,
    ):
        value, error = called(call, laid_out(rng, x))
        assert error is None, f"refused: {error}"
        assert np.isfinite(value)
        again = call(x * factor)
        shift = again - value
        assert min(abs(shift), abs(shift - math.log(factor))) < 1e-9, f"{value} and {again} for {factor}"


def of_odd_arguments(rng):
    """Counts, samples and models of the wrong kind are refused in one line."""
    counts, bad = np.asarray([3, 0, 5]), one_of(rng, -1, 0.5, np.nan, np.inf, 2.0**60)
    samples = np.asarray([0, 1, 1, 0])
    method = one_of(rng, *BY_METHOD)
    kind = int(rng.integers(12))
    masked = np.ma.array([3.0, 2.0, 1.0, 5.0], mask=[0, 0, 1, 0])
    odd = (
        lambda: refusal(estimators.entropy_from_counts, [3, bad], method=method),
        lambda: refusal(estimators.entropy_from_counts, counts * 0, method=method),
        lambda: refusal(estimators.entropy_from_counts, counts[None], method=method),
        lambda: refusal(estimators.entropy_from_counts, counts.astype(one_of(rng, complex, object, "U3"))),
        lambda: refusal(estimators.entropy_from_counts, counts, method=method, K=one_of(rng, 1, 2.5, "3")),
        lambda: refusal(estimators.entropy_from_counts, masked, method=method),
        lambda: refusal(
            estimators.entropy_from_samples, one_of(rng, [], [[1]], [0.5], masked, Counter("ab"))
        ),
        lambda: refusal(estimators.mutual_information_from_samples, samples, samples[:2]),
        lambda: refusal(
            estimators.kraskov_mutual_information, samples, samples, k=one_of(rng, 0, 4, 1.5, "a")
        ),
        lambda: refusal(
            one_of(rng, *_CODES), one_of(rng, [bad, 0.25], [], [[0.5, 0.5]], masked, "ab", [0.4, 0.4])
        ),
        lambda: refusal(codes.huffman_code, [0.5, 0.5], radix=one_of(rng, 1, 0, 2.5, -2, "2")),
        lambda: refusal(
            estimators.corpus_perplexity, one_of(rng, [0.5], masked, [[-1.0], 0.5], "ab"), tokens=[1]
        ),
    )[kind]
    odd()


def _counts(rng):
    """Counts of few and of many observations, some of them 0."""
    size = one_of(rng, 1, 2, 5, 20)
    kind = one_of(rng, "few", "even", "skewed")
    if kind == "few":
        counts = rng.integers(0, 4, size)
    elif kind == "even":
        counts = rng.integers(20, 40, size)
    else:
        counts = (10.0 ** rng.uniform(0, 3, size)).astype(int)
    counts[0] = max(counts[0], 1)
    return counts.astype(one_of(rng, np.int64, np.int32, np.uint16, np.float64))
