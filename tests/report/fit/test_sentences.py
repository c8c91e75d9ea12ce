from __future__ import annotations

import math
from dataclasses import replace

import pytest

from xent.drawing.number_format import plain, typeset
from xent.report.fit import sentences
from xent.report.fit.findings import RowCounts
from xent.scoring.estimate import Estimate
from xent.solvers.iteration import Iteration


def test_the_subject_counts_the_columns_that_are_used(findings):
    assert sentences.subject(findings) == 'Predicting "species" (3 classes) from 4 columns.'


def test_rows_without_a_target_are_told_only_where_there_are_any(findings):
    assert sentences.whereabouts(findings) == (
        "1,623 rows: 1,488 to train on, 123 held out, 12 dropped for lack of a target."
    )
    none = replace(findings, rows=RowCounts(10, 0, 7, 3))
    assert sentences.whereabouts(none) == "10 rows: 7 to train on, 3 held out."


def test_the_result_is_told_in_the_unit_of_its_card_against_the_prior(findings):
    assert sentences.result(findings.held_out, plain) == (
        "On 123 held-out rows the true class costs 0.300 nats on average; guessing by the classes' "
        "frequencies alone would cost 1.10 nats: the model removes 72.7 % of it."
    )


@pytest.mark.parametrize(
    ("nats", "prior", "end"),
    [
        (2.0, 1.0, "the model is worse than knowing nothing."),
        (1.0, 1.0, "the model does no better than knowing nothing."),
        (math.inf, 1.0, "the model is worse than knowing nothing."),
        (0.5, 0.0, "so there was nothing to guess."),
    ],
)
def test_a_result_without_skill_is_said_to_be_one(findings, nats, prior, end):
    judgement = replace(findings.held_out, cross_entropy=Estimate(nats, nats, nats), prior_entropy=prior)
    assert sentences.result(judgement, plain).endswith(end)


@pytest.mark.parametrize(
    ("nats", "end"),
    [
        (0.2, ""),
        (0.35, "0.350 against 0.300 nats, which is within the 95 % interval: the draw of the held-out rows"),
        (0.5, "0.500 against 0.300 nats, more than the draw of the held-out rows explains"),
        (math.nan, ""),
    ],
)
def test_a_training_loss_above_the_held_out_loss_is_explained(findings, nats, end):
    changed = replace(findings, training=replace(findings.training, cross_entropy=nats))
    sentence = sentences.training_above_held_out(changed, plain)
    assert end in sentence
    assert bool(sentence) == bool(end)
    assert sentences.training_above_held_out(replace(changed, judged="m"), plain) == ""


def test_the_costliest_class_is_told_with_its_rows(findings):
    assert sentences.costliest_class(findings.held_out) == (
        'Class "virginica" costs most: 50.0 % of the whole loss with 34.1 % of the rows.'
    )


def test_no_class_is_blamed_where_none_costs_anything(make_findings):
    assert sentences.costliest_class(make_findings(perfect=True).held_out) == ("No class has a loss above 0.")


def test_a_class_that_was_held_to_be_impossible_is_named(broken):
    assert sentences.costliest_class(broken.held_out) == (
        'Class "setosa" has rows given probability 0, whose loss is infinite.'
    )


def test_classes_that_are_not_shown_are_told_together(findings):
    assert (
        sentences.other_classes(findings.held_out, 1) == "The other 2 classes together: 50.0 % of the loss."
    )
    assert sentences.other_classes(findings.held_out, 3) == ""


def test_no_share_of_an_infinite_loss_is_told(broken):
    assert (
        sentences.other_classes(broken.held_out, 1) == "The other 2 classes have unknown shares of the loss."
    )


def test_the_commonest_confusion_is_told_or_that_there_is_none(findings, make_findings):
    assert sentences.commonest_confusion(findings) == (
        'Most frequent confusion: "virginica" predicted as "setosa", 2 of 42 rows.'
    )
    assert sentences.commonest_confusion(make_findings(perfect=True)) == ("No held-out row is misclassified.")


def test_thresholds_are_explained_with_the_best_of_calibrated_probabilities(make_findings):
    assert sentences.thresholds(make_findings(("no", "yes"))) == (
        'Rows whose probability of "yes" is above the threshold are taken for "yes". The last columns are '
        "the mean cost of a row if a false alarm costs 1 and a miss 0.2, 1 or 5; the least is marked. "
        "Calibrated probabilities cost least at a threshold of 1/(1 + cost of a miss): 83.3 % at 0.2, "
        "50 % at 1, 16.7 % at 5."
    )


def test_calibration_says_whose_probabilities_are_meant(findings, make_findings):
    assert sentences.calibration(findings.held_out) == (
        "The probability of the most probable class differs from the observed share by 2.0 percentage points "
        "on average, over 10 bins weighted by size."
    )
    two = make_findings(("no", "yes"))
    assert sentences.calibration(two.held_out).startswith('The predicted probability of "yes" differs')


def test_calibration_that_is_not_known_is_said_to_be_so(broken):
    assert sentences.calibration(broken.held_out) == (
        "The probability of the most probable class cannot be compared with the observed share."
    )


def test_the_certificate_gives_the_last_gap(findings):
    assert sentences.certificate(findings.training, plain) == (
        "Within 3.1e-11 nats of the minimum, certified, after 5 steps (tolerance 1e-8)."
    )
    assert "3.1\u00d710⁻¹¹" in sentences.certificate(findings.training, typeset)


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (0.02, "Not at the minimum: within 0.0200 nats of it after 1 step; the tolerance is 1e-8."),
        (
            math.inf,
            "Not known to be at the minimum after 1 step: no bound was found; the tolerance is 1e-8 nats.",
        ),
    ],
)
def test_a_fit_that_stopped_early_has_no_certificate(findings, gap, text):
    last = Iteration(1, "lbfgs", 0.3, 0.4, gap, 0.1)
    training = replace(findings.training, iterations=(last,), converged=False)
    assert sentences.certificate(training, plain) == text


def test_a_fit_without_steps_has_no_certificate(findings):
    training = replace(findings.training, iterations=())
    assert sentences.certificate(training, plain) == "No step of the fit was recorded."


def test_where_the_strength_of_the_penalty_came_from_is_told(findings, make_findings):
    assert sentences.choice_of_C(findings.training, plain) == (
        "C = 1 was chosen among 7 values by cross-validated cross-entropy on 112 rows."
    )
    given = make_findings(candidates=False).training
    assert sentences.choice_of_C(given, plain) == "C = 1 was given; a smaller C keeps the weights smaller."
