"""Rows of a fit and its coefficients, in the coordinates in which inference is computed."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError
from xent.formulas.softmax import softmax
from xent.models.inference.results import HypothesisTest
from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.definite_inverse import inverse_of
from xent.solvers.fisher_scoring import fisher_scoring
from xent.solvers.jeffreys import log_prior
from xent.solvers.profile_likelihood import Profile
from xent.solvers.standardised_design import StandardisedDesign, dependent_columns, standardised
from xent.solvers.unpenalised import baseline_null_point
from xent.solvers.wide_information import penalised_variances

__all__ = ["FittedRows"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FittedRows:
    """
    Rows of a fit, with its coefficients as contrasts with a reference class.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features of all rows.
    codes : ndarray of shape (n,)
        Class of each row; the reference class is 0.
    weights : ndarray of shape (n,)
        Weight of each row, >= 0.
    contrasts : ndarray of shape (K - 1, P)
        Coefficients of the features and, if there are intercepts, these last.
    classes : tuple of str
        Names of the classes, the reference first.
    features : tuple of str
        Names of the features.
    has_intercept : bool
        True if the model has intercepts.
    estimation : str
        Kind of the fit; see `Inference`.
    C : float
        Inverse strength of the penalty; infinite unless the fit is penalised.
    weighted_classes : bool
        True if the fit had class weights.
    offsets : ndarray of shape (n, K) or None
        Numbers added to the logits, the reference class first; None means 0.
    """

    X: Array
    codes: NDArray[np.intp]
    weights: Array
    contrasts: Array
    classes: tuple[str, ...]
    features: tuple[str, ...]
    has_intercept: bool
    estimation: str
    C: float
    weighted_classes: bool
    offsets: Array | None = None

    @functools.cached_property
    def kept(self) -> NDArray[np.bool_]:
        """Flags, (n,), True for each row of positive weight."""
        return self.weights > 0

    @functools.cached_property
    def design(self) -> StandardisedDesign:
        """
        Standardised features of the rows of positive weight, centred and with a last constant if there are
        intercepts.
        """
        return self._design(centred=True)

    @functools.cached_property
    def likelihood(self) -> BaselineLikelihood:
        """Likelihood of the rows of positive weight as a function of the coefficients of `design`."""
        return self._likelihood(self.design)

    @functools.cached_property
    def theta(self) -> Array:
        """Coefficients of the standardised features, (K - 1, P), the intercept, if any, last."""
        return self.design.standardised_coefficients(self.contrasts)

    @functools.cached_property
    def log_likelihood(self) -> float:
        """Weighted log-likelihood of the rows of positive weight in nats, without any prior."""
        return self.likelihood.value(self.theta)

    @property
    def is_firth(self) -> bool:
        """True if the fit has Jeffreys' prior."""
        return self.estimation == "Firth"

    def values(self) -> Array:
        """Coefficients of the features, (M,), class by class, each with the intercept first."""
        return self._intercepts_first(self.contrasts).ravel()

    def inverse_information(self, caller: str) -> Array:
        """
        Inverse of the information matrix, (M, M), of the standardised columns.

        Coefficients stand class by class without the reference, each with the constant, if any, last. Rows of
        weight 0 do not enter. For a penalised fit the penalty's Hessian is added before the inversion. Raises
        `DataError` if columns depend on others, where nothing is penalised, or the matrix is singular in
        double precision.
        """
        self._check_independence(caller)
        information = self.likelihood.information(self.theta)
        if self.estimation == "penalised likelihood":
            # Weights of the classes sum to 0, so their squared norm is a quadratic form of the contrasts.
            K, p = len(self.classes), len(self.features)
            form = 1.0 if K == 2 else np.eye(K - 1) - 1 / K
            unpenalised = np.zeros(self.design.matrix.shape[1] - p)
            decay = np.concatenate([1 / self.design.scales**2, unpenalised]) / self.C
            information += np.kron(form, np.diag(decay))
        try:
            return inverse_of(information)
        except np.linalg.LinAlgError:
            raise DataError(
                caller,
                "X",
                "leave an information matrix that can be inverted",
                got="one that is singular in double precision",
                hint="The probabilities of nearly all rows are 0 or 1. Use a smaller `C`.",
            ) from None

    def variances_of_weights(self) -> Array:
        """Diagonal of `inverse_information` at the features of a penalised fit to two classes, (p,)."""
        model = softmax(self.likelihood.logits(self.theta), xp=np)
        curvature = self.likelihood.weights * model.probs[:, 1] * model.complements(model.probs, xp=np)[:, 1]
        return penalised_variances(
            self.design.matrix[:, : len(self.features)],
            curvature,
            self.C * self.design.scales**2,
            has_intercept=self.has_intercept,
        )

    def in_units_of_features(self, covariance: Array) -> Array:
        """
        Covariance, (M, M), of the features' coefficients, class by class, intercepts first.

        `covariance` is that of the standardised ones, intercepts last.
        """
        back = self._intercepts_first(self.design.back.T).T
        whole = np.kron(np.eye(len(self.classes) - 1), back)
        return np.asarray(whole @ covariance @ whole.T)

    def profile(self, k: int, j: int) -> Profile:
        """
        Profile likelihood of coefficient `j` of class ``k + 1``, the reference being class 0, in units of the
        feature.

        With an intercept, `j` of 0 is that, and feature j - 1 has the number `j`; without one, `j` counts
        features. Under Firth's method the profile has Jeffreys' prior.
        """
        if self.has_intercept and j == 0:
            return Profile(*self._uncentred_maximum, (k, len(self.features)), jeffreys=self.is_firth)
        column = j - self.has_intercept
        scale = float(self.design.scales[column])
        return Profile(*self._centred_maximum, (k, column), jeffreys=self.is_firth, scale=scale)

    def test_of_all_weights(self) -> HypothesisTest | None:
        """Likelihood-ratio test that all weights are 0; None for a penalised fit."""
        return self.test_without(np.arange(len(self.features)))

    def test_without(self, columns: NDArray[np.intp]) -> HypothesisTest | None:
        """
        Likelihood-ratio test that the weights of the features with numbers `columns`, from 0, are 0 for all
        classes.

        The rows of positive weight are fitted again without them. Degrees of freedom are the number of
        `columns` times K - 1; a statistic that rounding made negative is 0. Under Firth's method both
        likelihoods have the prior of all coefficients. None for a penalised fit.
        """
        if self.estimation == "penalised likelihood":
            return None
        likelihood, theta, value = self._centred_maximum
        free = np.ones(likelihood.shape, dtype=bool)
        free[:, columns] = False
        start = np.where(free, theta, 0.0)
        if not free[:, : len(self.features)].any():
            start = baseline_null_point(likelihood, has_intercept=self.has_intercept)
        found = fisher_scoring(likelihood, start, jeffreys=self.is_firth, free=free)
        kind = "penalised likelihood ratio" if self.is_firth else "likelihood ratio"
        return HypothesisTest.of(kind, max(0.0, 2 * (value - found.value)), int((~free).sum()))

    def null_log_likelihood(self) -> float:
        """
        Weighted log-likelihood of the rows of positive weight in nats, with weights of 0 and the best
        intercepts.

        A model without intercepts has 0 in their place. Offsets enter; a prior does not.
        """
        likelihood = self.likelihood
        start = baseline_null_point(likelihood, has_intercept=self.has_intercept)
        if self.offsets is None or not self.has_intercept:
            return likelihood.value(start)
        # With offsets the best intercepts are not those of the class frequencies.
        free = np.zeros(likelihood.shape, dtype=bool)
        free[:, -1] = True
        return fisher_scoring(likelihood, start, jeffreys=False, free=free).value

    def _check_independence(self, caller: str) -> None:
        """
        Raise `DataError` if a column depends linearly on earlier ones and the constant; a penalised fit is
        not checked.

        At most five are named. Only rows of positive weight count, and the constant only if there is an
        intercept.
        """
        if self.estimation == "penalised likelihood":
            return
        dependent = dependent_columns(self.design, self.likelihood.weights)
        if len(dependent):
            names = ", ".join(repr(self.features[j]) for j in dependent[:5])
            more = f" and {len(dependent) - 5} more" if len(dependent) > 5 else ""
            raise DataError(
                caller,
                "X",
                "have linearly independent columns, also of the constant",
                got=f"columns that depend on others: {names}{more}",
                hint="Their coefficients are not determined; drop these columns and fit again.",
            )

    def _design(self, *, centred: bool) -> StandardisedDesign:
        """
        Features of the rows of positive weight, scaled, with a last column of ones if there are intercepts.

        With `centred` True they are also less their means, but only if there are intercepts.
        """
        X = self.X if self.kept.all() else self.X[self.kept]
        weights = self.weights[self.kept]
        return standardised(X, weights, fit_intercept=self.has_intercept, centred=centred)

    def _likelihood(self, design: StandardisedDesign) -> BaselineLikelihood:
        """Likelihood of the rows of positive weight as a function of the coefficients of `design`."""
        kept = self.kept
        offsets = None if self.offsets is None else self.offsets[kept]
        return BaselineLikelihood(
            design.matrix, self.codes[kept], self.weights[kept], len(self.classes), offsets
        )

    @functools.cached_property
    def _centred_maximum(self) -> tuple[BaselineLikelihood, Array, float]:
        """
        Likelihood of the standardised features, its maximum, (K - 1, P), and the value there.

        Under Firth's method the value has the logarithm of Jeffreys' prior.
        """
        return self.likelihood, self.theta, self._value(self.likelihood, self.theta)

    @functools.cached_property
    def _uncentred_maximum(self) -> tuple[BaselineLikelihood, Array, float]:
        """
        Likelihood, maximum, (K - 1, P), and value as in `_centred_maximum`, of features that are scaled only.

        The last coefficient is then the intercept itself.
        """
        design = self._design(centred=False)
        likelihood = self._likelihood(design)
        theta = design.standardised_coefficients(self.contrasts)
        return likelihood, theta, self._value(likelihood, theta)

    def _value(self, likelihood: BaselineLikelihood, theta: Array) -> float:
        """
        Log-likelihood at `theta` in nats, with the logarithm of Jeffreys' prior for a fit by Firth's
        method.
        """
        value = likelihood.value(theta)
        return value + log_prior(likelihood.information(theta)) if self.is_firth else value

    def _intercepts_first(self, columns: Array) -> Array:
        """`columns`, of shape (..., P), with the last one moved to the front if it is an intercept."""
        return np.roll(columns, 1, axis=-1) if self.has_intercept else columns
