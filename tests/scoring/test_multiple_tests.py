import numpy as np
import pytest
from scipy.stats import binomtest, false_discovery_control

from xent.scoring.comparison import mcnemar_p_value
from xent.scoring.multiple_tests import false_discovery_rates, holm
from xent.scoring.sign_flips import sign_flip_p_value


def test_false_discovery_rates_agree_with_scipy():
    p = np.random.default_rng(0).random(30) ** 2
    np.testing.assert_allclose(false_discovery_rates(p), false_discovery_control(p), rtol=1e-12)


def test_holm_is_that_of_its_paper_and_leaves_unknown_values_out():
    found = holm(np.asarray([0.01, np.nan, 0.04, 0.03, 0.005]))
    assert found[[0, 2, 3, 4]] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert np.isnan(found[1])


@pytest.mark.parametrize(("first", "second"), [(3, 11), (0, 6), (5, 5)])
def test_mcnemar_is_an_exact_binomial_test(first, second):
    exact = binomtest(first, first + second, 0.5).pvalue
    assert mcnemar_p_value(first, second) == pytest.approx(exact, rel=1e-12)


def test_few_units_are_flipped_exhaustively():
    assert sign_flip_p_value(np.asarray([1.0, 2.0, 3.0])) == 0.25
    assert sign_flip_p_value(np.ones(10)) == 2 / 1024
    assert sign_flip_p_value(np.zeros(4)) == 1


def test_drawn_flips_agree_with_the_normal_limit_and_never_give_zero():
    rng = np.random.default_rng(1)
    sums = rng.normal(size=400) + 0.1
    z = sums.sum() / np.sqrt((sums**2).sum())
    from scipy.stats import norm

    assert sign_flip_p_value(sums) == pytest.approx(2 * norm.sf(abs(z)), abs=0.01)
    assert sign_flip_p_value(sums + 5) == 1e-4


def test_sign_flips_reject_a_true_hypothesis_at_their_level():
    rng = np.random.default_rng(2)
    rejected = sum(sign_flip_p_value(rng.standard_t(4, size=40)) < 0.05 for _ in range(200))
    assert 2 <= rejected <= 20
