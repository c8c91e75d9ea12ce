import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from xent.data.date_text import DateForm, date_form, date_values, time_values

MONTH_FIRST, DAY_FIRST = DateForm(), DateForm(day_first=True)


@pytest.mark.parametrize(
    ("text", "form", "date"),
    [
        ("2020-03-01", MONTH_FIRST, (2020, 3, 1)),
        ("2020/3/1", MONTH_FIRST, (2020, 3, 1)),
        ("2/15/2020", MONTH_FIRST, (2020, 2, 15)),
        ("15.2.2020", DAY_FIRST, (2020, 2, 15)),
        ("1/2/20", DAY_FIRST, (2020, 2, 1)),
        ("1/2/69", DAY_FIRST, (1969, 2, 1)),
        ("1 Mar 2020", MONTH_FIRST, (2020, 3, 1)),
        ("1-Mar-20", MONTH_FIRST, (2020, 3, 1)),
        ("March 1st, 2020", MONTH_FIRST, (2020, 3, 1)),
        ("2/15/2020 6:30 pm", MONTH_FIRST, (2020, 2, 15, 18, 30)),
        ("2/15/2020 12:05 AM", MONTH_FIRST, (2020, 2, 15, 0, 5)),
        ("2020-02-15T06:30:00+02:00", MONTH_FIRST, (2020, 2, 15, 4, 30)),
        ("2020-02-15T06:30:00-0930", MONTH_FIRST, (2020, 2, 15, 16, 0)),
        ("2020-02-15T06:30:00+24:00", MONTH_FIRST, None),
        ("2020-02-15T06:30:00-01:60", MONTH_FIRST, None),
        ("2020-02-15T06:30:00+99:99", MONTH_FIRST, None),
        ("29/2/2021", DAY_FIRST, None),
        ("15/2/2020", MONTH_FIRST, None),
        ("2/15/2020 25:00", MONTH_FIRST, None),
        ("1.12.14", DAY_FIRST, None),
        ("1.2.3", DAY_FIRST, None),
        ("Marble 1, 2020", MONTH_FIRST, None),
        (None, MONTH_FIRST, None),
    ],
)
def test_a_date_is_read_as_people_write_it(text, form, date):
    value = date_values(pa.array([text], pa.large_string()), form)
    wanted = np.nan
    if date is not None:
        wanted = dt.datetime(*date, tzinfo=dt.UTC).timestamp() / 86_400
    np.testing.assert_allclose(value, [wanted], rtol=1e-14)


@pytest.mark.parametrize(
    ("texts", "counts", "form"),
    [
        (["2/15/2020", "1/2/2020"], [1, 999], DateForm()),
        (["15/2/2020", "1/2/2020"], [1, 999], DAY_FIRST),
        (["15/2/2020", "2/15/2020"], [9, 1], DAY_FIRST),
        (["1/2/2020"], [9], DateForm(assumed=True)),
        (["1.2.2020"], [9], DateForm(day_first=True, assumed=True)),
        (["2020-02-01"], [9], DateForm()),
    ],
)
def test_the_order_of_day_and_month_is_settled_by_the_whole_column(texts, counts, form):
    assert date_form(pa.array(texts), np.asarray(counts)) == form


def test_no_texts_are_no_dates():
    assert date_values(pa.array([], pa.large_string()), DAY_FIRST).tolist() == []


def test_times_of_day_are_parts_of_a_day():
    values = time_values(pa.array(["06:00", "6:00 pm", "12:00 am", "25:00", "x", None]))
    np.testing.assert_array_equal(values, [0.25, 0.75, 0, np.nan, np.nan, np.nan])
