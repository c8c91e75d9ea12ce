import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.datasets import load_wine
from sklearn.metrics import log_loss

import xent
from xent.errors import DataError, DomainError, OutputError
from xent.jobs import Watcher


@pytest.fixture(scope="module")
def wine():
    return xent.fit("wine", C=1.0)


class Listener(Watcher):
    def __init__(self):
        self.heard = []

    def phase(self, name):
        self.heard.append(name)

    def columns(self, columns):
        self.heard.append(f"{len(columns)} columns")

    def candidate(self, candidate):
        self.heard.append(type(candidate).__name__)

    def iteration(self, iteration):
        self.heard.append(type(iteration).__name__)


def test_every_row_is_accounted_for(wine):
    rows = wine.findings.rows
    assert (rows.read, rows.without_target, rows.train, rows.held_out) == (178, 0, 142, 36)
    assert len(set(wine.held_out_rows)) == 36


def test_the_judgement_is_that_of_the_predictions(wine):
    table = wine.predictions().to_pandas()
    classes = wine.findings.classes
    probs = table[[f"p_{label}" for label in classes]].to_numpy()
    assert np.abs(probs.sum(axis=1) - 1).max() < 1e-14
    codes = [classes.index(str(label)) for label in table["target"]]
    assert wine.findings.held_out.cross_entropy.value == pytest.approx(log_loss(codes, probs), rel=1e-12)
    assert list(table["predicted"].astype(str)) == [classes[k] for k in probs.argmax(axis=1)]


def test_the_target_of_each_prediction_is_that_of_its_row(wine):
    table = wine.predictions().to_pandas()
    truth = load_wine().target[table["row"]]
    assert len(set(zip(truth, table["target"], strict=True))) == 3


def test_the_model_does_as_well_on_its_own_rows_when_asked_again(wine):
    from xent.data import load_builtin

    table, _ = load_builtin("wine")
    again = wine.model.predict_log_proba(table)[wine.held_out_rows]
    assert np.array_equal(again, wine.held_out_log_probs)


def test_held_out_rows_do_not_touch_the_fit():
    frame = load_wine(as_frame=True).frame
    plain = xent.fit(frame, "target", C=1.0)
    spoiled = frame.copy()
    spoiled.loc[plain.held_out_rows, "alcohol"] = 1e6
    again = xent.fit(spoiled, "target", C=1.0)
    assert np.array_equal(plain.model.classifier.coef_, again.model.classifier.coef_)


def test_the_fit_is_certified_and_its_history_told(wine):
    training = wine.findings.training
    assert training.converged
    assert training.iterations[-1].gap <= training.tol == 1e-8
    assert training.C == 1.0
    assert training.candidates == ()
    assert training.cross_entropy < wine.findings.held_out.cross_entropy.value * 2


def test_c_auto_tells_what_it_tried():
    training = xent.fit("iris").findings.training
    assert training.C in [c.C for c in training.candidates]
    assert training.cross_validation_rows == 120
    assert all(
        c.cross_entropy.low < c.cross_entropy.value < c.cross_entropy.high for c in training.candidates
    )


def test_races_start_from_zero_and_from_the_wrong_classes(wine):
    assert [run.start for run in wine.findings.races] == ["zero", "wrong"]
    zero = wine.findings.races[0]
    assert zero.cross_entropy.cross_entropy[0] == pytest.approx(math.log(3), rel=1e-14)


def test_strongest_coefficients_come_first(wine):
    values = [abs(c.value) for c in wine.findings.coefficients]
    assert values == sorted(values, reverse=True)
    assert values[0] == np.abs(wine.model.classifier.coef_).max()
    assert {c.label for c in wine.findings.coefficients} <= set(wine.findings.classes)


def test_a_watcher_hears_every_phase_in_order():
    listener = Listener()
    xent.fit("iris", watcher=listener)
    phases = [h for h in listener.heard if h in {"read", "encode", "fit", "race", "judge"}]
    assert phases == ["read", "encode", "fit", "race", "judge"]
    assert listener.heard.index("4 columns") < listener.heard.index("fit")
    assert listener.heard.count("PenaltyCandidate") >= 4
    assert listener.heard.count("Iteration") >= 2


@pytest.mark.half_second
@pytest.mark.parametrize("kind", ["pandas", "polars", "lazy", "arrow", "dict"])
def test_any_table_will_do_and_gives_the_same_model(kind):
    frame = load_wine(as_frame=True).frame
    table = {
        "pandas": lambda: frame,
        "polars": lambda: pl.from_pandas(frame),
        "lazy": lambda: pl.from_pandas(frame).lazy(),
        "arrow": lambda: pa.Table.from_pandas(frame),
        "dict": lambda: {name: frame[name].to_numpy() for name in frame},
    }[kind]()
    fitted = xent.fit(table, "target", C=1.0)
    assert fitted.findings.name == "table"
    expected = xent.fit(frame, "target", C=1.0)
    assert np.array_equal(fitted.model.classifier.coef_, expected.model.classifier.coef_)


def test_a_file_gives_its_name(tmp_path):
    path = tmp_path / "bottles.csv"
    load_wine(as_frame=True).frame.to_csv(path, index=False)
    fitted = xent.fit(path, "target", C=1.0)
    assert fitted.findings.name == "bottles"
    assert fitted.findings.target == "target"


@pytest.mark.parametrize(
    "values",
    [["no", "yes"], [False, True], [3, 7], [-1, 1]],
    ids=["text", "truth values", "integers", "signs"],
)
def test_targets_of_any_type_come_back_as_they_were(values):
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    frame = pd.DataFrame({"x": x, "y": [values[int(v > 0)] for v in x]})
    fitted = xent.fit(frame, "y", C=1.0)
    assert fitted.model.classes == tuple(values)
    assert set(fitted.predictions()["predicted"].tolist()) <= set(values)


def test_rows_without_a_target_are_dropped_and_counted():
    frame = load_wine(as_frame=True).frame.astype({"target": "float"})
    frame.loc[::10, "target"] = np.nan
    fitted = xent.fit(frame, "target", C=1.0)
    assert fitted.findings.rows.without_target == 18
    assert fitted.findings.rows.read == 178
    assert not set(fitted.held_out_rows) & set(range(0, 178, 10))


def test_a_bad_cell_is_named_by_its_row_wherever_that_row_went():
    frame = load_wine(as_frame=True).frame
    for row in (3, 100, 177):
        spoiled = pa.concat_tables(
            [pa.Table.from_pandas(part) for part in (frame[:90], frame[90:])]
        ).to_pydict()
        spoiled["hue"][row] = np.inf
        tables = [pa.table({k: v[a:b] for k, v in spoiled.items()}) for a, b in ((0, 90), (90, 178))]
        with pytest.raises(
            DataError, match=rf"got inf in column 'hue', first in row {row} \(rows count from 0\)"
        ):
            xent.fit(pa.concat_tables(tables), "target")


def test_everything_is_saved_and_the_model_comes_back(wine, tmp_path):
    wine.save(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "manifest.json",
        "metrics.json",
        "model.skops",
        "predictions.parquet",
        "report.html",
    ]
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["held_out"]["cross_entropy"]["value"] == wine.findings.held_out.cross_entropy.value
    saved = pq.read_table(tmp_path / "predictions.parquet")
    assert saved.equals(wine.predictions())
    again = xent.load_model(tmp_path)
    frame = load_wine(as_frame=True).frame
    assert np.array_equal(again.predict_log_proba(frame), wine.model.predict_log_proba(frame))
    assert again.classes == wine.model.classes
    assert again.target == wine.model.target


def test_predict_takes_a_directory_a_file_or_a_model(wine, tmp_path):
    wine.save(tmp_path)
    frame = load_wine(as_frame=True).frame
    tables = [xent.predict(model, frame) for model in (tmp_path, tmp_path / "model.skops", wine.model)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
    assert list(tables[0].columns) == ["row", "predicted", *(f"p_{label}" for label in wine.findings.classes)]
    assert len(tables[0]) == 178


def test_a_missing_target_is_asked_for_with_the_columns_there_are():
    with pytest.raises(
        DataError, match=r"name the column to predict; got nothing\. Its columns are: 'alcohol', "
    ):
        xent.fit(load_wine(as_frame=True).frame)


def test_a_share_out_of_range_is_named():
    with pytest.raises(DomainError, match=r"`held_out` must lie between 0 and 1; got 1\.5"):
        xent.fit("iris", held_out=1.5)


@pytest.mark.parametrize("seed", [-1, 0.5, True, "1"])
def test_a_seed_that_is_no_whole_number_is_named(seed):
    with pytest.raises(DomainError, match=r"`seed` must be a whole number >= 0; got "):
        xent.fit("iris", seed=seed)


@pytest.mark.parametrize("option", ["C", "tol"])
@pytest.mark.parametrize("value", [1e-101, 1e101, 1e300, 5e-324])
def test_numbers_near_the_ends_of_float64_are_refused(option, value):
    with pytest.raises(DomainError, match=rf"`{option}` must lie between 1e-100 and 1e\+100; got "):
        xent.fit("iris", **{"C": 1.0, option: value})


BEYOND = "got a number beyond the range of floats"


@pytest.mark.parametrize("option", ["C", "tol"])
def test_a_number_beyond_the_range_of_floats_is_refused(option):
    rule = rf"^fit: `{option}` must lie between 1e-100 and 1e\+100; {BEYOND}\.$"
    with pytest.raises(DomainError, match=rule):
        xent.fit("iris", **{"C": 1.0, option: 10**5000})


@pytest.mark.parametrize("sign", [1, -1])
def test_a_class_weight_beyond_the_range_of_floats_is_refused(sign):
    rule = f"^fit: `class_weight` must hold finite numbers >= 0; {BEYOND} for class 'setosa'"
    with pytest.raises(DomainError, match=rule):
        xent.fit("iris", class_weight={"setosa": sign * 10**5000})


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("options", [{"C": 1e-100}, {"C": 1e100}, {"tol": 1e-100}, {"tol": 1e100}])
def test_the_bounds_themselves_can_be_used(options, tmp_path):
    xent.fit("iris", **{"C": 1.0, **options}).save(tmp_path)
    assert xent.load_model(tmp_path).target == "species"


def test_saving_replaces_results_but_no_file_of_others(wine, tmp_path):
    wine.save(tmp_path)
    wine.save(tmp_path)
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(OutputError, match=r"no other files of the names of results; got '.*report\.html'"):
        wine.save(tmp_path)
    assert (tmp_path / "report.html").read_text() == "mine"


def test_an_option_that_is_not_for_a_table_is_refused():
    with pytest.raises(DataError, match="be a built-in set that takes the option rows; got DataFrame"):
        xent.fit(load_wine(as_frame=True).frame, "target", rows=5)
    X, y = load_wine(as_frame=True, return_X_y=True)
    with pytest.raises(DataError, match="be a built-in set that takes the option rows; got DataFrame"):
        xent.fit(X, y, rows=5)


def csv_of(folder, columns, name="t.csv"):
    pd.DataFrame(columns).to_csv(folder / name, index=False)
    return folder / name


def test_a_class_that_is_a_word_for_missing_is_said_and_can_be_kept(tmp_path):
    data = csv_of(tmp_path, {"x": np.arange(60) * 1.5, "y": ["NA", "EU", "AS"] * 20})
    assert xent.fit(data, "y", C=1.0).findings.rows.remarks == (
        'Rows without a target: 20 hold "NA", which counts as missing; `--missing ""` makes a class of it.',
    )
    kept = xent.fit(data, "y", C=1.0, missing=[""])
    assert kept.model.classes == ("AS", "EU", "NA")
    assert kept.findings.rows.remarks == ()


def test_the_single_row_of_a_class_is_trained_on_and_said():
    fitted = xent.fit({"x": np.arange(41.0) / 3, "y": ["a", "b"] * 20 + ["c"]}, "y", C=1.0)
    assert fitted.model.classes == ("a", "b", "c")
    assert 40 not in fitted.held_out_rows
    assert fitted.findings.rows.remarks == ('A single row has the class "c": it is used for training only.',)


def test_odd_cells_are_gaps_in_a_fit_and_in_its_predictions(tmp_path):
    cells = [f"${row % 17},000.50" if row % 17 else "0" for row in range(200)]
    data = csv_of(
        tmp_path,
        {"pay": [*cells, "1.2.3"], "zip": ["02139", "94105", "94105"] * 67, "y": ["a", "b", "c"] * 67},
    )
    fitted = xent.fit(data, "y", C=1.0)
    pay, post = fitted.findings.columns
    assert (pay.kind, pay.odd, post.kind) == ("numeric", 1, "categorical")
    assert "1 odd cell is a gap: '1.2.3' on line 202" in pay.note
    new = csv_of(tmp_path, {"pay": ["$3,000.50", "odd", "3000.5"], "zip": ["02139"] * 3}, "new.csv")
    with pytest.warns(UserWarning, match="1 cell of column 'pay' .* 'odd' on line 3"):
        found = xent.predict(fitted.model, new)
    first, _, third = found["p_a"].to_pylist()
    assert first == third
    same = xent.predict(fitted.model, pa.table({"pay": [3000.5], "zip": ["02139"]}))
    assert same["p_a"].to_pylist() == [first]


def test_a_column_that_looks_like_an_identifier_can_be_kept():
    table = {"id": [(7919 * row) % 997 for row in range(60)], "x": np.arange(60) * 1.5, "y": ["a", "b"] * 30}
    used = [
        [one.used for one in xent.fit(table, "y", C=1.0, keep=keep).findings.columns] for keep in ([], ["id"])
    ]
    assert used == [[False, True], [True, True]]


def test_coefficients_have_intervals_of_the_penalised_fit(wine):
    classifier = wine.model.classifier
    for one in wine.findings.coefficients:
        assert one.low < one.value < one.high
        assert one.high - one.value == pytest.approx(one.value - one.low)
    # Three classes: against the pseudo-inverse of the Hessian in all weights, by its definition.
    table = load_wine(as_frame=True).frame
    train = np.setdiff1d(np.arange(len(table)), wine.held_out_rows)
    X = wine.model.encoder.transform(pa.Table.from_pandas(table)).astype(float)[train]
    probs = classifier.predict_proba(X)
    design = np.column_stack([X, np.ones(len(X))])
    K, P = 3, design.shape[1]
    hessian = np.zeros((K, P, K, P))
    for k in range(K):
        for j in range(K):
            factor = probs[:, k] * ((k == j) - probs[:, j])
            decay = np.diag([1 / classifier.C_] * (P - 1) + [0]) * (k == j)
            hessian[k, :, j] = (design * factor[:, None]).T @ design + decay
    # Weights that sum to 0 over the classes: the penalty also gives a variance to their sum.
    centred = np.kron(np.eye(K) - 1 / K, np.eye(P))
    inverse = centred @ np.linalg.pinv(hessian.reshape(K * P, K * P), rcond=1e-12) @ centred
    first = wine.findings.coefficients[0]
    k = wine.findings.classes.index(first.label)
    j = list(wine.model.encoder.get_feature_names_out()).index(first.feature)
    error = np.sqrt(inverse[k * P + j, k * P + j])
    assert (first.high - first.value) / 1.96 == pytest.approx(error, rel=1e-6)
