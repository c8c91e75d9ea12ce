import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from xent.data import plan_columns, to_table
from xent.errors import DataError, DomainError, DTypeError

N = 60
OTHER = pa.array(np.arange(N) * 1.5)


def plan(values, name="x", **options):
    table = pa.table(
        {name: pa.array(values) if isinstance(values, list) else values, "other": OTHER[: len(values)]}
    )
    found, other = plan_columns(table, **options)
    assert (found.name, other.name) == (name, "other")
    return found.kind, found.missing, found.note


def complaint(table, *arguments, kind=DataError, **options):
    with pytest.raises(kind) as caught:
        plan_columns(table, *arguments, **options)
    assert caught.value.caller == "plan_columns"
    return caught.value.complaint


def cycle(*values):
    return [values[row % len(values)] for row in range(N)]


DAYS = [dt.date(2020, 1, 1) + dt.timedelta(days=row) for row in range(N)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (cycle(1, 2, 5), ("numeric", 0, "1 to 5")),
        (cycle(1.25, -2.0, None), ("numeric", 20, "-2 to 1.25")),
        (cycle(1.25, -2.0, float("nan")), ("numeric", 20, "-2 to 1.25")),
        (cycle(1.0, float("nan")), ("numeric", 30, "1 or missing")),
        (pa.array(cycle(1, 2)).cast(pa.decimal128(22, 2)), ("numeric", 0, "1 to 2")),
        (pa.array(cycle(1, 2), pa.duration("s")), ("numeric", 0, "1 to 2")),
        (pa.array(cycle(1, 2), pa.uint8()), ("numeric", 0, "1 to 2")),
        (np.asarray(cycle(1, 2), np.float16), ("numeric", 0, "1 to 2")),
        (cycle("1.5", "2", None), ("numeric", 20, "1.5 to 2")),
        (cycle(True, False, False, None), ("boolean", 15, "33.3 % true")),
        (cycle("true", "False"), ("boolean", 0, "50 % true")),
        (cycle(True, None), ("boolean", 30, "100 % true")),
        (DAYS, ("datetime", 0, "2020-01-01 to 2020-02-29")),
        (pa.array(DAYS).cast(pa.timestamp("ns")), ("datetime", 0, "2020-01-01 to 2020-02-29")),
        (
            pa.array([0, 3600] * 30, pa.timestamp("s", "Asia/Tokyo")),
            ("datetime", 0, "1970-01-01 to 1970-01-01"),
        ),
        (pa.array([0, 3661] * 30, pa.time32("s")), ("datetime", 0, "0:00:00 to 1:01:01")),
        (pa.array([1, 3661 * 10**9] * 30, pa.time64("ns")), ("datetime", 0, "0:00:00 to 1:01:01")),
        ([str(day) for day in DAYS], ("datetime", 0, "2020-01-01 to 2020-02-29")),
        (
            ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00+02:00"] * 30,
            ("datetime", 0, "2020-01-01 to 2020-01-01"),
        ),
        (pa.array([0, 10**7] * 30, pa.date32()), ("datetime", 0, "1970-01-01 to 29349-01-26")),
        (cycle("a", "b", "c"), ("categorical", 0, "3 levels")),
        (cycle("a", None), ("categorical", 30, "1 level")),
        (cycle("a", "b", "1"), ("categorical", 0, "3 levels")),
        (["rare", *cycle("a", "b")[1:]], ("categorical", 0, "3 levels, 1 rare pooled")),
        (pa.array(cycle("1", "2")).dictionary_encode(), ("categorical", 0, "2 levels")),
        (cycle("02139", "94105"), ("categorical", 0, "2 levels")),
        (cycle("1", "2", "007", "4"), ("categorical", 0, "4 levels")),
        (cycle("$1,250.50", "(3)", "-$2"), ("numeric", 0, "-3 to 1250.5")),
        (cycle("1,5", "1.234,5", "2"), ("numeric", 0, "1.5 to 1234.5")),
        (cycle("77 %", "5%", "unknown", "-"), ("numeric", 30, "0.05 to 0.77")),
        (cycle("2/15/2020", "1/2/2020"), ("datetime", 0, "2020-01-02 to 2020-02-15")),
        (cycle("15/2/2020", "1/2/2020"), ("datetime", 0, "2020-02-01 to 2020-02-15")),
        (
            cycle("3/2/2020", "1/2/2020"),
            ("datetime", 0, "2020-01-02 to 2020-03-02; month before day is assumed, for no cell tells"),
        ),
        (cycle("6:00 pm", "06:30"), ("datetime", 0, "6:30:00 to 18:00:00")),
        (pa.array(cycle(1, 2)).dictionary_encode(), ("categorical", 0, "2 levels")),
        (pa.array(cycle("a", "b"), pa.string_view()), ("categorical", 0, "2 levels")),
        (pa.array(cycle("a", "b"), pa.large_string()), ("categorical", 0, "2 levels")),
        (cycle("x"), ("constant", 0, "always 'x': dropped")),
        (cycle(2.5), ("constant", 0, "always 2.5: dropped")),
        (cycle(True), ("constant", 0, "always true: dropped")),
        (cycle(DAYS[0]), ("constant", 0, "always 2020-01-01: dropped")),
        (cycle(None), ("empty", N, "no value: dropped")),
        (cycle(float("nan")), ("empty", N, "no value: dropped")),
        (pa.nulls(N, pa.string()), ("empty", N, "no value: dropped")),
        (pa.array(cycle(None), pa.dictionary(pa.int8(), pa.string())), ("empty", N, "no value: dropped")),
        (list(range(N)), ("identifier", 0, "numbers the rows: dropped (can be kept)")),
        (list(range(1, N + 1)), ("identifier", 0, "numbers the rows: dropped (can be kept)")),
        ([f"u{row}" for row in range(N)], ("identifier", 0, "unique in every row: dropped")),
        ([f"u{max(row, 3)}" for row in range(N)], ("identifier", 0, "unique in 95 % of rows: dropped")),
        (
            [f"u{row}" if row % 2 else None for row in range(N)],
            ("identifier", 30, "unique in every row: dropped; its 30 gaps are a feature"),
        ),
        (cycle([1, 2]), ("unsupported", 0, "holds lists: dropped")),
        (cycle({"a": 1}), ("unsupported", 0, "holds records: dropped")),
        (cycle(b"x", None), ("unsupported", 30, "holds bytes: dropped; its 30 gaps are a feature")),
        (pa.array([None] * N).cast(pa.list_(pa.int8())), ("empty", N, "no value: dropped")),
    ],
    ids=str,
)
def test_each_kind_of_column_is_recognised(values, expected):
    assert plan(values) == expected


@pytest.mark.parametrize(
    "values",
    [list(range(N, 0, -1)), list(range(2, N + 2)), [*range(N - 2), N - 1, N - 2], list(range(7000, 7119, 2))],
)
def test_unique_whole_numbers_spaced_like_row_numbers_are_dropped_unless_kept(values):
    reason = "unique whole numbers, spaced like row numbers: dropped (can be kept)"
    assert plan(values) == ("identifier", 0, reason)
    assert plan(values, keep=["x"])[0] == "numeric"


@pytest.mark.parametrize("name", ["id", "customer_id", "orderID", "Invoice no"])
def test_unique_whole_numbers_named_like_an_id_are_dropped_in_any_order_and_spacing(name):
    values = [(7919 * row) % 9973 for row in range(N)]
    reason = "unique whole numbers, named like an id: dropped (can be kept)"
    assert plan(values, name) == ("identifier", 0, reason)
    assert plan(values, name, keep=[name])[0] == "numeric"
    assert plan([*values[:-1], values[0]], name)[0] == "numeric"
    assert plan(values, "income")[0] == "numeric"


def test_a_run_of_years_is_a_time_and_no_identifier():
    assert plan(list(range(1960, 1960 + N)), "year")[0] == "numeric"


def test_identifiers_beyond_the_exact_range_of_floats_are_told_apart():
    assert plan([2**60 + row for row in range(N)], "id")[0] == "identifier"


def test_a_column_to_keep_must_be_there():
    with pytest.raises(DataError, match="`keep` must be a column of the table; got 'ident'"):
        plan([1, 2, 3], keep=["ident"])


def test_a_short_count_is_a_row_number_only_by_its_name():
    assert plan(list(range(1, 9)), "dose")[0] == "numeric"
    assert plan(list(range(1, 9)), "ID")[0] == "identifier"


def test_a_row_number_is_seen_in_the_whole_table_not_in_the_chosen_rows():
    assert plan(list(range(N)), rows=[5, 2, 40])[0] == "identifier"
    assert plan([9, *range(1, N)], rows=list(range(1, N)))[0] == "numeric"


def test_text_none_of_whose_levels_is_frequent_is_dropped():
    levels = [f"l{row % 300}" for row in range(1200)]
    table = pa.table({"x": levels, "other": np.arange(1200.0)})
    assert plan_columns(table)[0].note == "300 levels, each of them rare: dropped"


def test_only_the_chosen_rows_are_judged():
    values = [1.0] * 30 + [2.0] * 29 + [None]
    assert plan(values, rows=list(range(30))) == ("constant", 0, "always 1: dropped")
    assert plan(values, rows=[0, 59, 59])[1] == 2


def test_the_target_gets_no_plan():
    table = to_table(pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]}))
    assert [each.name for each in plan_columns(table, "y")] == ["x"]


def test_chunks_do_not_matter():
    whole = pa.table({"a": cycle("x", "y", None), "b": cycle(1.0, None, 3.0), "c": DAYS})
    parts = pa.concat_tables([whole.slice(0, 7), whole.slice(7, 20), whole.slice(27)])
    encoded = parts.set_column(0, "a", parts["a"].dictionary_encode())
    assert plan_columns(whole) == plan_columns(parts) == plan_columns(encoded)


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (
            {"a": [1.0, 2.0, np.inf, -np.inf]},
            {},
            (
                "`table` must hold finite numbers; got inf in column 'a', first in row 2 (rows count "
                "from 0). Mend it or leave the cell empty."
            ),
        ),
        (
            {"a": [1.0, 2.0, np.inf, -np.inf]},
            {"rows": [3, 0]},
            (
                "`table` must hold finite numbers; got -inf in column 'a', first in row 3 (rows count "
                "from 0). Mend it or leave the cell empty."
            ),
        ),
        (
            {"a": [1.0, 1.0], "b": ["x", "x"], "c": [None, None]},
            {},
            (
                "`table` must have a column to learn from; got 2 constant, 1 empty and no other. Add a "
                "column that differs between rows."
            ),
        ),
        (
            {"y": [1.0, 2.0]},
            {"target": "y"},
            (
                "`table` must have a column to learn from; got none besides the target. Add a column that "
                "differs between rows."
            ),
        ),
        (
            {"ylabel": [1.0]},
            {"target": "lable"},
            "`target` must be a column of the table; got 'lable'. Did you mean 'ylabel'?",
        ),
        ({"a": pa.array([], pa.float64())}, {}, "`table` must have rows; got none."),
        ({"a": [1.0, 2.0]}, {"rows": []}, "`table` must have rows; got none."),
    ],
)
def test_a_table_to_learn_nothing_from_says_why(table, options, message):
    assert complaint(pa.table(table), **options) == message


def test_an_infinite_number_outside_the_chosen_rows_is_not_seen():
    assert plan([1.0, 2.0, float("inf")], rows=[0, 1])[0] == "numeric"


def test_a_name_that_stands_twice_is_refused():
    table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    assert (
        complaint(table)
        == "`table` must name each column once; got 'a' more than once. Rename all but one of them."
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([0, 2], "`rows` must lie in 0..1, the places of the rows; got 2, first at index (1,)."),
        ([-1], "`rows` must lie in 0..1, the places of the rows; got -1, first at index (0,)."),
        ([0.5], "`rows` must be a list of row places; got float64 of shape (1,)."),
        ([[0, 1]], "`rows` must be a list of row places; got int64 of shape (1, 2)."),
        ([True, False], "`rows` must be a list of row places; got bool of shape (2,)."),
    ],
)
def test_rows_are_places_in_the_table(rows, message):
    assert complaint(pa.table({"a": [1.0, 2.0]}), rows=rows, kind=DomainError) == message


def test_a_single_odd_cell_is_a_gap_and_is_named():
    found, _ = plan_columns(pa.table({"x": [*cycle("1", "2"), "1.2.3"], "other": np.arange(N + 1) * 1.5}))
    note = "1 to 2; 1 odd cell is a gap: '1.2.3' in row 60 (rows count from 0)"
    assert (found.kind, found.missing, found.odd, found.note) == ("numeric", 1, 1, note)


def test_a_single_leading_zero_makes_no_category_of_numbers():
    values = [str(row % 120) for row in range(200)]
    assert plan_columns(pa.table({"x": [*values, "007"]}))[0].kind == "numeric"


def test_a_space_hides_no_leading_zero_of_codes():
    found, _ = plan_columns(pa.table({"x": cycle(" 012", "345"), "other": OTHER}))
    assert found.kind == "categorical"


def test_a_column_with_too_many_odd_cells_says_how_many_are_numbers():
    found, _ = plan_columns(pa.table({"x": ["a", "b", *cycle("1", "2")[2:]], "other": OTHER}))
    assert (found.kind, found.odd) == ("categorical", 2)
    assert found.note == (
        "4 levels, 2 rare pooled; 96.7 % read as numbers, too few; not 'a' in row 0 (rows count from 0), "
        "'b' in row 1 (rows count from 0)"
    )


def test_97_percent_of_the_cells_without_the_missing_ones_make_a_column_of_numbers():
    values = ["odd"] * 3 + [str(row % 9) for row in range(97)] + [None] * 50
    for table in (values, [*values, "odd"]):
        other = np.arange(len(table)) * 1.5
        kind = plan_columns(pa.table({"x": table, "other": other}))[0].kind
        assert kind == ("numeric" if table is values else "categorical")


def test_another_currency_than_the_commonest_is_odd():
    found, _ = plan_columns(pa.table({"x": ["\u20ac5", *cycle("$1", "2")], "other": np.arange(N + 1) * 1.5}))
    assert (found.kind, found.odd) == ("numeric", 1)


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        (["red", "green", "blue"], "a category and not ordered: its levels have no known order"),
        (["low", "high"], "a category and not ordered: an order needs three levels"),
    ],
)
def test_the_note_says_why_levels_are_no_ordered_category(levels, reason):
    table = pa.table({"x": levels * 20, "y": [0, 1] * (10 * len(levels))})
    wished = plan_columns(table, "y", types={"x": "ordered"})[0]
    assert wished.kind == "categorical"
    assert wished.note.endswith(reason)
    assert "not ordered" not in plan_columns(table, "y")[0].note
    assert "not ordered" not in plan_columns(table, "y", types={"x": "categorical"})[0].note


def test_a_category_of_numbers_can_be_numeric():
    table = pa.table({"x": pa.array([1, 2, 3] * 20).dictionary_encode()})
    assert plan_columns(table)[0].kind == "categorical"
    found = plan_columns(table, types={"x": "numeric"})[0]
    assert (found.kind, found.note) == ("numeric", "1 to 3")


def test_wishes_of_other_types_are_named():
    table = pa.table({"x": ["a", "b"] * 20})
    with pytest.raises(DomainError, match=r"`types` must be one of .*; got \['ordered'\] for column 'x'"):
        plan_columns(table, types={"x": ["ordered"]})
    for option in ("most_levels", "most_words"):
        with pytest.raises(DTypeError, match=rf"`{option}` must be an integer; got 2\.5"):
            plan_columns(table, **{option: 2.5})
