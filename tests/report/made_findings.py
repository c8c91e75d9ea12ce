"""Findings of any shape, made by hand: no table is read and nothing is fitted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from xent.lab.descent_race import DescentCurve, Race
from xent.report.fit import Candidate, Caution, Coefficient, ColumnFinding, FitFindings, RowCounts, Training
from xent.scoring.decision_scores import DecisionScores
from xent.scoring.estimate import Estimate
from xent.scoring.judgement import ClassShare, Judgement, ReliabilityBin, SurprisingRow
from xent.scoring.precision_recall import PrecisionRecall
from xent.scoring.thresholds import Threshold
from xent.scoring.wilson import wilson_interval
from xent.solvers.iteration import Iteration

IRIS = ("setosa", "versicolor", "virginica")
HEARTBEATS = tuple(
    f"{kind} beat with a long descriptive name, number {number}"
    for number, kind in enumerate(["normal", "paced", "fusion"] * 5)
)


def _confusion(n: int, *, perfect: bool) -> tuple[tuple[int, ...], ...]:
    # Each class loses as many rows to the next as its number says.
    lost = [0 if perfect else k % 4 for k in range(n)]
    return tuple(
        tuple(40 + k - lost[k] if j == k else lost[k] if j == (k + 1) % n else 0 for j in range(n))
        for k in range(n)
    )


def _judgement(classes: tuple[str, ...], *, perfect: bool) -> Judgement:
    n = len(classes)
    confusion = _confusion(n, perfect=perfect)
    counts = [sum(row) for row in confusion]
    rows = sum(counts)
    wrong = rows - sum(confusion[k][k] for k in range(n))
    weights = [1 + k % 5 for k in range(n)]
    nats = 0.0 if perfect else 0.30000000000000004
    shares = tuple(
        ClassShare(
            classes[k],
            counts[k],
            0.0 if perfect else nats * weights[k] / sum(weights) * rows / counts[k],
            math.nan if perfect else weights[k] / sum(weights),
            1 - confusion[k][k] / counts[k],
        )
        for k in range(n)
    )
    surprising = tuple(
        SurprisingRow(100 + k, classes[k % n], classes[(k + 1) % n], 2.0**-s, 1 - 2.0**-s, s)
        for k, s in enumerate([12.5, 9.25, 7.125, 5.5, 4.4, 3.3, 2.2, 2.1, 1.9, 1.8, 1.7, 1.6])
    )
    return Judgement(
        rows=rows,
        cross_entropy=Estimate(nats, nats * 0.8, nats * 1.3),
        prior_entropy=-sum(c / rows * math.log(c / rows) for c in counts),
        error=Estimate(wrong / rows, 0.7 * wrong / rows, 1.4 * wrong / rows + 0.01),
        classes=shares,
        surprising=() if perfect else surprising,
        confusion=confusion,
        reliability=tuple(
            ReliabilityBin(
                b / 10,
                b / 10 + 0.1,
                7 * (b + 1) ** 2,
                b / 10 + 0.04,
                Estimate(b / 10 + 0.06, b / 10, b / 10 + 0.1),
                (b + 1) ** 2 / 385,
            )
            for b in range(10)
        ),
        calibration_error=0.02,
    )


def _rates(confusion: tuple[tuple[int, ...], ...], labels: list[str]) -> Iterator[PrecisionRecall]:
    predicted = [sum(column) for column in zip(*confusion, strict=True)]
    for k, label in enumerate(labels):
        hits = confusion[k][k]
        yield PrecisionRecall(
            label, wilson_interval(hits, predicted[k]), wilson_interval(hits, sum(confusion[k]))
        )


def _decisions(judgement: Judgement) -> DecisionScores:
    two = len(judgement.classes) == 2
    labels = [one.label for one in judgement.classes]
    rows = [sum(row) for row in judgement.confusion]
    return DecisionScores(
        commonest=labels[rows.index(max(rows))],
        commonest_error=1 - max(rows) / judgement.rows,
        auc=Estimate(0.9375, 0.875, 0.96875) if two else Estimate(0.9375, math.nan, math.nan),
        brier=Estimate(0.0625, 0.03125, 0.125),
        rates=tuple(_rates(judgement.confusion, labels)),
        thresholds=tuple(
            Threshold(k / 10, 40 - 3 * k, 20 - 2 * k, 1 + 3 * k, 20 + 2 * k) for k in range(1, 10)
        )
        if two
        else (),
    )


def _iterations(*, converged: bool) -> tuple[Iteration, ...]:
    gaps = [math.inf, 0.3, 0.05, 2e-4, 3e-8, 3.14e-11] if converged else [math.inf, 0.3, 0.2, 0.1]
    return tuple(
        Iteration(k, "newton", 0.25 + 1.35**-k, 0.26 + 1.35**-k, gap, gap / 2) for k, gap in enumerate(gaps)
    )


def _training(*, converged: bool, candidates: bool) -> Training:
    tried = tuple(
        Candidate(10.0**k, Estimate(0.3 + 0.02 * k * k, 0.28 + 0.02 * k * k, 0.34 + 0.03 * k * k))
        for k in range(-3, 4)
    )
    return Training(
        C=1.0,
        candidates=tried if candidates else (),
        cross_validation_rows=112 if candidates else 0,
        iterations=_iterations(converged=converged),
        tol=1e-8,
        converged=converged,
        cross_entropy=0.0751939440703963,
        error=0.02,
    )


def _race(start: str) -> Race:
    steps = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 200)
    begin = 1.0986 if start == "zero" else 12.8
    slow = 0.2 if start == "zero" else 0.002
    curves = {
        loss: DescentCurve(
            loss,
            steps,
            tuple(begin * math.exp(-rate * math.sqrt(step)) for step in steps),
            tuple(0.99 * math.exp(-rate * math.sqrt(step)) for step in steps),
            tuple(size * math.exp(-rate * math.sqrt(step)) for step in steps),
        )
        for loss, rate, size in (("cross_entropy", 0.3, 1.7), ("squared_error", slow, 0.017))
    }
    return Race(start, 112, 0.25, **curves)


def made_findings(
    classes: tuple[str, ...] = IRIS,
    *,
    features: int = 4,
    perfect: bool = False,
    converged: bool = True,
    candidates: bool = True,
    **changes: object,
) -> FitFindings:
    """Return findings; what is not given is as after a good fit of iris."""
    names = [f"feature {k}" for k in range(features)]
    weights = sorted(
        ((-1) ** (j + k) * 2.0 / (1 + j + k), j, k) for j in range(features) for k in range(len(classes))
    )
    strongest = sorted(weights, key=lambda weight: -abs(weight[0]))[:20]
    judgement = _judgement(classes, perfect=perfect)
    findings = FitFindings(
        name="iris",
        target="species",
        classes=classes,
        rows=RowCounts(1500 + judgement.rows, 12, 1488, judgement.rows),
        columns=(
            *(
                ColumnFinding(name, "numeric", k, f"median {k}.5 for {k} missing")
                for k, name in enumerate(names)
            ),
            ColumnFinding("id", "identifier", 0, "unique in every row: dropped"),
        ),
        training=_training(converged=converged, candidates=candidates),
        held_out=judgement,
        decisions=_decisions(judgement),
        coefficients=tuple(Coefficient(classes[k], names[j], value) for value, j, k in strongest),
        races=(_race("zero"), _race("wrong")),
        cautions=(
            Caution("leak", 'Column "a" alone nearly determines the target.'),
            Caution("target", 'A single row has the class "c": it is used for training only.'),
        ),
        seconds={"read": 0.01, "fit": 0.05},
        version="0.1.0",
    )
    return replace(findings, **changes)


def broken_findings() -> FitFindings:
    """Return findings with a number that is not finite in every place that can hold one."""
    good = made_findings()
    bad = Estimate(math.inf, 0.1, math.inf)
    unknown = Estimate(math.nan, math.nan, math.nan)
    judgement = replace(
        good.held_out,
        cross_entropy=bad,
        error=unknown,
        classes=tuple(
            replace(one, cross_entropy=math.inf, share=math.nan, error=math.nan)
            for one in good.held_out.classes
        ),
        surprising=tuple(
            replace(one, probability=0.0, surprisal=math.inf) for one in good.held_out.surprising
        ),
        reliability=tuple(
            replace(one, predicted=math.nan, observed=unknown) for one in good.held_out.reliability
        ),
        calibration_error=math.nan,
    )
    training = replace(
        good.training,
        candidates=tuple(replace(one, cross_entropy=bad) for one in good.training.candidates),
        iterations=tuple(replace(one, loss=math.nan, gap=math.inf) for one in good.training.iterations),
        converged=False,
        cross_entropy=math.nan,
    )
    nothing = (math.nan,) * 13
    curve = DescentCurve("cross_entropy", good.races[0].cross_entropy.steps, nothing, nothing, nothing)
    return replace(
        good,
        training=training,
        held_out=judgement,
        decisions=_decisions(judgement),
        coefficients=tuple(replace(one, value=math.nan) for one in good.coefficients),
        races=tuple(replace(one, cross_entropy=curve, squared_error=curve) for one in good.races),
    )


HOSTILE = '<script>"$x$"</script>&[red]{{7*7}}\x1b[3m'
_LONG = ("a" * 5000, "b" * 4999 + "1", HOSTILE)
# Findings of every shape that a renderer has to cope with.
SHAPES: dict[str, Callable[[], FitFindings]] = {
    "usual": made_findings,
    "two": lambda: made_findings(("no", "yes")),
    "fifteen": lambda: made_findings(HEARTBEATS),
    "sixty": lambda: made_findings(tuple(f"class {k}" for k in range(60)), features=70),
    "one feature": lambda: made_findings(features=1),
    "given": lambda: made_findings(candidates=False, races=(), coefficients=(), seconds={}),
    "unconverged": lambda: made_findings(converged=False),
    "perfect": lambda: made_findings(perfect=True),
    "broken": broken_findings,
    "hostile": lambda: made_findings(
        _LONG,
        name=HOSTILE,
        target=HOSTILE,
        version=HOSTILE,
        seconds={HOSTILE: 1.0},
        columns=(
            ColumnFinding(HOSTILE, HOSTILE, 0, HOSTILE),
            ColumnFinding(_LONG[0], "numeric", 1, _LONG[1]),
        ),
        coefficients=(Coefficient(HOSTILE, HOSTILE, 1.5),),
    ),
}
