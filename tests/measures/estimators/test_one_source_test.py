"""Test of one source: its statistic, its level and its power."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures import js_divergence
from xent.measures.estimators import one_source_test


def test_the_statistic_is_the_likelihood_ratio_of_the_table_of_scipy():
    a, b = [30, 20, 10, 0], [10, 25, 3, 7]
    found = one_source_test(a, b)
    g = chi2_contingency([a, b], lambda_="log-likelihood", correction=False).statistic
    assert 2 * sum(a + b) * found.statistic == pytest.approx(g, rel=1e-12)
    p, q = np.asarray(a) / sum(a), np.asarray(b) / sum(b)
    weights = [sum(a) / sum(a + b), sum(b) / sum(a + b)]
    assert found.statistic == pytest.approx(float(js_divergence(p, q, weights=weights)), rel=1e-12)


def test_the_p_value_is_the_share_of_all_divisions_that_are_as_far_apart():
    a, b = [3, 1, 0], [0, 2, 2]
    items = [k for k, n in enumerate(np.add(a, b)) for _ in range(n)]
    statistic = {}
    reached = 0
    divisions = list(itertools.combinations(range(len(items)), sum(a)))
    for chosen in divisions:
        counts = tuple(np.bincount([items[i] for i in chosen], minlength=3).tolist())
        if counts not in statistic:
            statistic[counts] = one_source_test(counts, np.add(a, b) - counts, permutations=1).statistic
        reached += statistic[counts] >= one_source_test(a, b, permutations=1).statistic - 1e-12
    found = one_source_test(a, b, permutations=20_000)
    exact = reached / len(divisions)
    assert abs(found.p_value - exact) < 4 * math.sqrt(exact * (1 - exact) / 20_000)


def test_of_one_source_it_rejects_as_often_as_its_level_and_of_two_it_does():
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.full(60, 0.3))
    found = [
        one_source_test(
            rng.multinomial(50, shares), rng.multinomial(80, shares), permutations=99, seed=s
        ).p_value
        for s in range(200)
    ]
    # Binomial with 200 trials of 0.1, four standard deviations.
    assert np.mean(np.asarray(found) <= 0.1) < 0.1 + 4 * math.sqrt(0.09 / 200)
    assert one_source_test([50, 0], [0, 50]).p_value == 0.001


def test_equal_counts_a_single_category_and_a_seed():
    assert one_source_test([5, 3], [5, 3]).p_value == 1
    assert one_source_test([5], [3]) == one_source_test([5, 0], [3, 0])
    found = one_source_test([5], [3])
    assert (found.statistic, found.p_value, found.permutations) == (0, 1, 999)
    assert not np.signbit(found.statistic)
    assert one_source_test([5, 3, 4], [2, 6, 1], seed=1) == one_source_test([5, 3, 4], [2, 6, 1], seed=1)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "text"),
    [
        (([1, 2], [1]), {}, ShapeError, "`second` must have 2 entries, as `first`; got 1."),
        (([0, 0], [1, 2]), {}, DomainError, "`first` must hold an observation; got none."),
        (([1, 2], [0, 0]), {}, DomainError, "`second` must hold an observation; got none."),
        (
            ([1, 2], [1, 2]),
            {"permutations": 0},
            DomainError,
            "`permutations` must be an integer >= 1; got 0.",
        ),
        (([10**9, 2], [1, 2]), {}, DomainError, "at most 10**9 observations; got 1000000005."),
        (([1, 2], [1.5, 2]), {}, DomainError, "`second` must be whole numbers"),
        ((["a", "b"], [1, 2]), {}, DTypeError, "`first` must be"),
    ],
)
def test_errors_name_the_argument_and_the_rule(arguments, options, error, text):
    with pytest.raises(error) as caught:
        one_source_test(*arguments, **options)
    assert text in str(caught.value)
