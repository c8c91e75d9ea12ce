import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.utils.estimator_checks import parametrize_with_checks

import xent
from tests.scoring.closed_truths import POPULATIONS
from xent.calibration import (
    BetaCalibration,
    CalibratedClassifier,
    IsotonicCalibration,
    MatrixScaling,
    TemperatureScaling,
    VectorScaling,
    VennAbers,
)
from xent.errors import DataError, DomainError, DTypeError, ShapeError

GENERAL = (TemperatureScaling, VectorScaling, MatrixScaling, IsotonicCalibration)
OF_TWO = (BetaCalibration, VennAbers)

# Columns of logits stand for classes, and most checks pass another number of columns; some pass weights of
# zeros, or infinite features, of which minus infinity is a valid log-probability.
OTHER_COLUMNS = {
    "check_all_zero_sample_weights_error",
    "check_classifier_data_not_an_array",
    "check_classifiers_classes",
    "check_classifiers_train",
    "check_dict_unchanged",
    "check_dont_overwrite_parameters",
    "check_dtype_object",
    "check_estimators_dtypes",
    "check_estimators_fit_returns_self",
    "check_estimators_nan_inf",
    "check_estimators_overwrite_params",
    "check_estimators_pickle",
    "check_f_contiguous_array_estimator",
    "check_fit2d_predict1d",
    "check_fit_score_takes_y",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_n_features_in_after_fitting",
    "check_pipeline_consistency",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weights_list",
    "check_sample_weights_not_an_array",
    "check_sample_weights_not_overwritten",
    "check_sample_weights_pandas_series",
    "check_sample_weights_shape",
    "check_supervised_y_2d",
}


@pytest.mark.slow
@parametrize_with_checks([CalibratedClassifier(LogisticRegression())])
def test_the_calibrated_classifier_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.parametrize("kind", [*GENERAL, *OF_TWO])
def test_calibrators_pass_the_checks_that_suit_columns_of_classes(kind):
    from sklearn.utils.estimator_checks import check_estimator

    failed = {one["check_name"] for one in check_estimator(kind(), on_fail=None) if one["status"] == "failed"}
    assert failed <= OTHER_COLUMNS


def drawn(name, n=600, seed=0):
    return POPULATIONS[name].draw(n, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", GENERAL)
def test_calibration_lowers_the_loss_of_new_rows(kind):
    log_probs, codes = drawn("too sharp", 3000)
    fresh, truth = drawn("too sharp", 3000, seed=1)
    labels = np.asarray(["x", "y", "z"])
    model = kind().fit(log_probs, labels[codes])
    assert model.classes_.tolist() == ["x", "y", "z"]
    after = -model.predict_log_proba(fresh)[np.arange(3000), truth].mean()
    assert after < -fresh[np.arange(3000), truth].mean() - 0.05
    assert set(model.predict(fresh)) <= set(labels)
    assert model.predict_proba(fresh).sum(axis=1) == pytest.approx(np.ones(3000))


@pytest.mark.parametrize("kind", [*GENERAL, *OF_TWO])
def test_weights_count_as_repetitions_do(kind):
    log_probs, codes = drawn("squared chance", 200)
    weights = np.random.default_rng(1).integers(0, 3, size=200)
    weighted = kind().fit(log_probs, codes, sample_weight=weights.astype(float))
    repeated = kind().fit(np.repeat(log_probs, weights, axis=0), np.repeat(codes, weights))
    ours, theirs = weighted.predict_proba(log_probs), repeated.predict_proba(log_probs)
    # Ridge and mixture depend on the number of rows.
    assert np.abs(ours - theirs).max() < 0.03


def test_a_single_column_is_the_logit_of_the_second_class():
    log_probs, codes = drawn("squared chance")
    both = TemperatureScaling().fit(log_probs, codes)
    logit = (log_probs[:, 1] - log_probs[:, 0])[:, None]
    one = TemperatureScaling().fit(logit, codes)
    np.testing.assert_allclose(one.predict_proba(logit), both.predict_proba(log_probs), rtol=1e-9)


def test_classes_that_do_not_occur_can_be_named():
    log_probs, codes = drawn("too sharp")
    seen = codes != 1
    model = TemperatureScaling(classes=[0, 1, 2]).fit(log_probs[seen], codes[seen])
    assert model.predict_proba(log_probs).shape == (600, 3)
    with pytest.raises(ShapeError, match="have a column for each of 2 classes; got 3 columns"):
        TemperatureScaling().fit(log_probs[seen], codes[seen])


def test_what_cannot_be_calibrated_is_refused_in_a_line():
    log_probs, codes = drawn("too sharp")
    with pytest.raises(DataError, match="BetaCalibration: `y` must hold two classes"):
        BetaCalibration().fit(log_probs, codes)
    wrong = log_probs.copy()
    wrong[3, 1] = np.nan
    with pytest.raises(DomainError, match="TemperatureScaling: `X` must not hold nan"):
        TemperatureScaling().fit(wrong, codes)
    with pytest.raises(DataError, match="hold the given classes only"):
        TemperatureScaling(classes=[0, 1, 5]).fit(log_probs, codes)
    with pytest.raises(ShapeError, match=r"`classes` must have one axis, .*; got shape \(\)"):
        TemperatureScaling(classes="abc").fit(log_probs, codes)
    with pytest.raises(DataError, match="`classes` must differ from each other; got one twice"):
        TemperatureScaling(classes=[0, 1, 2, 2]).fit(np.pad(log_probs, ((0, 0), (0, 1))), codes)


def test_pairs_of_venn_abers_hold_the_merged_probability():
    log_probs, codes = drawn("squared chance")
    model = VennAbers().fit(log_probs, codes)
    lower, upper = model.predict_pairs(log_probs)
    merged = model.predict_proba(log_probs)[:, 1]
    assert np.all(lower <= merged + 1e-12)
    assert np.all(merged <= upper + 1e-12)


@pytest.mark.parametrize(
    ("load", "calibrator"), [(load_breast_cancer, BetaCalibration()), (load_digits, None)]
)
def test_it_stands_in_for_calibrated_classifier_cv(load, calibrator):
    X, y = load(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, random_state=0, stratify=y)
    model = CalibratedClassifier(GaussianNB(), calibrator).fit(X, y)
    raw = GaussianNB().fit(X, y)
    assert log_loss(y_test, model.predict_proba(X_test)) < log_loss(y_test, raw.predict_proba(X_test))
    assert model.score(X_test, y_test) > 0.75


@pytest.mark.parametrize("calibrator", [TemperatureScaling, VectorScaling, BetaCalibration])
def test_the_order_in_which_a_calibrator_names_its_classes_changes_no_probability(calibrator):
    X, y = load_breast_cancer(return_X_y=True)
    plain = CalibratedClassifier(GaussianNB(), calibrator()).fit(X, y)
    named = CalibratedClassifier(GaussianNB(), calibrator(classes=[1, 0])).fit(X, y)
    assert named.classes_.tolist() == named.calibrator_.classes_.tolist() == [0, 1]
    np.testing.assert_array_equal(named.predict_proba(X), plain.predict_proba(X))


@pytest.mark.parametrize("kind", [*GENERAL, *OF_TWO])
def test_masks_and_tensors_that_require_gradients_are_refused(kind):
    log_probs, codes = drawn("squared chance")
    masked, model = np.ma.masked_less(log_probs, -1), kind().fit(log_probs, codes)
    refused = pytest.raises(DomainError, match=f"{kind.__name__}: `X` must have no masked entries")
    with refused:
        kind().fit(masked, codes)
    with refused:
        model.predict_proba(masked)
    with pytest.raises(DomainError, match="`y` must have no masked entries"):
        kind().fit(log_probs, np.ma.masked_equal(codes, 1))
    torch = pytest.importorskip("torch")
    with pytest.raises(
        DTypeError, match="`X` must hold numbers that NumPy reads; got a tensor that requires"
    ):
        kind().fit(torch.tensor(log_probs, requires_grad=True), codes)


def test_the_calibrated_classifier_refuses_masks():
    log_probs, codes = drawn("squared chance")
    masked = np.ma.masked_less(log_probs, -1)
    with pytest.raises(DomainError, match="CalibratedClassifier: `X` must have no masked entries"):
        CalibratedClassifier(GaussianNB()).fit(masked, codes)
    with pytest.raises(DomainError, match="CalibratedClassifier: `y` must have no masked entries"):
        CalibratedClassifier(GaussianNB()).fit(log_probs, np.ma.masked_equal(codes, 1))


def test_the_names_are_public():
    assert xent.TemperatureScaling is TemperatureScaling
    assert xent.CalibratedClassifier is CalibratedClassifier
