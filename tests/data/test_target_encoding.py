import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.data import encode_target
from xent.data.pieces.known_target import streamed_known_target
from xent.data.pieces.target import streamed_target
from xent.errors import DataError

MANY = (
    "`target` must have at least ten rows per class on average; got {} of column 'species'. "
    "Is this a regression, or an identifier? Choose another column, or cut it into ranges."
)

VERY_LONG = "x" * 3000


def encoded(values):
    return encode_target(pa.table({"species": values}), "species")


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (["b", "a"] * 2, ("a", "b")),
        (pa.array(["b", "a"] * 2).dictionary_encode(), ("a", "b")),
        (pa.array(["b", "a"] * 2, pa.large_string()), ("a", "b")),
        (pa.array(["b", "a"] * 2, pa.string_view()), ("a", "b")),
        (["9", "10"] * 2, ("10", "9")),
        ([10, 9] * 2, (9, 10)),
        (pa.array([10, 9] * 2, pa.uint8()), (9, 10)),
        ([1.0, 0.0] * 2, (0, 1)),
        ([1.5, 1.0] * 2, (1.0, 1.5)),
        (pa.array([2, 1] * 2).cast(pa.decimal128(22, 2)), (1, 2)),
        ([True, False] * 2, (False, True)),
        ([dt.date(2021, 1, 1), dt.date(2020, 1, 1)] * 2, (dt.date(2020, 1, 1), dt.date(2021, 1, 1))),
        (pa.array([2, 1] * 2).dictionary_encode(), (1, 2)),
    ],
    ids=str,
)
def test_classes_are_the_sorted_values_as_python_objects(values, classes):
    target = encoded(values)
    assert target.classes == classes
    assert [type(each) for each in target.classes] == [type(each) for each in classes]
    assert target.codes.tolist() == [1, 0, 1, 0]
    assert target.codes.dtype == np.int64
    assert (target.rows.tolist(), target.missing) == ([0, 1, 2, 3], 0)


@pytest.mark.parametrize(
    "values",
    [
        ["a", None, "b", "a", "b"],
        [1.0, float("nan"), 2.0, 1.0, 2.0],
        [1, None, 2, 1, 2],
        [True, None, False, True, False],
    ],
)
def test_rows_without_a_value_are_left_out(values):
    target = encoded(values)
    assert (target.rows.tolist(), target.missing, len(target.codes)) == ([0, 2, 3, 4], 1, 4)


@given(st.lists(st.sampled_from(["x", "y", "zz", "", None]), min_size=1, max_size=40), st.integers(0, 40))
def test_classes_and_codes_give_the_values_back(values, cut):
    values = [*values, "x", "x", "y", "y", "zz", "zz", "", ""]
    whole = pa.chunked_array([pa.array(values[:cut], pa.string()), pa.array(values[cut:], pa.string())])
    for column in (
        whole,
        whole.dictionary_encode(),
        pa.chunked_array([c.dictionary_encode() for c in whole.chunks]),
    ):
        target = encoded(column)
        assert target.missing == values.count(None)
        assert [target.classes[code] for code in target.codes] == [values[row] for row in target.rows]
        assert sorted(set(values) - {None}) == list(target.classes)


def test_few_classes_of_few_rows_are_a_classification():
    assert encoded([1, 2, 3] * 4).classes == (1, 2, 3)
    assert len(encoded(list(range(10)) * 2).classes) == 10
    assert len(encoded(list(range(11)) * 10).classes) == 11


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["a", None, "a"],
            "`target` must have at least two classes; got column 'species', which always holds 'a'.",
        ),
        (
            ["a", "b", "c"],
            "`target` must have two rows of some class; got 3 different rows in column 'species'.",
        ),
        (
            [row / 7 for row in range(2000)],
            MANY.format("2,000 classes in 2,000 rows"),
        ),
        (
            [*range(11), *range(11)] * 4,
            MANY.format("11 classes in 88 rows"),
        ),
        (pa.nulls(3), "`target` must have values; got column 'species', in which all 3 rows are missing."),
        (
            [float("nan")] * 3,
            "`target` must have values; got column 'species', in which all 3 rows are missing.",
        ),
        (
            [[1], [2]],
            (
                "`target` must hold text, numbers, truth values or dates; got column 'species', which holds "
                "values of type list<item: int64>."
            ),
        ),
        (
            [b"a", b"b"],
            (
                "`target` must hold text, numbers, truth values or dates; got column 'species', which holds "
                "values of type binary."
            ),
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_a_target_says_why(values, message):
    with pytest.raises(DataError) as caught:
        encoded(values)
    assert caught.value.caller == "encode_target"
    assert caught.value.complaint == message


def test_long_names_and_values_are_shortened_in_messages():
    for values in ([VERY_LONG] * 2, [float("nan")] * 2, ["a", "b"], [[1], [2]]):
        with pytest.raises(DataError) as caught:
            encode_target(pa.table({VERY_LONG: values}), VERY_LONG)
        assert len(str(caught.value)) < 250
        assert "xxx…xxx" in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("specis", "Did you mean 'species'?"),
        ("Species ", "Did you mean 'species'?"),
        ("zzz", "The columns are 'petal', 'sepal' and 'species'."),
    ],
)
def test_a_target_that_is_no_column_gets_the_near_names(typed, hint):
    with pytest.raises(DataError) as caught:
        encode_target(pa.table({"petal": [1], "sepal": [2], "species": [3]}), typed)
    assert caught.value.complaint == f"`target` must be a column of the table; got {typed!r}. {hint}"


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(DataError, match="name each column once; got 'y' more than once"):
        encode_target(pa.table([pa.array([1]), pa.array([2])], names=["y", "y"]), "y")


def test_gaps_and_decimals_in_a_dictionary_are_as_outside():
    for kind in (pa.float64(), pa.decimal128(4, 1)):
        values = pa.array([1.0, 2.0, None, 2.0], pa.float64()).cast(kind).dictionary_encode()
        assert encoded(values).classes == (1, 2)
    assert encoded(pa.array([1.0, 2.0, np.nan, 2.0]).dictionary_encode()).missing == 1


def test_decimals_that_are_one_number_as_floats_are_refused():
    column = pa.array([Decimal(10**17), Decimal(10**17 + 1), Decimal(3)] * 2)
    message = "`target` must hold numbers that differ in double precision; got column 'species' of decimal128"
    with pytest.raises(DataError, match=message):
        encoded(column)
    for streamed in (streamed_target, lambda cells, name: streamed_known_target(cells, name, (3,))):
        with pytest.raises(DataError, match=message):
            streamed([column], "species")
    assert encoded(pa.array([Decimal("0.10"), Decimal("1.30")] * 2)).classes == (0.1, 1.3)
