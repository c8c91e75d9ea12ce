"""Doubts about a fit, from the table to the findings."""

import math

import numpy as np
import pandas as pd
import pytest

import xent
from xent.errors import DataError, DomainError, ParameterError, ShapeError
from xent.report.fit.sentences import whereabouts
from xent.scoring import judge


def kinds(fitted):
    return [caution.kind for caution in fitted.findings.cautions]


def said(fitted, kind):
    return " ".join(caution.text for caution in fitted.findings.cautions if caution.kind == kind)


def visits(patients=60, each=5, seed=0):
    """Visits of patients whose class is that of the patient, and numbers that say nothing."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "patient": np.repeat(np.arange(patients), each),
            "x": rng.normal(size=patients * each),
            "mark": np.repeat(rng.normal(size=patients), each),
            "y": np.repeat(rng.integers(2, size=patients), each),
        }
    )


@pytest.mark.half_second
def test_a_table_without_faults_gives_no_doubt():
    assert kinds(xent.fit("iris", C=1.0)) == []
    assert kinds(xent.fit("wine", C=1.0)) == []


def test_a_copy_of_the_target_is_said_with_its_cure():
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    fitted = xent.fit({"x": rng.normal(size=80), "alive": np.where(y, "yes", "no"), "y": y}, "y", C=1.0)
    assert kinds(fitted) == ["leak"]
    assert said(fitted, "leak") == (
        'Column "alive" alone nearly determines the target: it removes 100 % of the errors of guessing. '
        "Is it known before the outcome? If not, fit again without it: `--drop alive`."
    )
    assert [one.feature for one in fitted.findings.coefficients] == ["alive=yes", "x"]


def test_a_name_with_spaces_is_quoted_in_the_command():
    y = np.arange(80) % 2
    fitted = xent.fit({"is alive": y * 2.0, "x": np.arange(80) % 7, "y": y}, "y", C=1.0)
    assert said(fitted, "leak").endswith("fit again without it: `--drop 'is alive'`.")


def test_held_out_rows_that_stand_in_training_are_counted_with_the_loss_of_the_others():
    rng = np.random.default_rng(0)
    half = pd.DataFrame({"x": rng.normal(size=60), "z": rng.normal(size=60), "y": np.arange(60) % 2})
    fitted = xent.fit(pd.concat([half, half[:30]]), "y", C=1.0)
    rows = fitted.held_out_rows
    copies = np.isin(rows % 60, np.setdiff1d(np.arange(90), rows) % 60)
    surprisals = -fitted.held_out_log_probs[np.arange(len(rows)), fitted.held_out_codes]
    text = said(fitted, "repeated")
    assert text.startswith(f"{copies.sum()} of 18 held-out rows also stand among the training rows")
    assert f"without them the cross-entropy is {surprisals[~copies].mean():.3f} nats" in text


def test_rows_of_few_distinct_values_are_not_called_copies():
    rng = np.random.default_rng(0)
    table = {"a": rng.integers(3, size=300), "b": rng.integers(3, size=300), "y": rng.integers(2, size=300)}
    assert kinds(xent.fit(table, "y", C=1.0)) == []


def test_groups_on_both_sides_are_said_and_are_no_leak():
    fitted = xent.fit(visits(), "y", C=1.0)
    assert kinds(fitted) == ["leak", "groups"]
    assert said(fitted, "leak").startswith('Column "mark"')
    assert said(fitted, "groups").startswith(
        '100 % of the held-out rows have the same "patient" as a training row.'
    )


def test_given_groups_are_held_out_whole_and_are_no_feature():
    frame = visits()
    fitted = xent.fit(frame, "y", C=1.0, group="patient")
    held_out = set(frame["patient"][fitted.held_out_rows])
    assert len(held_out) == 12
    assert set(frame["patient"].drop(fitted.held_out_rows)) == set(range(60)) - held_out
    assert "groups" not in kinds(fitted)
    assert [(one.name, one.kind) for one in fitted.findings.columns if not one.used] == [("patient", "group")]
    assert "patient" not in " ".join(fitted.model.encoder.get_feature_names_out())
    assert len(xent.predict(fitted.model, frame.drop(columns="patient"))) == 300


def test_intervals_draw_the_held_out_groups_as_wholes():
    frame = visits()
    fitted = xent.fit(frame, "y", C=1.0, group="patient")
    by_group, by_row = (
        judge(
            fitted.held_out_log_probs,
            fitted.held_out_codes,
            classes=fitted.findings.classes,
            rows=fitted.held_out_rows,
            groups=groups,
        )
        for groups in (frame["patient"].to_numpy()[fitted.held_out_rows], None)
    )
    assert fitted.findings.held_out == by_group
    assert by_group.cross_entropy.low < by_row.cross_entropy.low


def test_held_out_rows_of_a_single_group_are_said():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=90), "g": np.arange(90) // 30, "y": np.arange(90) % 2})
    fitted = xent.fit(frame, "y", C=1.0, group="g")
    assert said(fitted, "groups").startswith(
        "All held-out rows are of one group: the intervals take its rows"
    )
    assert math.isfinite(fitted.findings.held_out.cross_entropy.high)


def test_balanced_weights_of_a_class_without_weight_are_refused_by_its_name():
    frame = pd.DataFrame(
        {"x": np.arange(90.0), "w": np.arange(90) % 3 > 0, "y": ["abc"[i % 3] for i in range(90)]}
    )
    with pytest.raises(DataError, match=r"fit: `class_weight` must .* got no weight in class 'a'\. Drop"):
        xent.fit(frame, "y", C=1.0, sample_weight=frame["w"].astype(float), class_weight="balanced")


def test_given_groups_are_whole_in_cross_validation_too():
    frame = visits()
    by_group = xent.fit(frame, "y", group="patient").findings.training
    by_row = xent.fit(frame.drop(columns="patient"), "y").findings.training
    # Each patient's mark tells its class, but only of patients that are known.
    assert min(one.cross_entropy.value for one in by_group.candidates) > 0.6
    assert by_row.C != by_group.C or by_row.candidates != by_group.candidates


def test_groups_that_cannot_be_split_are_refused():
    frame = visits()
    frame["patient"] = frame["y"]
    with pytest.raises(DataError, match="`group` must name groups of which some can be held out while every"):
        xent.fit(frame, "y", group="patient")


def test_rare_classes_single_rows_and_dropped_columns_are_said():
    rng = np.random.default_rng(0)
    table = {
        "x": rng.normal(size=61),
        "key": [f"k{row}" for row in range(61)],
        "y": ["a", "b"] * 28 + ["c"] * 4 + ["d"],
    }
    fitted = xent.fit(table, "y", C=1.0)
    assert kinds(fitted) == ["target", "rare", "dropped"]
    assert said(fitted, "target") == 'A single row has the class "d": it is used for training only.'
    assert said(fitted, "rare") == 'Too rare for figures of its own: "c" (3 to train on, 1 held out).'
    assert said(fitted, "dropped") == (
        'Not used: "key" (unique in every row). `--keep COLUMN` uses an identifier.'
    )


def test_spoiled_columns_are_said_with_their_cells(tmp_path):
    cells = [*(f"{row % 17}.5" for row in range(100)), "1.2.3"]
    pd.DataFrame({"pay": cells, "y": [*"ab" * 50, "a"]}).to_csv(tmp_path / "t.csv", index=False)
    fitted = xent.fit(tmp_path / "t.csv", "y", C=1.0)
    assert kinds(fitted) == ["spoiled"]
    assert "1 odd cell is a gap: '1.2.3' on line 102" in said(fitted, "spoiled")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_fit_that_is_not_at_the_minimum_is_doubted():
    assert kinds(xent.fit("iris", C=1.0, tol=1e-100)) == ["certificate"]


def test_a_class_of_one_row_does_not_spoil_the_choice_of_the_penalty():
    """Left out in a fold, its row would cost hundreds of nats whatever C is."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=61)
    y = np.where(x + rng.logistic(size=61) > 0, "b", "a").astype(object)
    alone = xent.fit({"x": x[1:], "y": y[1:]}, "y").findings.training
    y[0] = "c"
    with_one = xent.fit({"x": x, "y": y}, "y").findings.training
    assert max(one.cross_entropy.value for one in with_one.candidates) < 1
    assert with_one.candidates[0].cross_entropy.value == pytest.approx(
        alone.candidates[0].cross_entropy.value, abs=0.1
    )


def test_columns_can_be_excluded_by_name():
    fitted = xent.fit("iris", C=1.0, exclude=["petal width (cm)"])
    assert "petal width (cm)" not in fitted.model.encoder.get_feature_names_out()
    assert fitted.findings.columns[-1].kind == "excluded"
    with pytest.raises(DataError, match="fit: `exclude` must be a column of the table; got 'petal'"):
        xent.fit("iris", exclude=["petal"])
    with pytest.raises(DataError, match="fit: `exclude` must be another column than the target"):
        xent.fit("iris", exclude="species")


@pytest.mark.half_second
def test_weights_of_rows_are_those_of_rows_repeated():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=90), "w": rng.integers(0, 3, size=90), "y": np.arange(90) % 3})
    by_name = xent.fit(frame, "y", C=1.0, sample_weight="w")
    by_array = xent.fit(frame.drop(columns="w"), "y", C=1.0, sample_weight=frame["w"])
    assert np.array_equal(by_name.model.classifier.coef_, by_array.model.classifier.coef_)
    train = np.setdiff1d(np.arange(90), by_name.held_out_rows)
    X = by_name.model.encoder.transform(frame)[train]
    again = xent.LogisticRegression(C=1.0).fit(
        np.repeat(X, frame["w"][train], axis=0), np.repeat(train % 3, frame["w"][train])
    )
    assert by_name.model.classifier.coef_ == pytest.approx(again.coef_, abs=1e-4)


def test_held_out_figures_of_weighted_rows_are_those_of_repeated_rows_and_say_so():
    rng = np.random.default_rng(1)
    n = 400
    x = rng.normal(size=n)
    # Heavy rows are harder, so that weights change every figure.
    w = rng.integers(0, 4, size=n)
    y = (x + w * rng.normal(size=n) > 0).astype(int)
    fitted = xent.fit(pd.DataFrame({"x": x, "w": w, "y": y}), "y", C=1.0, sample_weight="w")
    found = fitted.findings
    weights = w[fitted.held_out_rows]
    log_probs = np.repeat(fitted.held_out_log_probs, weights, axis=0)
    codes = np.repeat(fitted.held_out_codes, weights)
    theirs = xent.scoring.judge(log_probs, codes, classes=["0", "1"])
    held_out = found.held_out
    assert held_out.rows == 80
    assert held_out.cross_entropy.value == pytest.approx(theirs.cross_entropy.value, rel=1e-12)
    assert held_out.error.value == pytest.approx(theirs.error.value, rel=1e-12)
    assert held_out.calibration_error == pytest.approx(theirs.calibration_error, rel=1e-12)
    assert found.decisions.commonest_error == pytest.approx(np.mean(codes != int(found.decisions.commonest)))
    assert 'Rows count by "w" in the fit and in every held-out loss' in whereabouts(found)
    assert {one.row for one in held_out.surprising} <= set(fitted.held_out_rows[weights > 0].tolist())
    trained = np.setdiff1d(np.arange(n), fitted.held_out_rows)
    wrong = fitted.model.classifier.predict(fitted.model.encoder.transform(pd.DataFrame({"x": x}))) != y
    assert found.training.error == pytest.approx(np.average(wrong[trained], weights=w[trained]), rel=1e-12)


def test_weights_that_leave_no_held_out_row_are_refused():
    frame = pd.DataFrame({"x": np.arange(90.0), "y": np.arange(90) % 3})
    held_out = xent.fit(frame, "y", C=1.0).held_out_rows
    weights = np.ones(90)
    weights[held_out] = 0
    with pytest.raises(DomainError, match="`sample_weight` must leave a held-out row of positive weight"):
        xent.fit(frame, "y", C=1.0, sample_weight=weights)


@pytest.mark.parametrize("by", [{1: 5.0}, {"1": 5.0}, "balanced"])
def test_weights_of_classes_reach_the_fit(by):
    rng = np.random.default_rng(0)
    table = {"x": rng.normal(size=120), "y": (rng.random(120) < 0.2).astype(int)}
    plain, weighted = (xent.fit(table, "y", C=1.0, class_weight=given) for given in (None, by))
    assert weighted.held_out_log_probs[:, 1].mean() > plain.held_out_log_probs[:, 1].mean() + 0.5
    assert weighted.model.counts == plain.model.counts


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        (
            {"seeds": 3},
            ParameterError,
            "fit: `seeds` must be a keyword of fit; got seeds=3. Did you mean 'seed'?",
        ),
        ({"groups": "x"}, ParameterError, "Did you mean 'group'"),
        ({"class_weight": {"setosaa": 2}}, DomainError, "got 'setosaa'. Did you mean 'setosa'?"),
        ({"class_weight": {"setosa": -1}}, DomainError, "must hold finite numbers >= 0; got -1 for class"),
        ({"class_weight": "equal"}, DomainError, "must be \"balanced\", or factors by class; got 'equal'."),
        ({"sample_weight": [1.0, 2.0]}, ShapeError, "fit: `sample_weight` must have shape (150,)"),
        ({"sample_weight": [1.0] * 149 + [-1.0]}, DomainError, "got -1.0, first at index (149,)"),
        ({"sample_weight": "species"}, DataError, "`sample_weight` must hold numbers; got column 'species'"),
        ({"sample_weight": "weight"}, DataError, "`sample_weight` must be a column of the table"),
        ({"group": "species"}, DataError, "`group` must be another column than the target"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_line_that_names_it(options, kind, message):
    with pytest.raises(kind) as caught:
        xent.fit("iris", C=1.0, **options)
    assert message in str(caught.value)
    assert caught.value.caller == "fit"


def test_many_columns_that_determine_the_target_are_counted():
    rng = np.random.default_rng(0)
    label = np.repeat(["no", "yes"], 60)
    signal = np.where(label == "yes", 5.0, -5.0)[:, None] + rng.standard_normal((120, 12))
    table = pd.DataFrame(signal, columns=[f"sample {k}" for k in range(12)]).assign(kind=label)
    leaks = [one.text for one in xent.fit(table, "kind", C=1.0).findings.cautions if one.kind == "leak"]
    assert len(leaks) == 6
    assert leaks[-1] == "7 more columns alone nearly determine the target."
