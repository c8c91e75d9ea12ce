"""Results of inference about the coefficients of one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from xent.errors import DomainError, ShapeError
from xent.models.inference.wald_statistic import wald_statistic

__all__ = ["INTERCEPT", "CoefficientEstimate", "HypothesisTest", "Inference"]

Array = NDArray[np.float64]

INTERCEPT = "(intercept)"


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """
    Chi-squared test of a hypothesis about coefficients.

    Parameters
    ----------
    kind : str
        ``"Wald"``, ``"likelihood ratio"`` or ``"penalised likelihood ratio"``.
    statistic : float
        Chi-squared statistic.
    degrees : int
        Degrees of freedom: number of coefficients that the hypothesis fixes.
    p_value : float
        Probability of a larger statistic under the hypothesis, for many rows.
    """

    kind: str
    statistic: float
    degrees: int
    p_value: float

    @classmethod
    def of(cls, kind: str, statistic: float, degrees: int) -> HypothesisTest:
        """Test with the p-value of the chi-squared distribution; nan for 0 degrees."""
        return cls(kind, statistic, degrees, float(chi2.sf(statistic, degrees)))


@dataclass(frozen=True, slots=True)
class CoefficientEstimate:
    """
    One coefficient: the change of the log-odds of `label` against the reference class per unit of `feature`.

    Parameters
    ----------
    label : str
        Class of the coefficient.
    feature : str
        Name of the feature, or ``"(intercept)"``.
    value : float
        Estimate.
    standard_error : float
        Square root of its variance in `Inference.covariance`.
    statistic : float
        Test of the hypothesis that the coefficient is 0: ``value / standard_error``, or chi-squared for
        profile intervals.
    p_value : float
        Two-sided p-value of that test.
    low, high : float
        Ends of the interval; of a profile interval they may be infinite, or nan if a maximum was not reached.
    """

    label: str
    feature: str
    value: float
    standard_error: float
    statistic: float
    p_value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Inference:
    """
    Coefficients of a fitted model with standard errors, tests and intervals.

    Parameters
    ----------
    estimation : str
        ``"maximum likelihood"``, ``"Firth"`` or ``"penalised likelihood"``.
    classes : tuple of str
        Classes, the reference first.
    coefficients : tuple of CoefficientEstimate
        Contrasts with the reference, class by class, each with the intercept first.
    covariance : ndarray of shape (M, M)
        Covariance matrix of the coefficients, in their order.
    covariance_kind : str
        ``"model"``, ``"robust"`` or ``"clustered"``.
    interval_kind : str
        ``"wald"`` or ``"profile"``.
    level : float
        Nominal coverage of the intervals.
    log_likelihood : float
        Log-likelihood of the rows in nats, without any prior.
    null_log_likelihood : float
        Log-likelihood with weights of 0 and the best intercepts, in nats.
    test : HypothesisTest or None
        Test of the hypothesis that all weights are 0; None for a penalised fit, where its statistic has no
        known distribution.
    rows : int
        Number of rows of positive weight.
    notes : tuple of str
        Sentences about the validity of the numbers.
    """

    estimation: str
    classes: tuple[str, ...]
    coefficients: tuple[CoefficientEstimate, ...]
    covariance: Array
    covariance_kind: str
    interval_kind: str
    level: float
    log_likelihood: float
    null_log_likelihood: float
    test: HypothesisTest | None
    rows: int
    notes: tuple[str, ...] = ()

    @property
    def values(self) -> Array:
        """Estimates, (M,), in the order of `coefficients`."""
        return np.asarray([one.value for one in self.coefficients])

    @property
    def standard_errors(self) -> Array:
        """Standard errors, (M,), in the order of `coefficients`."""
        return np.asarray([one.standard_error for one in self.coefficients])

    @property
    def akaike(self) -> float:
        """Akaike's criterion, -2 log-likelihood + 2 coefficients, in nats; nan unless maximum likelihood."""
        if self.estimation != "maximum likelihood":
            return float("nan")
        return -2 * self.log_likelihood + 2 * len(self.coefficients)

    def wald_test(self, features: str | Sequence[str]) -> HypothesisTest:
        """
        Wald test that the coefficients of one or more features are 0 for every class.

        Parameters
        ----------
        features : str or sequence of str
            Names of features, at least one; also ``"(intercept)"``.

        Returns
        -------
        HypothesisTest
            Test with one degree of freedom for each of these coefficients.

        Raises
        ------
        DomainError
            If no feature is named, one is unknown, or the coefficients' covariance is singular, as it is for
            fewer clusters than coefficients.
        """
        wanted = [features] if isinstance(features, str) else list(features)
        known = {one.feature for one in self.coefficients}
        if not wanted:
            raise DomainError("Inference.wald_test", "features", "name at least one feature", got="none")
        for name in wanted:
            if name not in known:
                raise DomainError(
                    "Inference.wald_test", "features", "be names of features of the fit", got=repr(name)
                )
        places = [i for i, one in enumerate(self.coefficients) if one.feature in wanted]
        return self.wald_test_of(np.eye(len(self.coefficients))[places])

    def wald_test_of(self, contrasts: Array, values: Array | float = 0.0) -> HypothesisTest:
        """
        Wald test that linear combinations of the coefficients have given values.

        Parameters
        ----------
        contrasts : ndarray of shape (q, M) or (M,)
            Finite factors of the M coefficients in each combination, in the order of `coefficients`: class by
            class without the reference, each with the intercept, if any, first. Rows must be linearly
            independent.
        values : ndarray of shape (q,) or float, default 0
            Finite value of each combination under the hypothesis; a float is that of all.

        Returns
        -------
        HypothesisTest
            Chi-squared test with q degrees of freedom.

        Raises
        ------
        ShapeError
            If `contrasts` does not have one column for each coefficient, or `values` is neither one
            number nor one number for each row.
        DomainError
            If an entry is not finite, rows of `contrasts` are linearly dependent, or the combinations have a
            singular covariance matrix, as they have for fewer clusters than combinations.
        """
        caller = "Inference.wald_test_of"
        R = np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
        if R.ndim > 2 or R.shape[1] != len(self.coefficients):
            rule = f"have {len(self.coefficients)} columns, one for each coefficient"
            raise ShapeError(caller, "contrasts", rule, got=str(R.shape))
        wanted = np.asarray(values, dtype=np.float64)
        if wanted.shape not in {(), (len(R),)}:
            rule = f"be one number or have shape ({len(R)},), one entry for each row of `contrasts`"
            raise ShapeError(caller, "values", rule, got=str(wanted.shape))
        statistic = wald_statistic(R, R @ self.values - wanted, self.covariance, caller=caller)
        return HypothesisTest.of("Wald", statistic, len(R))

    def summary(self) -> str:
        """Table of the coefficients as plain text, with the fit and its tests above and notes below."""
        from xent.models.inference.summary_text import summary_text

        return summary_text(self)

    def summary_html(self) -> str:
        """Same as `summary`, as an HTML fragment; all names are escaped."""
        from xent.models.inference.summary_html import summary_html

        return summary_html(self)

    def _repr_html_(self) -> str:
        """HTML of notebooks."""
        return self.summary_html()
