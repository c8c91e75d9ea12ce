import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.data.calendar_features import CALENDAR_PARTS, calendar_feature, informative_parts
from xent.data.column_values import day_numbers

MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2250, 1, 1))  # noqa: DTZ001 - without a zone on purpose


@given(MOMENTS)
def test_parts_are_those_of_the_calendar(moment):
    days = day_numbers(pa.chunked_array([pa.array([moment], pa.timestamp("us"))]))
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = (moment - midnight).total_seconds() / 3600
    for part, turn in (
        ("month", (moment.month - 1) / 12),
        ("weekday", moment.weekday() / 7),
        ("hour", hours / 24),
    ):
        found = [calendar_feature(days, f"{part} {wave}", origin=0.0)[0] for wave in ("sine", "cosine")]
        angle = 2 * np.pi * turn
        np.testing.assert_allclose(found, [np.sin(angle), np.cos(angle)], rtol=0, atol=2e-9)


@given(MOMENTS, MOMENTS)
def test_days_are_counted_from_the_origin(moment, first):
    days = day_numbers(pa.chunked_array([pa.array([first, moment], pa.timestamp("us"))]))
    found = calendar_feature(days, "days", origin=float(days[0]))
    np.testing.assert_allclose(found, [0.0, (moment - first) / dt.timedelta(days=1)], rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("part", CALENDAR_PARTS)
def test_a_missing_date_stays_missing(part):
    assert np.isnan(calendar_feature(np.asarray([np.nan, 3.0]), part, origin=0.0)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("days", "parts"),
    [
        ([0.0, 7.0], ["days"]),
        ([0.0, 2.0], ["days", "weekday sine", "weekday cosine"]),
        ([0.0, 0.3], ["days", "hour sine", "hour cosine"]),
        ([0.0, 0.5], ["days", "hour cosine"]),
        ([0.0, 35.0], ["days", "month sine", "month cosine"]),
        ([2.0, 2.0, np.nan], []),
    ],
)
def test_parts_that_never_differ_are_left_out(days, parts):
    assert informative_parts(np.asarray(days), origin=0.0) == parts
