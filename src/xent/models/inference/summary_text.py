"""Summary of an inference as plain text, with the words that the HTML summary shares."""

from __future__ import annotations

from xent.models.inference.results import INTERCEPT, CoefficientEstimate, HypothesisTest, Inference

__all__ = ["heads", "row_cells", "sentences", "summary_text"]


def summary_text(inference: Inference) -> str:
    """
    Sentences about the fit, one table for all classes, and notes, in lines; without a line break at the end.

    The table has a row for each coefficient, class by class, between lines of dashes.
    """
    table = [heads(inference), *(row_cells(one) for one in inference.coefficients)]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = []
    for row in table:
        # Names to the left, numbers to the right.
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:2], widths[:2], strict=True)]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    rule = "-" * max(map(len, lines))
    return "\n".join([*sentences(inference), rule, lines[0], rule, *lines[1:], rule, *inference.notes])


def sentences(inference: Inference) -> list[str]:
    """
    Sentences above the table, four at most: rows and classes, log-likelihoods, test of all weights, kinds of
    errors.

    The first names the estimation and the reference class. Log-likelihoods are in nats: of the fit, and of
    intercepts alone, or of weights of 0 for a fit without intercepts. The third is missing if the fit has no
    such test, as a penalised one.
    """
    others = len(inference.classes) - 1
    against = f"{inference.classes[0]} is the reference of {others} {'class' if others == 1 else 'classes'}"
    likelihood, null = _number(inference.log_likelihood), _number(inference.null_log_likelihood)
    has_intercept = any(one.feature == INTERCEPT for one in inference.coefficients)
    less = "intercepts alone" if has_intercept else "weights of 0"
    said = [
        f"{_capital(inference.estimation)}, {inference.rows} rows; {against}.",
        f"Log-likelihood {likelihood} nats; with {less} {null}.",
    ]
    if inference.test is not None:
        said.append(f"All weights are 0: {_test(inference.test)}.")
    kind = {"wald": "Wald", "profile": "profile-likelihood"}[inference.interval_kind]
    said.append(f"Covariance: {inference.covariance_kind}. Intervals: {kind}.")
    return said


def heads(inference: Inference) -> list[str]:
    """Heads of the table's eight columns: class, feature, estimate, error, statistic, p-value and ends."""
    statistic = "z" if inference.interval_kind == "wald" else "chi2"
    level = f"{100 * inference.level:g} %"
    return [
        "class",
        "feature",
        "estimate",
        "std. error",
        statistic,
        "p-value",
        f"{level} low",
        f"{level} high",
    ]


def row_cells(one: CoefficientEstimate) -> list[str]:
    """
    Cells of one coefficient as text, in the order of `heads`: numbers have five significant digits, p-values
    three.
    """
    numbers = (one.value, one.standard_error, one.statistic)
    ends = (_number(one.low), _number(one.high))
    return [one.label, one.feature, *map(_number, numbers), _probability(one.p_value), *ends]


def _capital(words: str) -> str:
    """`words` with a capital first letter; "" stays."""
    return words[:1].upper() + words[1:]


def _test(test: HypothesisTest) -> str:
    """
    Kind, statistic, degrees of freedom and p-value of a test in one clause: "Wald chi2 4 on 1 df, p =
    0.0455".
    """
    p = _probability(test.p_value)
    sign = "" if p.startswith("<") else "= "
    return f"{test.kind} chi2 {_number(test.statistic)} on {test.degrees} df, p {sign}{p}"


def _number(x: float) -> str:
    """Number as text with five significant digits."""
    return f"{x:.5g}"


def _probability(p: float) -> str:
    """Probability as text with three significant digits; "<1e-16" below that."""
    return "<1e-16" if p < 1e-16 else f"{p:.3g}"
