import math

import numpy as np
import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.scoring import checked_predictions, loss_summary, row_scores
from xent.scoring.ranking import area_under_curve
from xent.scoring.row_scores import squared_losses_of


def made(n=300, K=4, seed=0, **options):
    rng = np.random.default_rng(seed)
    log_probs = np.log(rng.dirichlet(np.ones(K), n))
    codes = (log_probs + rng.gumbel(size=(n, K))).argmax(axis=1)
    return checked_predictions(log_probs, codes, classes=[f"c{k}" for k in range(K)], caller="f", **options)


def summary(predictions, prior=None):
    return loss_summary(predictions, row_scores(predictions.log_probs, predictions.codes), prior)


def test_rows_have_the_scores_of_their_definitions():
    predictions = made()
    scores = row_scores(predictions.log_probs, predictions.codes)
    probs, y = np.exp(predictions.log_probs), predictions.codes
    truth = np.eye(4)[y]
    np.testing.assert_allclose(scores.losses, -np.log(probs[np.arange(300), y]), rtol=1e-13)
    np.testing.assert_allclose(scores.squared, ((probs - truth) ** 2).sum(axis=1), rtol=1e-12)
    entropy = -(probs * np.log(probs)).sum(axis=1)
    np.testing.assert_allclose(scores.expected, entropy, rtol=1e-12)
    np.testing.assert_allclose(
        scores.variance, (probs * np.log(probs) ** 2).sum(axis=1) - entropy**2, rtol=1e-9
    )
    assert scores.predicted.tolist() == probs.argmax(axis=1).tolist()
    np.testing.assert_allclose(scores.confidence, probs.max(axis=1), rtol=1e-15)
    assert scores.rank.tolist() == [int((row > row[k]).sum()) for row, k in zip(probs, y, strict=True)]


@pytest.mark.parametrize(
    ("codes", "error", "message"),
    [
        ([0, 2], DomainError, r"row_scores: `codes` must lie in 0\.\.1; got 2, first at index \(1,\)\."),
        ([-1, 0], DomainError, r"`codes` must lie in 0\.\.1; got -1"),
        ([0.0, 1.0], DTypeError, "`codes` must be integers; got float64"),
        ([0], ShapeError, r"`codes` must have shape \(2,\)"),
        (np.ma.masked_array([0, 1], mask=[False, True]), DomainError, "`codes` must have no masked entries"),
    ],
)
def test_codes_of_no_class_are_refused(codes, error, message):
    with pytest.raises(error, match=message):
        row_scores(np.log(np.full((2, 2), 0.5)), np.asanyarray(codes))


def test_a_certain_forecast_has_no_expected_loss_and_no_variance():
    log_probs = np.asarray([[0.0, -np.inf], [0.0, -np.inf], [-1e-300, -690.0]])
    scores = row_scores(log_probs, np.asarray([0, 1, 0]))
    assert scores.losses.tolist() == [0.0, np.inf, 1e-300]
    assert scores.expected[:2].tolist() == [0.0, 0.0]
    assert scores.variance[:2].tolist() == [0.0, 0.0]
    assert scores.squared[:2].tolist() == [0.0, 2.0]


def test_a_brier_score_near_zero_keeps_its_digits():
    p = 1e-12
    log_probs = np.asarray([[math.log1p(-p), math.log(p)]])
    np.testing.assert_allclose(squared_losses_of(log_probs, np.asarray([0])), 2 * p * p, rtol=1e-6)
    np.testing.assert_allclose(row_scores(log_probs, np.asarray([0])).squared, 2 * p * p, rtol=1e-6)


def test_ties_of_the_true_class_are_won_by_the_earlier_class():
    log_probs = np.log(np.full((2, 3), 1 / 3))
    assert row_scores(log_probs, np.asarray([0, 2])).rank.tolist() == [0, 2]


@pytest.mark.parametrize("K", [2, 5])
def test_the_summary_agrees_with_scikit_learn(K):
    metrics = pytest.importorskip("sklearn.metrics")
    predictions = made(K=K)
    found, probs, y = summary(predictions), np.exp(predictions.log_probs), predictions.codes
    if K == 2:
        assert found.half_brier.value == pytest.approx(metrics.brier_score_loss(y, probs[:, 1]), rel=1e-12)
        assert found.area.value == pytest.approx(metrics.roc_auc_score(y, probs[:, 1]), rel=1e-12)
        assert [one.k for one in found.top] == [1]
    else:
        brier = metrics.brier_score_loss(y, probs, labels=range(K), scale_by_half=False)
        assert found.brier.value == pytest.approx(brier, rel=1e-12)
        area = metrics.roc_auc_score(y, probs, multi_class="ovr", average="macro")
        assert found.area.value == pytest.approx(area, rel=1e-12)
        for one in found.top:
            share = metrics.top_k_accuracy_score(y, probs, k=one.k)
            assert one.accuracy.value == pytest.approx(share, rel=1e-12)
    assert found.skill.value == pytest.approx(metrics.d2_log_loss_score(y, probs), rel=1e-12)
    assert found.skill.low < found.skill.value < found.skill.high
    assert found.prior_bias == pytest.approx((K - 1) / 600)


def test_ties_count_half():
    metrics = pytest.importorskip("sklearn.metrics")
    predictions = made(K=2)
    p = np.clip(np.round(np.exp(predictions.log_probs[:, 1]), 1), 0.1, 0.9)
    coarse = checked_predictions(
        np.log(np.stack([1 - p, p], axis=1)), predictions.codes, classes="ab", caller="f"
    )
    expected = metrics.roc_auc_score(predictions.codes, p)
    assert area_under_curve(coarse).value == pytest.approx(expected, rel=1e-12)


def test_weighted_areas_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    weights = np.random.default_rng(3).integers(0, 4, size=300).astype(float)
    predictions = made(K=2, sample_weight=weights)
    area = metrics.roc_auc_score(
        predictions.codes, np.exp(predictions.log_probs[:, 1]), sample_weight=weights
    )
    assert area_under_curve(predictions).value == pytest.approx(area, rel=1e-12)


def test_the_area_of_copies_in_groups_has_the_interval_of_the_rows():
    alone = made(n=100, K=2)
    copies = checked_predictions(
        np.repeat(alone.log_probs, 9, axis=0),
        np.repeat(alone.codes, 9),
        classes=alone.classes,
        groups=np.repeat(np.arange(100), 9),
        caller="f",
    )
    one, nine = area_under_curve(alone), area_under_curve(copies)
    assert (one.value, one.low, one.high) == pytest.approx((nine.value, nine.low, nine.high), rel=1e-9)


def test_infinite_losses_are_counted_and_named_and_clipping_is_shown_beside_them():
    metrics = pytest.importorskip("sklearn.metrics")
    log_probs = np.log(np.tile([0.5, 0.25, 0.25], (40, 1)))
    log_probs[[7, 30]] = [-np.inf, np.log(0.5), np.log(0.5)]
    codes = np.zeros(40, dtype=int)
    codes[0] = 1
    codes[1] = 2
    predictions = checked_predictions(log_probs, codes, classes="abc", rows=np.arange(40) + 100, caller="f")
    found = summary(predictions)
    assert (found.infinite, found.infinite_rows) == (2, (107, 130))
    assert found.finite.value == pytest.approx((36 * math.log(2) + 2 * math.log(4)) / 38, rel=1e-12)
    for eps, value in found.clipped:
        probs = np.clip(np.exp(log_probs), eps, 1 - eps)
        theirs = -np.log(probs[np.arange(40), codes]).mean()
        assert value == pytest.approx(theirs, rel=1e-9)
    # scikit-learn's figure is clipped at machine epsilon, 2.2e-16, and is not far from 1e-15.
    theirs = metrics.log_loss(codes, np.exp(log_probs))
    assert theirs == pytest.approx(dict(found.clipped)[1e-15], rel=0.1)
    assert found.skill.value == -math.inf


def test_a_given_prior_replaces_the_shares_of_the_rows():
    predictions = made(K=3)
    prior = np.asarray([0.5, 0.3, 0.2])
    found = summary(predictions, prior)
    expected = -np.log(prior)[predictions.codes].mean()
    assert found.prior_loss == pytest.approx(expected, rel=1e-12)
    assert found.prior_bias == 0


def test_few_units_are_said_to_be_few():
    assert summary(made(n=60)).few_units
    assert not summary(made(n=600)).few_units
    assert summary(made(n=600, groups=np.arange(600) % 20)).few_units
    assert not summary(made(n=600, groups=np.arange(600) % 60)).few_units


def test_groups_of_unequal_sizes_tell_as_much_as_fewer_equal_ones():
    sizes = np.arange(1, 61)
    log_probs = np.log(np.random.default_rng(0).dirichlet(np.ones(2), sizes.sum()))
    predictions = checked_predictions(
        log_probs,
        np.arange(sizes.sum()) % 2,
        classes="ab",
        groups=np.repeat(np.arange(60), sizes),
        caller="f",
    )
    found = loss_summary(predictions, row_scores(predictions.log_probs, predictions.codes))
    assert found.units == 60
    assert found.effective_units == pytest.approx(sizes.sum() ** 2 / (sizes**2).sum(), rel=1e-12)
    assert found.few_units
