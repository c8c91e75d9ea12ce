from __future__ import annotations

import math
from dataclasses import replace

import pytest

from xent.report.fit.network_findings import EpochFinding, NetworkTraining
from xent.report.fit.network_pictures import learning_curves
from xent.report.fit.race_pictures import race_panels
from xent.report.fit.reliability_diagram import reliability_diagram
from xent.report.fit.training_pictures import gap_per_step, loss_per_step, search_for_C
from xent.solvers.iteration import Iteration


def said(svg):
    return svg.split('aria-label="')[1].split('"')[0]


def test_the_picture_of_the_loss_says_where_it_began_and_ended(findings):
    assert said(loss_per_step(findings.training)) == (
        "Training cross-entropy on a logarithmic scale: 1.25 nats after 0 steps, 0.473 after 5 steps."
    )


def test_the_picture_of_the_gap_leaves_out_what_is_not_known(findings):
    svg = gap_per_step(findings.training)
    assert said(svg) == (
        "Certified gap to the minimum on a logarithmic scale: "
        "0.300 nats after 1 step, 3.1\u00d710⁻¹¹ after 5 steps."
    )
    assert "asked for" in svg


def test_the_picture_of_the_search_names_the_value_taken(findings):
    assert said(search_for_C(findings.training)) == (
        "Cross-validated cross-entropy for C from 0.001 to 1,000: 0.300 nats at C = 1, which was taken."
    )


def test_the_reliability_diagram_says_every_bin_and_shows_its_count(findings):
    svg = reliability_diagram(findings.held_out)
    assert "4.0 % predicted, 6.0 % observed; 14.0 % predicted, 16.0 % observed" in said(svg)
    for one in findings.held_out.reliability:
        assert f">{one.count}</text>" in svg


def test_a_race_has_three_pictures_of_both_runs(findings):
    panels = race_panels(findings.races[1], name="race")
    assert [panel.title for panel in panels] == [
        "Cross-entropy, nats",
        "Classification error",
        "Gradient norm",
    ]
    assert said(panels[1].svg) == (
        "Classification error in 200 steps: descending cross-entropy it goes from 99.0 % to 1.4 %, "
        "descending squared error it goes from 99.0 % to 96.2 %."
    )
    for panel in panels:
        assert panel.svg.count("stroke: var(--accent)") == panel.svg.count("stroke: var(--rival)") == 1


def test_there_is_no_picture_of_nothing(broken, make_findings):
    assert (
        gap_per_step(broken.training) == loss_per_step(broken.training) == search_for_C(broken.training) == ""
    )
    assert reliability_diagram(broken.held_out) == ""
    assert [panel.svg for panel in race_panels(broken.races[0], name="race")] == ["", "", ""]
    assert search_for_C(make_findings(candidates=False).training) == ""


@pytest.mark.parametrize("gap", [0.0, math.nan, math.inf, 1e-300])
def test_a_last_gap_of_any_size_can_be_drawn(findings, gap):
    last = Iteration(6, "newton", 0.2, 0.2, gap, 0.0)
    training = replace(findings.training, iterations=(*findings.training.iterations, last))
    assert "after 6 steps" in said(gap_per_step(training)) or "after 5 steps" in said(gap_per_step(training))


def test_a_fit_of_one_step_can_be_drawn(findings):
    training = replace(findings.training, iterations=findings.training.iterations[:1])
    assert said(loss_per_step(training)).endswith("1.25 nats after 0 steps, 1.25 after 0 steps.")


def test_values_that_are_not_finite_leave_a_gap_in_their_curve(findings):
    race = findings.races[0]
    hole = replace(race.cross_entropy, cross_entropy=(math.inf, *race.cross_entropy.cross_entropy[1:]))
    svg = race_panels(replace(race, cross_entropy=hole), name="race")[0].svg
    assert "nan" not in svg.lower()
    assert "from infinite to" in said(svg)


def test_a_gradient_of_0_leaves_a_gap_in_its_curve(findings):
    race = findings.races[0]
    still = replace(race.squared_error, gradient_norm=(*race.squared_error.gradient_norm[:-1], 0.0))
    svg = race_panels(replace(race, squared_error=still), name="race")[2].svg
    assert "squared error it goes from 0.0170 to 0." in said(svg)


def test_a_network_without_a_known_loss_of_its_training_rows_has_its_other_learning_curve():
    epochs = tuple(EpochFinding(number, math.nan, 0.5 / number) for number in (1, 2))
    training = NetworkTraining(epochs, 2, 50, False, "focal", 9, "cpu", "", 0.1, 0.1)
    assert "epoch 2 was kept, at 0.250 nats" in learning_curves(training)
