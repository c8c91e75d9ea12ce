"""Lines of the tables that the text and the page share."""

from __future__ import annotations

from xent.drawing.number_format import Notation, count, interval, percent, percent_interval, signed
from xent.report.scores.findings import ModelFindings
from xent.scoring.estimate import Estimate

__all__ = ["account_lines", "calibration_lines", "headline_lines"]

Line = tuple[str, ...]


def headline_lines(model: ModelFindings, notation: Notation) -> list[Line]:
    """
    Name, value and interval of each measure of the loss, all as text, numbers written by `notation`.

    They are cross-entropy in nats, bits and as perplexity; the loss without infinite rows and clipped losses,
    where they differ; the loss that the forecasts expect; that of the prior; skill; error; accuracy among the
    first k > 1; area under the ROC curve; and Brier score, whole and half. The interval is "" for clipped
    losses, "unknown" if not known, and for the loss of the prior the bias of the rows' own shares, or "".
    """
    judged, summary = model.held_out, model.summary

    def line(name: str, estimate: Estimate, unit: str = "") -> Line:
        return name, f"{notation(estimate.value)} {unit}".strip(), interval(estimate, notation)

    def share(name: str, estimate: Estimate) -> Line:
        return name, percent(estimate.value), percent_interval(estimate)

    # A single class that occurs has no bias either; a prior of no loss is its share.
    own = summary.prior_bias or not summary.prior_loss
    prior = "the shares of these rows" if own else "the given prior"
    bias = f"biased by -{notation(summary.prior_bias)}" if summary.prior_bias else ""
    return [
        line("Cross-entropy", judged.cross_entropy, "nats"),
        line("In bits", judged.bits, "bits"),
        line("Perplexity", judged.perplexity, "classes"),
        *_lines_of_infinite_rows(model, notation),
        line("Expected by the forecasts", summary.expected, "nats"),
        (f"Loss of {prior}", f"{notation(summary.prior_loss)} nats", bias),
        share("Skill", summary.skill),
        share("Classification error", judged.error),
        *(share(f"Truth among the first {one.k}", one.accuracy) for one in summary.top if one.k > 1),
        line("Area under the ROC curve", summary.area),
        line("Brier score (sum over classes)", summary.brier),
        line("  half of it, as others report", summary.half_brier),
    ]


def _lines_of_infinite_rows(model: ModelFindings, notation: Notation) -> list[Line]:
    """
    Lines, each of name, value and interval, of the loss without infinite rows, if there are any, and clipped
    losses.

    Clipped losses have no interval. Without infinite rows, a clipped loss is left out if it differs from the
    loss by at most a thousandth of itself.
    """
    judged, summary = model.held_out, model.summary
    lines: list[Line] = []
    if summary.infinite:
        name = f"Cross-entropy without {count(summary.infinite)} infinite rows"
        lines.append((name, f"{notation(summary.finite.value)} nats", interval(summary.finite, notation)))
    lines += [
        (f"  clipped at {eps:.0e}", f"{notation(value)} nats", "")
        for eps, value in summary.clipped
        if summary.infinite or abs(value - judged.cross_entropy.value) > 1e-3 * abs(value)
    ]
    return lines


def account_lines(model: ModelFindings, notation: Notation) -> list[Line]:
    """
    Lines of the accounts of log loss and Brier score: uncertainty - resolution + miscalibration = loss.

    Each of the four has the name of the term with its sign, then value and interval of the log loss in nats,
    then both of the Brier score, as text. There is no line if an account is missing.
    """
    if model.account is None or model.brier_account is None:
        return []
    log, brier = model.account, model.brier_account
    terms = (
        ("Uncertainty (the prior's loss)", "", log.uncertainty, brier.uncertainty),
        ("Resolution (what the model tells)", "-", log.resolution, brier.resolution),
        ("Miscalibration", "+", log.miscalibration, brier.miscalibration),
        ("Loss", "=", log.total, brier.total),
    )
    return [
        (
            f"{sign or ' '} {name}",
            notation(of_log.value),
            interval(of_log, notation),
            notation(of_brier.value),
            interval(of_brier, notation),
        )
        for name, sign, of_log, of_brier in terms
    ]


def calibration_lines(model: ModelFindings, notation: Notation) -> list[Line]:
    """
    Name, value and definition of each calibration error, all as text, numbers written by `notation`.

    They are the expected error, that of a calibrated model, by class, squared, smooth, and overconfidence,
    whose interval stands in the definition. For two classes two lines follow, of log loss and half Brier
    score by isotonic regression: score, then "miscalibration - discrimination + uncertainty".
    """
    of = model.calibration
    edges = f"{len(of.bins)} bins of equal mass, closed on the right"
    return [
        (f"Error of the {of.view}", notation(of.expected_error), f"mean |forecast - share|, {edges}"),
        (
            "  of a calibrated model",
            notation(of.chance_error),
            "expected value of the same for these forecasts",
        ),
        (
            "Error by class",
            notation(of.class_wise_error),
            "the same for each class against the rest, mean of classes",
        ),
        ("Squared, debiased", signed(of.debiased_squared, notation), "mean squared difference less its bias"),
        ("Smooth", notation(of.smooth_error), "Gaussian kernel as wide as the error itself, no bins"),
        (
            "Overconfidence",
            f"{signed(of.overconfidence.value, notation)}",
            f"mean top probability - accuracy; {interval(of.overconfidence, notation)}",
        ),
        *_corp_lines(model, notation),
    ]


def _corp_lines(model: ModelFindings, notation: Notation) -> list[Line]:
    """
    Lines of log loss and of half the Brier score, decomposed in-sample by isotonic regression; none if not
    known.

    Each has a name, the score, and "miscalibration - discrimination + uncertainty" as text. They are known
    for two classes.
    """
    lines: list[Line] = []
    for name, one in zip(("log loss", "half Brier"), model.corp, strict=False):
        terms = " - ".join((notation(one.miscalibration), notation(one.discrimination)))
        value = f"{terms} + {notation(one.uncertainty)}; isotonic, in-sample"
        lines.append((f"CORP, {name}", notation(one.score), value))
    return lines
