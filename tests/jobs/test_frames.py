"""Frames as people pass them: numbers as names, intervals, a target beside them; pandas in, pandas out."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import xent
from xent.errors import DataError

Y = [0, 1] * 30


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=60), "z": rng.normal(size=60), "y": Y}, index=range(100, 160))


@pytest.fixture(scope="module")
def fitted(frame):
    return xent.fit(frame, "y", C=1.0)


def test_a_target_may_be_a_number_or_the_levels_of_a_name(frame):
    numbered = frame.set_axis([0, 1, 2], axis=1)
    assert xent.fit(numbered, target=2, C=1.0).findings.target == "2"
    levels = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", "y")])
    assert xent.fit(frame.set_axis(levels, axis=1), target=("b", "y"), C=1.0).findings.target == "b y"


def test_a_target_may_come_beside_the_features(frame, fitted):
    for target, name in (
        (frame["y"], "y"),
        (np.asarray(Y), "target"),
        (Y, "target"),
        (pl.Series(Y), "target"),
    ):
        found = xent.fit(frame[["x", "z"]], target, C=1.0)
        assert found.findings.target == name
        assert np.array_equal(found.model.classifier.coef_, fitted.model.classifier.coef_)
    assert xent.fit(frame[["x", "z"]].to_numpy(), np.asarray(Y), C=1.0).findings.target == "target"


def test_a_series_of_the_frame_itself_means_its_column(frame, fitted):
    found = xent.fit(frame, frame["y"], C=1.0)
    assert np.array_equal(found.model.classifier.coef_, fitted.model.classifier.coef_)


def test_values_for_a_file_are_refused(tmp_path, frame):
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError, match="fit: `target` must name a column of the file, or come with a table"):
        xent.fit(tmp_path / "t.csv", Y)


def test_intervals_are_categories_in_training_and_prediction():
    values = np.random.default_rng(0).random(60)
    cut = pd.cut(values, [0, 0.3, 0.6, 1])
    found = xent.fit(
        pd.DataFrame({"x": cut, "y": (values > 0.6).astype(int) ^ (np.arange(60) % 7 == 0)}), "y"
    )
    names = set(found.model.encoder.get_feature_names_out())
    assert names >= {"x=(0.0, 0.3]", "x=(0.3, 0.6]", "x=(0.6, 1.0]"}
    probs = xent.predict(found.model, pd.DataFrame({"x": pd.cut([0.1, 0.9], [0, 0.3, 0.6, 1])}))["p_1"]
    assert probs[0] < 0.5 < probs[1]


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "dict"])
def test_no_rows_have_an_empty_table_of_predictions(fitted, kind):
    empty = {"x": np.array([], float), "z": np.array([], float)}
    make = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table, "dict": dict}[kind]
    found = xent.predict(fitted.model, make(empty))
    assert len(found) == 0
    assert list(getattr(found, "column_names", None) or found.columns) == ["row", "predicted", "p_0", "p_1"]


def test_predictions_are_a_frame_of_the_library_of_the_data(frame, fitted):
    found = xent.predict(fitted.model, frame)
    assert isinstance(found, pd.DataFrame)
    assert found.index.equals(frame.index)
    assert isinstance(fitted.predictions(), pd.DataFrame)
    polar = pl.from_pandas(frame)
    assert isinstance(xent.predict(fitted.model, polar), pl.DataFrame)
    assert isinstance(xent.fit(polar, "y", C=1.0).predictions(), pl.DataFrame)
    assert isinstance(xent.predict(fitted.model, pa.Table.from_pandas(frame)), pa.Table)
    assert isinstance(xent.fit("iris", C=1.0).predictions(), pa.Table)


def test_levels_unseen_in_training_are_counted_at_prediction():
    table = {"city": ["Oslo", "Rome"] * 30, "x": np.arange(60) % 7, "y": [0, 1, 1] * 20}
    model = xent.fit(table, "y", C=1.0).model
    with pytest.warns(UserWarning, match="1 of 2 cells of column 'city' hold levels .* nearest 'Oslo'"):
        xent.predict(model, {"city": ["oslo", "Rome"], "x": [1, 2]})


@pytest.mark.half_second
@pytest.mark.parametrize("offset", [1.7e9, 1.7e12])
def test_offset_columns_fit_as_centred_ones(offset):
    rng = np.random.default_rng(0)
    hours = np.arange(150) * 3600.0
    table = {"a": rng.normal(size=150), "t": hours, "y": np.repeat([0, 1, 2], 50)}
    centred, shifted = (xent.fit(table | {"t": hours + by}, "y", C=1.0) for by in (0.0, offset))
    assert shifted.findings.training.converged
    assert abs(len(shifted.model.classifier.history_) - len(centred.model.classifier.history_)) <= 1
    assert shifted.held_out_log_probs == pytest.approx(centred.held_out_log_probs, rel=1e-6)


def test_a_notebook_shows_the_report_in_a_frame_of_its_own(fitted):
    shown = fitted._repr_html_()
    assert shown.startswith('<iframe title="Report of table"')
    assert "sandbox" in shown
    assert "&lt;!doctype html&gt;" in shown
    assert "<h1" not in shown


def test_a_fit_is_one_line_at_the_prompt(fitted):
    assert repr(fitted).startswith("<Fit of 'table': cross-entropy ")
    assert len(repr(fitted).splitlines()) == 1
