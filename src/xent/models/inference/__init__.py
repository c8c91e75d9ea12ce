"""
Inference about the coefficients of a fitted model: standard errors, tests, intervals, and a summary of them.

`results` are frozen dataclasses, `coefficient_inference` computes them from the rows of the fit with
`covariance` and `profiles`, `likelihood_ratio` tests columns by leaving them out; `summary_text` and
`summary_html` render.
"""

from xent.models.inference.class_errors import class_standard_errors
from xent.models.inference.coefficient_inference import InferenceOptions, coefficient_inference
from xent.models.inference.likelihood_ratio import likelihood_ratio_test
from xent.models.inference.results import CoefficientEstimate, HypothesisTest, Inference

__all__ = [
    "CoefficientEstimate",
    "HypothesisTest",
    "Inference",
    "InferenceOptions",
    "class_standard_errors",
    "coefficient_inference",
    "likelihood_ratio_test",
]
