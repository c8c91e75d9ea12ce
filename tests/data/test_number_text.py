import numpy as np
import pyarrow as pa
import pytest

from xent.data.number_text import NumberForm, number_form, number_values
from xent.data.text_reading import settled_reading


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,250.50", 1250.5),
        ("-$5", -5.0),
        ("$-5", -5.0),
        ("\u22127", -7.0),
        ("(1,234)", -1234.0),
        ("7 EUR", 7.0),
        ("US$ 3", 3.0),
        ("12.5 %", 0.125),
        ("1'234'567", 1234567.0),
        ("1\u202f234", 1234.0),
        ("12,34,567", 1234567.0),
        ("1.5E-3", 0.0015),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.2.3", np.nan),
        ("1,48", np.nan),
        ("0,123", np.nan),
        ("(5", np.nan),
        ("--5", np.nan),
        ("2020-01-01", np.nan),
        ("$", np.nan),
        ("u5", np.nan),
        (None, np.nan),
    ],
)
def test_a_number_is_read_as_people_write_it(text, value):
    texts = pa.array([text], pa.large_string())
    np.testing.assert_array_equal(number_values(texts, NumberForm()), [value])


def test_a_decimal_comma_turns_points_into_thousands_marks():
    values = number_values(pa.array(["1.234,5", "1,48", "1.234", "1.5"]), NumberForm(","))
    np.testing.assert_array_equal(values, [1234.5, 1.48, 1234.0, np.nan])


@pytest.mark.parametrize(
    ("texts", "counts", "hint", "decimal"),
    [
        (["1,48", "1,250"], [5, 90], ".", ","),
        (["1,48", "1,250"], [1, 999], ".", "."),
        (["1,250"], [9], ".", "."),
        (["1,250"], [9], ",", ","),
        (["1.5", "1.250"], [9, 9], ",", "."),
        (["1,5", "2.5"], [3, 9], ".", "."),
    ],
)
def test_the_decimal_mark_is_settled_by_the_whole_column(texts, counts, hint, decimal):
    assert number_form(pa.array(texts), np.asarray(counts), decimal=hint).decimal == decimal


def test_the_commonest_currency_is_that_of_the_column():
    form = number_form(pa.array(["$5", "\u20ac7", "9"]), np.asarray([2, 3, 50]))
    assert form.currency == "\u20ac"
    np.testing.assert_array_equal(number_values(pa.array(["$5", "\u20ac7", "9"]), form), [np.nan, 7, 9])


def test_a_column_of_nulls_has_no_reading():
    assert settled_reading(pa.chunked_array([pa.nulls(3, pa.string())])) is None
