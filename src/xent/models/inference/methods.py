"""Methods of an estimator for inference about its coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xent.models.inference.coefficient_inference import InferenceOptions, coefficient_inference
from xent.models.inference.likelihood_ratio import likelihood_ratio_test
from xent.models.inference.results import HypothesisTest, Inference
from xent.models.inference.rows_of_model import GivenRows, fitted_rows

__all__ = ["InferenceMixin"]


class InferenceMixin:
    """Standard errors, tests and intervals of a fitted linear classifier."""

    def inference(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        offset: Any = None,
        covariance: str = "model",
        groups: Any = None,
        correction: bool = False,
        weights: str = "frequencies",
        intervals: str = "wald",
        level: float = 0.95,
        reference: Any = None,
    ) -> Inference:
        """
        Standard errors, tests and intervals of the coefficients, from the rows of the fit.

        Parameters
        ----------
        X : array or DataFrame of shape (n, p)
            Features that the model was fitted to.
        y : array of shape (n,)
            Classes that the model was fitted to; distributions raise scikit-learn's `ValueError`, as do other
            columns of X and nan.
        sample_weight : array of shape (n,), optional
            Weights that the model was fitted with.
        offset : array of shape (n,) or (n, K), optional
            Offsets that the model was fitted with.
        covariance : {"model", "robust", "clustered"}, default "model"
            ``"model"`` is the inverse information matrix, ``"robust"`` is valid also if the model is
            misspecified (HC0), ``"clustered"`` also for rows that depend on each other within `groups`.
        groups : array of shape (n,), optional
            Cluster of each row; given exactly for ``"clustered"``.
        correction : bool, default False
            True to multiply a robust covariance by n / (n - M) (HC1), M being the number of coefficients,
            and a clustered one by G / (G - 1) times (n - 1) / (n - M) for G clusters.
        weights : {"frequencies", "probabilities"}, default "frequencies"
            Meaning of `sample_weight`: numbers of equal rows, or inverse probabilities of sampling.
        intervals : {"wald", "profile"}, default "wald"
            ``"profile"`` for intervals and tests by the profile likelihood, which suit few rows better and
            cost some dozens of fits for each coefficient.
        level : float, default 0.95
            Nominal coverage of the intervals, between 0 and 1.
        reference : object, optional
            Class that the others are compared with; None means ``classes_[0]``.

        Returns
        -------
        Inference
            Coefficients as contrasts with the reference class; ``summary()`` prints them.

        Raises
        ------
        DataError
            If the mean loss of the rows is not that of the fit within 1e-6, without a penalty columns depend
            linearly on others, the information matrix is singular in double precision, or there are fewer
            than two clusters.
        DomainError
            If an option is out of range or contradicts another, `reference` not a class, `correction` is
            True for no more rows than coefficients, the fit has a penalty of absolute values, a weight or
            offset is out of range, or an entry is masked.
        DTypeError
            If a weight, an offset or `level` is not a real number.
        ShapeError
            If `groups`, `offset` or `sample_weight` does not have one entry for each row.

        Notes
        -----
        For maximum likelihood (``C=inf``) and Firth's method; of a penalised fit the numbers describe the
        penalised fit, and a note says so. Robust covariances agree with statsmodels' HC0; its HC1 of a logit
        is the same matrix, without the factor that `correction` adds. Standard errors of Firth's method are
        those of the inverse information, as in R's ``brglm2``; recent versions of ``logistf`` print others.
        """
        caller = "LogisticRegression.inference"
        rows = GivenRows(X, y, sample_weight, offset)
        fit = fitted_rows(self, rows, reference, caller=caller)
        options = InferenceOptions(covariance, groups, correction, weights, intervals, level)
        return coefficient_inference(fit, options, caller=caller)

    def likelihood_ratio_test(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        offset: Any = None,
        without: str | Sequence[str] | None = None,
    ) -> HypothesisTest:
        """
        Likelihood-ratio test that the weights of some features are 0, from the rows of the fit.

        Parameters
        ----------
        X, y, sample_weight, offset : array
            Rows of the fit, as for `inference`.
        without : str or sequence of str, optional
            Names of features, ``x0``, ``x1``, … if X had none; None means all.

        Returns
        -------
        HypothesisTest
            Test with one degree of freedom for each feature and class but one.

        Raises
        ------
        DataError
            If the rows are not those of the fit.
        DomainError
            If a feature is unknown, none is named, the fit is penalised, or a weight or offset is out of
            range.
        DTypeError, ShapeError
            If a weight or offset is not a real number, or there is not one for each row.
        """
        caller = "LogisticRegression.likelihood_ratio_test"
        fit = fitted_rows(self, GivenRows(X, y, sample_weight, offset), None, caller=caller)
        return likelihood_ratio_test(fit, without, caller=caller)
