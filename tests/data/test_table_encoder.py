import datetime as dt
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xent.data import TRUSTED_TYPES, ColumnPlan, TableEncoder, plan_columns, table_encoder, to_table
from xent.data.encoding_notes import encoded_columns
from xent.errors import DataError, DomainError


def mixed_table(rows=500, seed=3):
    rng = np.random.default_rng(seed)
    real = 40 + 7 * rng.standard_normal(rows)
    real[rng.random(rows) < 0.1] = np.nan
    days = rng.integers(17_000, 18_500, rows)
    city = np.asarray(["Oslo", "Rome", "Lima", None], dtype=object)[rng.integers(0, 4, rows)]
    table = {
        "real": real,
        "whole": rng.integers(-3, 90, rows),
        "truth": rng.random(rows) < 0.3,
        "city": city,
        "plan": np.asarray(["free", "pro"])[rng.integers(0, 2, rows)],
        "day": days.astype("datetime64[D]"),
        "number": np.arange(rows),
        "y": rng.integers(0, 2, rows),
    }
    return to_table(pd.DataFrame(table))


SMALL = pa.table(
    {
        "age": [20.0, 40.0, None, 33.0],
        "city": ["Oslo", "Rome", "Oslo", "Rome"],
        "ok": [True, False, True, True],
        "day": [dt.date(2020, 1, day) for day in (1, 2, 9, 5)],
    }
)
LIKE = {"age": [1.0], "city": ["Lima"], "ok": [True], "day": ["2020-02-02"]}


def fitted():
    return TableEncoder().fit(SMALL)


def column(encoder, matrix, name):
    return matrix[:, list(encoder.get_feature_names_out()).index(name)]


def test_the_matrix_is_what_scikit_learn_makes_of_the_same_columns():
    table = mixed_table()
    frame = table.to_pandas()
    encoder = TableEncoder(target="y").fit(table)
    matrix = encoder.transform(table)
    imputed = SimpleImputer(strategy="median", add_indicator=True).fit_transform(
        frame[["real", "whole", "truth"]].astype(float)
    )
    scaled = StandardScaler().fit_transform(imputed[:, :3])
    for place, name in enumerate(["real", "whole", "truth"]):
        np.testing.assert_allclose(column(encoder, matrix, name), scaled[:, place], rtol=1e-11, atol=1e-13)
    np.testing.assert_array_equal(column(encoder, matrix, "real missing"), imputed[:, 3])
    levels = OneHotEncoder(sparse_output=False).fit_transform(frame[["city", "plan"]].fillna("zz"))
    names = ["city=Lima", "city=Oslo", "city=Rome", "city=(missing)", "plan=free", "plan=pro"]
    np.testing.assert_array_equal(np.stack([column(encoder, matrix, name) for name in names], axis=1), levels)


def test_the_matrix_is_finite_float64_in_c_order_with_a_name_per_column():
    encoder = TableEncoder(target="y")
    matrix = encoder.fit_transform(mixed_table())
    assert matrix.dtype == np.float64
    assert matrix.flags.c_contiguous
    assert np.isfinite(matrix).all()
    names = list(encoder.get_feature_names_out())
    assert len(names) == len(set(names)) == matrix.shape[1]
    assert "y" not in names
    assert "number" not in names


def test_dates_become_days_and_cycles_that_differ_between_rows():
    days = [dt.date(2020, 1, 6) + dt.timedelta(days=7 * row) for row in range(40)]
    encoder = TableEncoder().fit(pa.table({"d": days}))
    # All of them are Mondays at midnight.
    assert list(encoder.get_feature_names_out()) == ["d days", "d month sine", "d month cosine"]
    later = encoder.transform(pa.table({"d": [days[-1] + dt.timedelta(days=7)]}))[0, 0]
    steps = encoder.transform(pa.table({"d": days}))[:, 0]
    np.testing.assert_allclose(later - steps[-1], steps[1] - steps[0], rtol=1e-9)


def test_dates_in_every_spelling_are_the_same_date():
    day = dt.date(2020, 3, 1)
    expected = fitted().transform(LIKE | {"day": [day]})
    for spelling in (
        ["2020-03-01"],
        pa.array([day], pa.date64()),
        pa.array([dt.datetime(2020, 3, 1)], pa.timestamp("ns")),  # noqa: DTZ001 - without a zone on purpose
        pa.array([dt.datetime(2020, 3, 1, tzinfo=dt.UTC)], pa.timestamp("ms", "Europe/Rome")),
        ["2020-03-01T02:00:00+02:00"],
    ):
        np.testing.assert_array_equal(fitted().transform(LIKE | {"day": spelling}), expected)


def test_learning_sees_the_training_rows_only():
    # Without the row number, which is looked for in the whole table.
    table, other = (mixed_table(seed=seed).drop_columns(["number"]) for seed in (3, 4))
    rows = np.random.default_rng(0).permutation(500)[:300]
    spliced = pa.concat_tables([table.take(pa.array(rows)), other])
    alone = TableEncoder(target="y").fit(table.take(pa.array(rows)))
    for encoder in (
        TableEncoder(target="y").fit(table, rows=rows),
        TableEncoder(target="y").fit(spliced, rows=np.arange(300)),
    ):
        assert list(encoder.get_feature_names_out()) == list(alone.get_feature_names_out())
        np.testing.assert_allclose(encoder.scaler_.mean_, alone.scaler_.mean_, rtol=1e-12)
        np.testing.assert_array_equal(encoder.imputer_.statistics_, alone.imputer_.statistics_)
        np.testing.assert_allclose(encoder.transform(other), alone.transform(other), rtol=1e-9, atol=1e-12)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 499), max_size=60))
def test_chosen_rows_come_in_the_order_in_which_they_were_chosen(rows):
    table = mixed_table()
    encoder = TableEncoder(target="y").fit(table)
    np.testing.assert_array_equal(encoder.transform(table, rows=rows), encoder.transform(table)[rows])


@pytest.mark.slow
def test_batches_and_chunks_do_not_matter():
    table = mixed_table(40_000)
    parts = pa.concat_tables([table.slice(0, 11), table.slice(11, 30_000), table.slice(30_011)])
    encoded = parts.set_column(3, "city", parts["city"].dictionary_encode())
    once = TableEncoder(target="y").fit(table)
    matrix = once.transform(table)
    for other in (parts, encoded):
        np.testing.assert_array_equal(once.transform(other), matrix)
        np.testing.assert_allclose(
            TableEncoder(target="y").fit_transform(other), matrix, rtol=1e-12, atol=1e-14
        )
    for first in (0, 16_383, 16_384, 39_999):
        np.testing.assert_array_equal(matrix[first], once.transform(table.slice(first, 1))[0])


def test_columns_may_come_in_any_order_with_others_between_them():
    table = mixed_table()
    encoder = TableEncoder(target="y").fit(table)
    shuffled = (
        table.select(table.column_names[::-1]).append_column("extra", pa.nulls(500)).drop_columns(["y"])
    )
    np.testing.assert_array_equal(encoder.transform(shuffled), encoder.transform(table))


def test_medians_are_exact_however_many_values_there_are():
    rng = np.random.default_rng(1)
    for rows in (7, 400_007, 400_008):
        values = np.sort(rng.lognormal(size=rows))
        encoder = TableEncoder().fit(pa.table({"x": values}))
        assert encoder.imputer_.statistics_.tolist() == [np.median(values)]


def test_medians_of_a_batch_with_and_without_gaps_are_those_of_numpy():
    values = np.random.default_rng(2).lognormal(size=(50, 6))
    values[3, 1] = values[[0, 7, 9], 4] = np.nan
    encoder = TableEncoder().fit(pa.table({f"x{k}": values[:, k] for k in range(6)}))
    np.testing.assert_array_equal(encoder.imputer_.statistics_, np.nanmedian(values, axis=0))
    assert encoder.imputer_.indicator_.features_.tolist() == [1, 4]


def test_an_infinite_number_is_named_behind_a_column_of_several_features():
    days = pa.array([0, 40, 400, 4000], pa.date32())
    table = pa.table({"day": days, "age": [1.0, 2.0, 3.0, 5.0], "size": [1.0, 2.0, 3.0, 4.0]})
    encoder = TableEncoder().fit(table)
    assert len(encoder.numeric_[0]["parts"]) > 1
    other = {"day": days, "age": [1.0, 2.0, np.inf, -np.inf], "size": [np.inf] * 4}
    _, message = complaint(lambda: encoder.transform(pa.table(other)))
    assert "got inf in column 'age', first in row 2" in message


def test_a_median_is_found_though_values_are_rare():
    values = np.full(600_000, np.nan)
    values[[7, 1001, 300_001]] = [1.0, 5.0, 6.0]
    encoder = TableEncoder().fit(pa.table({"x": values}))
    assert encoder.imputer_.statistics_.tolist() == [5.0]


def test_a_gap_where_training_had_none_is_filled_with_the_median():
    encoder = TableEncoder().fit(pa.table({"a": [1.0, 2.0, 9.0], "b": [5.0, None, 6.0]}))
    assert list(encoder.get_feature_names_out()) == ["a", "b", "b missing"]
    gap, median = (encoder.transform({"a": [a], "b": [b]}) for a, b in ((None, None), (2.0, 5.5)))
    np.testing.assert_array_equal(gap[0, :2], median[0, :2])
    assert (gap[0, 2], median[0, 2]) == (1.0, 0.0)


def test_rare_levels_and_levels_not_seen_share_a_feature():
    city = ["Oslo"] * 10 + ["Rome"] * 10 + ["Lima", "Bonn", None]
    encoder = TableEncoder().fit(pa.table({"city": city}))
    assert list(encoder.get_feature_names_out()) == [
        "city=Oslo",
        "city=Rome",
        "city=(other)",
        "city=(missing)",
    ]
    expected = {
        "Oslo": [1, 0, 0, 0],
        "Rome": [0, 1, 0, 0],
        "Lima": [0, 0, 1, 0],
        "Never seen": [0, 0, 1, 0],
        None: [0, 0, 0, 1],
    }
    for level, row in expected.items():
        assert encoder.transform({"city": pa.array([level], pa.string())}).tolist() == [row]


def test_a_level_not_seen_has_no_feature_where_no_level_was_rare():
    encoder = TableEncoder().fit(pa.table({"city": ["Oslo", "Rome"] * 3}))
    assert encoder.transform({"city": ["Lima", None, "Rome"]}).tolist() == [[0, 0], [0, 0], [0, 1]]


def test_levels_whose_names_look_like_ours_are_levels():
    encoder = TableEncoder().fit(pa.table({"x": ["(other)", "(missing)"] * 5 + ["a", None]}))
    assert encoder.transform({"x": ["(other)", "a"]}).tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


def test_a_category_has_no_more_features_than_asked():
    levels = [f"l{row % 150:03d}" for row in range(1500)]
    encoder = TableEncoder().fit(pa.table({"x": levels}))
    names = list(encoder.get_feature_names_out())
    assert len(names) == 100
    assert names[-1] == "x=(other)"
    assert encoder.columns[0].note == "150 levels, 51 rare pooled"
    assert len(TableEncoder(most_levels=7).fit(pa.table({"x": levels})).get_feature_names_out()) == 7


def test_all_100_levels_are_kept_where_there_are_no_more():
    encoder = TableEncoder().fit(pa.table({"x": [f"l{row % 100}" for row in range(1000)]}))
    assert len(encoder.get_feature_names_out()) == 100
    assert "x=(other)" not in encoder.get_feature_names_out()


def test_numbers_are_taken_for_a_category_by_their_spelling():
    encoder = TableEncoder().fit(pa.table({"zip": pa.array(["1", "2"] * 4).dictionary_encode()}))
    assert encoder.transform({"zip": [2]}).tolist() == [[0, 1]]


def test_text_is_taken_for_numbers_and_truth_values_by_what_it_says():
    as_text = LIKE | {"age": ["1"], "ok": ["true"]}
    np.testing.assert_array_equal(fitted().transform(as_text), fitted().transform(LIKE))
    encoded = LIKE | {"age": pa.array(["1.0"]).dictionary_encode()}
    np.testing.assert_array_equal(fitted().transform(encoded), fitted().transform(LIKE))


def test_columns_of_nothing_are_imputed():
    nothing = {name: [None] for name in LIKE}
    row = fitted().transform(nothing)
    assert np.isfinite(row).all()
    np.testing.assert_allclose(
        column(fitted(), row, "age"), (33 - 31.5) / np.std([20, 40, 33, 33]), rtol=1e-12
    )


def test_no_rows_make_no_rows():
    assert fitted().transform(SMALL.slice(0, 0)).shape == (0, len(fitted().get_feature_names_out()))
    assert fitted().transform(SMALL, rows=[]).shape[0] == 0


def test_a_table_of_categories_alone_or_of_numbers_alone_is_encoded():
    assert TableEncoder().fit_transform(SMALL.select(["city"])).tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
    assert TableEncoder().fit_transform(SMALL.select(["ok"])).shape == (4, 1)


def test_a_value_that_never_varies_but_for_gaps_leaves_its_gaps():
    encoder = TableEncoder()
    matrix = encoder.fit_transform(pa.table({"x": [3.0, None, 3.0], "d": [None, dt.date(2020, 1, 1), None]}))
    assert list(encoder.get_feature_names_out()) == ["x", "d days", "x missing", "d days missing"]
    assert matrix.tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]]


def test_the_plan_says_what_became_of_each_column():
    encoder = TableEncoder(target="ok").fit(
        pa.table(
            {
                "age": [20.0, 40.0, None, 33.0],
                "city": ["Oslo", "Rome", None, "Rome"],
                "day": [dt.date(2020, 1, 1), None, dt.date(2020, 1, 9), dt.date(2020, 1, 5)],
                "id": [0, 1, 2, 3],
                "ok": [True, False, True, True],
            }
        )
    )
    assert encoder.columns == (
        ColumnPlan("age", "numeric", 1, "20 to 40; median 33 for 1 missing"),
        ColumnPlan("city", "categorical", 1, "2 levels, 1 rare pooled; 1 missing: a level of their own"),
        ColumnPlan("day", "datetime", 1, "2020-01-01 to 2020-01-09; medians for 1 missing"),
        ColumnPlan("id", "identifier", 0, "numbers the rows: dropped (can be kept)"),
    )


def test_columns_without_gaps_are_planned_as_by_the_plan_alone():
    table = mixed_table().drop_columns(["real", "city"])
    assert TableEncoder(target="y").fit(table).columns == plan_columns(table, "y")


def complaint(call, kind=DataError):
    with pytest.raises(kind) as caught:
        call()
    return caught.value.caller, caught.value.complaint


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"age": ["old"]},
            "`table` must hold numbers in column 'age', as it did in training; got 'old' in row 0",
        ),
        (
            {"age": [dt.date(2020, 1, 1)]},
            (
                "`table` must hold numbers in column 'age', as it did in training; got datetime.date(2020, "
                "1, 1) in row 0"
            ),
        ),
        (
            {"age": [[1.0]]},
            "`table` must hold numbers in column 'age', as it did in training; got [1.0] in row 0",
        ),
        (
            {"ok": ["perhaps"]},
            "`table` must hold true or false in column 'ok', as it did in training; got 'perhaps' in row 0",
        ),
        ({"day": [5]}, "`table` must hold dates in column 'day', as it did in training; got 5 in row 0"),
        (
            {"day": ["yesterday"]},
            "`table` must hold dates in column 'day', as it did in training; got 'yesterday' in row 0",
        ),
        (
            {"city": [["x"]]},
            "`table` must hold text in column 'city', as it did in training; got ['x'] in row 0",
        ),
        (
            {"city": [b"x"]},
            "`table` must hold text in column 'city', as it did in training; got b'x' in row 0",
        ),
        ({"age": [-np.inf]}, "`table` must hold finite numbers; got -inf in column 'age', first in row 0"),
    ],
    ids=str,
)
def test_a_cell_of_another_kind_than_in_training_is_named(changed, message):
    assert complaint(lambda: fitted().transform(LIKE | changed)) == (
        "TableEncoder",
        f"{message} (rows count from 0). Mend it or leave the cell empty.",
    )


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (None, "2 cells of column 'age' cannot be read as numbers and count as missing: 'bad' in row 20002"),
        (
            [0, 20_004],
            "1 cell of column 'age' cannot be read as numbers and count as missing: 'worse' in row 20004",
        ),
    ],
)
def test_cells_that_do_not_read_are_gaps_and_are_warned_of(rows, told, encoded):
    ages = np.asarray(["30"] * 30_000, dtype=object)
    ages[[20_002, 20_004]] = ["bad", "worse"]
    age = pa.array(ages)
    table = pa.table({name: cells * 30_000 for name, cells in LIKE.items() if name != "age"}).append_column(
        "age", age.dictionary_encode() if encoded else age
    )
    encoder = fitted()
    with pytest.warns(UserWarning, match=told.replace("(", "[(]")):
        matrix = encoder.transform(table, rows=rows)
    gap = encoder.transform(LIKE | {"age": [None]})
    np.testing.assert_array_equal(matrix[-1 if rows else 20_004], gap[0])
    assert encoder.transform(table, rows=[0, 1, 29_999]).shape[0] == 3
    np.testing.assert_array_equal(encoder.transform(table, first=0)[20_002], gap[0])


def test_text_is_read_by_the_rules_of_training_whatever_the_new_rows_look_like():
    old = {"day": ["15/2/2020", "1/2/2020"] * 30, "euro": ["1,5", "1.250,25", "2"] * 20}
    encoder = TableEncoder().fit(pa.table(old))
    new = encoder.transform({"day": ["2/1/2020"], "euro": ["1.250"]})
    exact = encoder.transform({"day": [dt.date(2020, 1, 2)], "euro": [1250.0]})
    np.testing.assert_array_equal(new, exact)
    assert encoder.text_columns == ("day", "euro")


@pytest.mark.parametrize(
    ("table", "got"),
    [
        (
            {"agee": [1.0], "city": ["x"], "ok": [True], "day": ["2020-01-01"]},
            "a table without 'age'. Did you mean 'agee'?",
        ),
        ({"Age": [1.0], "ok": [True]}, "a table without 'age', 'city' and 'day'. Did you mean 'Age'?"),
        (
            {"p": [1.0], "q": [2.0]},
            "a table without 'age', 'city', 'ok' and 'day'. The columns are 'p' and 'q'.",
        ),
        ({"age": [1.0], "city": ["x"], "ok": [True]}, "a table without 'day'."),
    ],
)
def test_columns_that_are_not_there_are_named(table, got):
    assert complaint(lambda: fitted().transform(table)) == (
        "TableEncoder",
        f"`table` must have the columns that were used in training; got {got}",
    )


def test_a_column_that_was_dropped_need_not_come_back():
    encoder = TableEncoder(target="y").fit(mixed_table())
    assert encoder.transform(mixed_table().drop_columns(["number", "y"])).shape[0] == 500


def test_numbers_whose_squares_overflow_are_refused():
    assert complaint(lambda: TableEncoder().fit({"b": [1.0, 2.0, 3.0], "a": [1e200, -1e200, 3.0]})) == (
        "TableEncoder",
        (
            "`table` must hold numbers whose squares are finite; got numbers beyond 1e150 in column 'a'. "
            "Divide the column by a large constant."
        ),
    )


def test_rows_are_places_in_the_table():
    caller, message = complaint(lambda: fitted().transform(SMALL, rows=[4]), DomainError)
    assert (caller, message) == (
        "TableEncoder",
        "`rows` must lie in 0..3, the places of the rows; got 4, first at index (0,).",
    )
    assert complaint(lambda: TableEncoder().fit(SMALL, rows=[0.5]), DomainError)[0] == "TableEncoder"


def test_transforming_before_fitting_is_refused():
    with pytest.raises(NotFittedError):
        TableEncoder().transform(SMALL)


def test_the_estimator_is_cloned_with_its_settings():
    encoder = clone(TableEncoder(target="y", most_levels=5))
    assert encoder.get_params() == {
        "target": "y",
        "most_levels": 5,
        "keep": (),
        "types": None,
        "most_words": 10_000,
    }


@pytest.mark.parametrize("names", [["age", "city", "ok", "day"], ["city"], ["ok"]])
def test_skops_brings_the_encoder_back(names):
    encoder = TableEncoder().fit(SMALL.select(names))
    content = skops.io.dumps(encoder)
    assert set(skops.io.get_untrusted_types(data=content)) <= set(TRUSTED_TYPES)
    again = skops.io.loads(content, trusted=list(TRUSTED_TYPES))
    assert again.columns == encoder.columns
    assert list(again.get_feature_names_out()) == list(encoder.get_feature_names_out())
    np.testing.assert_array_equal(again.transform(LIKE), encoder.transform(LIKE))
    np.testing.assert_array_equal(
        again.transform({name: [None] for name in LIKE}), encoder.transform({name: [None] for name in LIKE})
    )


@pytest.mark.slow
def test_nothing_but_the_matrix_is_as_large_as_the_table():
    rng = np.random.default_rng(0)
    rows = 300_000
    columns = {f"x{place}": rng.standard_normal(rows) for place in range(17)}
    columns["x0"][::9] = np.nan
    columns |= {
        f"c{place}": pa.array(rng.integers(0, 10, rows).astype(str)).dictionary_encode() for place in range(3)
    }
    table = pa.table(columns)
    held = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        encoder = TableEncoder().fit(table)
        _, fit_peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        matrix = encoder.transform(table)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert matrix.shape == (rows, 17 + 1 + 30)
    assert fit_peak < 0.5 * matrix.nbytes
    assert peak < 1.15 * matrix.nbytes
    assert pa.total_allocated_bytes() - held < 0.01 * matrix.nbytes


class CountedSources(list):
    """List that counts how often it is gone through."""

    times = 0

    def __iter__(self):
        self.times += 1
        return super().__iter__()


def test_notes_on_gaps_go_through_the_features_a_fixed_number_of_times():
    counts = []
    for columns in (3, 30):
        encoder = TableEncoder().fit(pa.table({f"x{k}": [1.0, None, k + 2.0] for k in range(columns)}))
        encoder.numeric_ = CountedSources(encoder.numeric_)
        noted = encoded_columns(encoder.columns, encoder)
        assert noted[2]["note"] == "1 to 4; median 2.5 for 1 missing; median 2.5 for 1 missing"
        counts.append(encoder.numeric_.times)
    assert counts[0] == counts[1]


class CountedNames:
    """Table that counts how often its list of names is made, and otherwise is the table that it wraps."""

    def __init__(self, table):
        self.table, self.times = table, 0

    @property
    def column_names(self):
        self.times += 1
        return self.table.column_names

    def select(self, names):
        return self.table.select(names)


def test_the_names_of_a_wide_table_are_listed_once_not_once_a_column():
    encoder = TableEncoder().fit(pa.table({f"x{k}": [1.0, 2.0, k] for k in range(20)}))
    table = CountedNames(pa.table({f"x{k}": [1.0] for k in range(20)}))
    assert table_encoder._used_columns(table, encoder.columns).num_columns == 20  # noqa: SLF001 - `transform` calls pyarrow with the table
    assert table.times == 1


@pytest.mark.parametrize("kind", [pa.date32(), pa.binary(), pa.string(), pa.float64()])
def test_a_column_without_a_value_is_all_gaps_whatever_its_type(kind):
    training = pa.table({"x": [1.0, None, 4.0], "city": ["Oslo", "Rome", None]})
    encoder = TableEncoder(keep=["city"], types={"city": "categorical"}).fit(training)
    gaps = pa.table({"x": pa.array([None], kind), "city": pa.array([None], kind)})
    plain = pa.table({"x": pa.nulls(1), "city": pa.nulls(1)})
    np.testing.assert_array_equal(encoder.transform(gaps), encoder.transform(plain))
