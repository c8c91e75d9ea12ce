"""
Tests of scikit-learn's CalibratedClassifierCV that ours fails, with the reason.

A test that begins to pass fails the run.
"""

__all__ = ["DIFFERENCES", "LEFT_OUT"]

_ENSEMBLE = "there is one model, not `calibrated_classifiers_`: the calibrator sees predictions of all folds"

DIFFERENCES = {
    "test_calibration_method_raises": "the calibrator is an estimator, not a name",
    "test_calibration_default_estimator": _ENSEMBLE,
    "test_calibration_cv_splitter": _ENSEMBLE,
    "test_calibration_cv_nfold": "cross-validation is scikit-learn's own, whose errors are worded otherwise",
    "test_calibration_ensemble_false": (
        "1 / (n + 1) of the uniform distribution, or a ridge, keeps the loss of new rows finite"
    ),
    "test_temperature_scaling": _ENSEMBLE,
    "test_calibration_less_classes": _ENSEMBLE,
    "test_calibration_accepts_ndarray": "the mock has no `predict`, which cross_val_predict wants",
    "test_calibrated_classifier_cv_double_sample_weights_equivalence": _ENSEMBLE,
    "test_calibration_without_sample_weight_estimator": (
        "weights that the classifier does not take are an error of its own, without a warning before"
    ),
}

LEFT_OUT = {
    "test_temperature_scaling_array_api_compliance": "arrays of other libraries are not accepted",
    "test_temperature_scaling_array_api_with_str_y_estimator_not_prefit": (
        "arrays of other libraries are not accepted"
    ),
}
