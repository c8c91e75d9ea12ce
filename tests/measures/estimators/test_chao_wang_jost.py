import numpy as np
import pytest
from mpmath import e1, exp, mp, mpf
from tests.measures.estimators import definitions

from xent.measures.estimators import chao_wang_jost_entropy, zhang_entropy
from xent.measures.estimators.chao_wang_jost import series_tail


@pytest.mark.parametrize("A", [1e-9, 1e-3, 2 / 11, 0.5, 0.9])
@pytest.mark.parametrize("n", [2, 10, 1000])
def test_the_tail_of_the_series_keeps_its_digits(A, n):
    # x**n may be 1e-1000: the direct form loses as many digits.
    with mp.workdps(1100):
        truth = definitions.series_tail(mpf(A), n)
        error = float(abs(series_tail(A, float(1 - mpf(A)), n) / truth - 1))
    assert error < 1e-14


def test_a_million_observations_neither_overflow_nor_cancel():
    counts = np.repeat([1, 2, 1000], [10, 3, 1000])
    found = chao_wang_jost_entropy(counts)
    known = zhang_entropy(counts).value
    # For large n the sum becomes the integral of exp(-u) / (c + u), with c = 2 f2 / f1 = 0.6.
    with mp.workdps(20):
        limit = float(exp(mpf("0.6")) * e1(mpf("0.6")))
    assert abs((found.value - known) * found.n / 10 / limit - 1) < 1e-5


def test_no_singletons_leave_the_estimate_of_zhang():
    assert chao_wang_jost_entropy([2, 3, 4]).value == zhang_entropy([2, 3, 4]).value
