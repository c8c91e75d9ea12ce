import numpy as np
import pytest

from xent.scoring.isotonic import corp, pool_adjacent_violators

Y = np.asarray([0, 0, 0, 1, 1, 1])
Z = np.asarray([0.4, 0.3, 0.2, 0.1, 0.5, 0.9])


def test_the_regression_is_that_of_the_reference():
    steps = pool_adjacent_violators(Z, Y.astype(float))
    assert steps.points.tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.9]
    assert steps.levels.tolist() == [0.25, 0.25, 0.25, 0.25, 1, 1]


def test_ties_are_pooled_first_and_weights_count_as_repetitions():
    isotonic = pytest.importorskip("sklearn.isotonic")
    rng = np.random.default_rng(0)
    x, weights = rng.integers(0, 12, size=200) / 10, rng.integers(0, 3, size=200)
    y = (rng.random(200) < x / 2).astype(float)
    steps = pool_adjacent_violators(x, y, weights.astype(float))
    theirs = isotonic.IsotonicRegression().fit(np.repeat(x, weights), np.repeat(y, weights))
    np.testing.assert_allclose(steps(x), theirs.predict(x), rtol=1e-12)


@pytest.mark.parametrize(
    ("score", "terms"),
    [
        ("brier", (0.2266667, 0.1016667, 0.125, 0.25)),
        ("log", (0.6986228, 0.3237327, 0.3182571, 0.6931472)),
    ],
)
def test_corp_is_that_of_reliabilitydiag(score, terms):
    found = corp((np.log1p(-Z), np.log(Z)), Y == 1, score=score)
    ours = found.score, found.miscalibration, found.discrimination, found.uncertainty
    assert ours == pytest.approx(terms, abs=5e-8)
    assert found.score == pytest.approx(terms[1] - terms[2] + terms[3], abs=2e-7)


def test_both_terms_of_corp_are_never_negative():
    rng = np.random.default_rng(1)
    for _ in range(50):
        p, y = rng.random(30), rng.random(30) < 0.4
        for score in ("log", "brier"):
            found = corp((np.log1p(-p), np.log(p)), y, score=score)
            assert found.miscalibration >= -1e-15
            assert found.discrimination >= -1e-15


@pytest.mark.parametrize("score", ["log", "brier"])
@pytest.mark.parametrize("happened", [False, True])
def test_an_event_that_every_row_or_no_row_has_leaves_nothing_to_discriminate(score, happened):
    p = np.random.default_rng(2).uniform(0.1, 0.9, 90)
    found = corp((np.log1p(-p), np.log(p)), np.full(90, happened), score=score, weights=np.ones(90))
    assert found.discrimination == found.uncertainty == 0
    assert found.miscalibration == found.score


@pytest.mark.parametrize("first", [0.2, 0.5])
def test_a_row_of_next_to_no_weight_leaves_the_account_finite(first):
    p, events = np.asarray([first, 0.6, 0.6]), np.asarray([True, True, False])
    found = corp((np.log1p(-p), np.log(p)), events, score="log", weights=np.asarray([1.0, 2.0, 1e-18]))
    assert found.uncertainty == pytest.approx(0, abs=1e-16)
    assert np.isfinite([found.miscalibration, found.discrimination]).all()
