from dataclasses import replace

import numpy as np
import pytest

from tests.scoring.closed_truths import POPULATIONS
from xent.calibration.cross_fitting import cross_fitted, folds_of
from xent.scoring import checked_predictions


def drawn(name, n, seed=0, **options):
    population = POPULATIONS[name]
    log_probs, codes = population.draw(n, np.random.default_rng(seed))
    classes = [str(k) for k in range(population.K)]
    return checked_predictions(log_probs, codes, classes=classes, caller="f", **options)


def test_rows_of_infinite_loss_have_no_limits_by_the_widest_map():
    log_probs = np.log(np.tile([[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]], (40, 1)))
    log_probs[:5] = [0.0, -np.inf]
    sure = checked_predictions(log_probs, np.arange(120) % 2, classes="ab", caller="f")
    assert cross_fitted(sure).widest is None


def test_groups_and_copies_of_a_row_stay_in_one_fold():
    groups = np.arange(300) % 37
    fold = folds_of(drawn("too sharp", 300, groups=groups))
    assert all(len(set(fold[groups == g])) == 1 for g in range(37))
    alone = drawn("too sharp", 100)
    copies = checked_predictions(
        np.repeat(alone.log_probs, 3, axis=0), np.repeat(alone.codes, 3), classes="abc", caller="f"
    )
    assert np.all(np.ptp(folds_of(copies).reshape(100, 3), axis=1) == 0)
    assert sorted(set(fold)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("order", ["C", "F"])
def test_copies_at_any_place_stay_in_one_fold(order):
    rng = np.random.default_rng(0)
    for K in (3, 5, 7, 12, 33):
        alone = np.log(rng.dirichlet(np.ones(K), size=71))
        copies = checked_predictions(
            np.tile(alone, (61, 1)), np.zeros(61 * 71, int), classes=[str(k) for k in range(K)], caller="f"
        )
        copies = replace(copies, log_probs=np.asarray(copies.log_probs, order=order))
        assert np.all(np.ptp(folds_of(copies).reshape(61, 71), axis=0) == 0)


def test_weight_in_one_fold_alone_leaves_nothing_to_fit():
    groups = np.repeat([0, 1, 2], 20)
    assert cross_fitted(drawn("too sharp", 60, groups=groups, sample_weight=groups == 1)) is None


def test_a_coarse_model_is_still_divided():
    log_probs = np.log(np.tile([[0.7, 0.3], [0.2, 0.8]], (100, 1)))
    coarse = checked_predictions(log_probs, np.arange(200) % 2, classes="ab", caller="f")
    assert np.bincount(folds_of(coarse)).tolist() == [40] * 5


def test_each_row_is_recalibrated_by_a_map_that_was_fitted_without_it():
    predictions = drawn("too sharp", 400)
    fitted = cross_fitted(predictions)
    moved = fitted.recalibrated(predictions.log_probs)
    losses = -moved[np.arange(400), predictions.codes]
    np.testing.assert_allclose(losses, fitted.losses[0], rtol=1e-12)
    assert set(fitted.names) == {"temperature"}
    first = np.flatnonzero(fitted.fold == 0)
    other = predictions.codes.copy()
    other[first] = (other[first] + 1) % 3
    changed = checked_predictions(predictions.log_probs, other, classes="abc", caller="f")
    # Other labels in a fold leave the maps for this fold as they are.
    again = cross_fitted(changed).maps[0]
    np.testing.assert_array_equal(again(predictions.log_probs), fitted.maps[0](predictions.log_probs))


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("calibrated, 3 classes", "identity"),
        ("too sharp", "temperature"),
        ("squared chance", "beta"),
        ("behind a matrix", "matrix scaling"),
    ],
)
def test_the_simplest_map_that_sees_all_is_chosen(name, chosen):
    assert cross_fitted(drawn(name, 3000)).seen_by == chosen


def test_maps_with_too_many_coefficients_are_not_tried():
    tried = [name for name, _ in cross_fitted(drawn("calibrated, 10 classes", 500)).candidates]
    assert tried == ["identity", "temperature", "vector scaling"]


def test_one_group_or_one_row_has_no_folds():
    assert cross_fitted(drawn("too sharp", 1)) is None
    assert cross_fitted(drawn("too sharp", 40)) is not None
