"""Values from textbooks and from other libraries' documentation."""

import numpy as np
import pytest

from xent import measures

COVER_THOMAS = np.asarray([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32


def assert_is(found, value, rtol=1e-15):
    np.testing.assert_allclose(found, value, rtol=rtol, atol=0)


def test_the_joint_table_of_cover_and_thomas():
    """Example 2.2.1; its X is along the columns."""
    assert_is(measures.entropy(COVER_THOMAS.sum(axis=0), base=2), 7 / 4)
    assert_is(measures.entropy(COVER_THOMAS.sum(axis=1), base=2), 2)
    assert_is(measures.joint_entropy(COVER_THOMAS, base=2), 27 / 8)
    assert_is(measures.conditional_entropy(COVER_THOMAS, given_axis=-2, base=2), 11 / 8)
    assert_is(measures.conditional_entropy(COVER_THOMAS, given_axis=-1, base=2), 13 / 8)
    assert_is(measures.conditional_entropy(COVER_THOMAS, given_axis=1, base=2), 13 / 8)
    assert_is(measures.mutual_information(COVER_THOMAS, base=2), 3 / 8)
    assert_is(measures.variation_of_information(COVER_THOMAS, base=2), 3)
    assert_is(measures.total_correlation(COVER_THOMAS, base=2), 3 / 8)


def test_two_coins_of_cover_and_thomas():
    """Example 2.3.1."""
    r, s = np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25])
    assert_is(measures.kl_divergence(r, s, base=2), 0.2075187496, rtol=1e-9)
    assert_is(measures.kl_divergence(s, r, base=2), 0.1887218755, rtol=1e-9)


def test_a_horse_race_takes_2_bits():
    horses = np.asarray([1 / 2, 1 / 4, 1 / 8, 1 / 16, *[1 / 64] * 4])
    assert measures.entropy(horses, base=2) == 2
    assert_is(measures.perplexity(horses), 4)


def test_the_coins_of_the_documentation_of_scipy():
    fair, biased = np.asarray([0.5, 0.5]), np.asarray([0.9, 0.1])
    assert_is(measures.entropy(biased, base=2), 0.4689955935892812)
    assert_is(measures.kl_divergence(fair, biased, base=2), 0.7369655941662062)
    assert_is(measures.cross_entropy(fair, biased, base=2), 1.7369655941662063)


def test_the_tables_of_the_tests_of_scipy():
    assert_is(measures.entropy([0, 1, 2], normalize=True), 0.63651416829481278)
    p = np.asarray([[0.1, 0.2], [0.6, 0.3], [0.3, 0.5]])
    q = np.asarray([[0.2, 0.1], [0.3, 0.6], [0.5, 0.3]])
    assert_is(measures.kl_divergence(p, q, axis=0), [0.1933259, 0.18609809], rtol=1e-7)
    found = measures.kl_divergence(p, q, normalize=True)
    assert_is(found, [0.23104906, 0.23104906, 0.12770641], rtol=1e-7)


def test_almost_equal_distributions_whose_divergence_other_libraries_lose():
    p, q = np.asarray([0.5, 0.5]), np.asarray([0.5 + 1e-9, 0.5 - 1e-9])
    # Of the stored q, whose distance from p is not quite 1e-9.
    truth = 2 * np.mean((q - p) ** 2 / 0.5) / 2
    assert_is(measures.kl_divergence(p, q), truth)
    assert_is(measures.kl_divergence(p, q), 2e-18, rtol=1e-6)
    assert_is(measures.js_divergence(p, q), truth / 4)
    assert measures.kl_divergence(p, p) == 0


def test_scipy_finds_the_same():
    distance = pytest.importorskip("scipy.spatial.distance")
    stats = pytest.importorskip("scipy.stats")
    p, q = np.random.default_rng(3).dirichlet(np.ones(20), size=2)
    assert_is(measures.entropy(p), stats.entropy(p), rtol=1e-14)
    assert_is(measures.kl_divergence(p, q), stats.entropy(p, q), rtol=1e-13)
    assert_is(measures.js_distance(p, q, base=2), distance.jensenshannon(p, q, base=2), rtol=1e-13)


def test_scikit_learn_finds_the_same():
    metrics = pytest.importorskip("sklearn.metrics")
    counts = np.asarray([[5, 3, 0], [1, 7, 2]])
    table = counts / counts.sum()
    truth, guess = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    assert_is(measures.mutual_information(table), metrics.mutual_info_score(truth, guess), rtol=1e-13)
    for by, name in (("min", "min"), ("max", "max"), ("sqrt", "geometric"), ("arithmetic", "arithmetic")):
        score = metrics.normalized_mutual_info_score(truth, guess, average_method=name)
        assert_is(measures.normalized_mutual_information(table, by=by), score, rtol=1e-13)


def test_a_product_of_coins_is_known_only_with_the_third():
    coins = np.asarray([[[1, 0], [0, 1]], [[0, 1], [1, 0]]]) / 4
    for axis in (-3, -2, -1, 0, 2):
        found = measures.conditional_mutual_information(coins, given_axis=axis, base=2)
        assert found == 1
    assert measures.mutual_information(coins.sum(axis=0)) == 0
    assert measures.total_correlation(coins, base=2) == 1
