"""Columns that are samples of a signal or pixels of an image, and columns that only look like it."""

import numpy as np
import pyarrow as pa
import pytest

from xent.data import TableEncoder, load_builtin
from xent.data.signals.sample_columns import sample_columns, sample_sources


def numbered(pattern, count=16, start=1):
    return [pattern.format(k) for k in range(start, start + count)]


def test_the_samples_of_a_heartbeat_are_found_beside_other_columns():
    table, _ = load_builtin("heartbeats", rows=30)
    (found,) = sample_columns(table.column_names)
    assert (len(found.names), found.quantity, found.unit, found.shape) == (128, "mV", "ms", None)
    assert (found.places[0], found.places[-1], found.certain) == (-400, 592, True)


@pytest.mark.parametrize(
    ("names", "shape"),
    [
        ([f"pixel_{r}_{c}" for r in range(8) for c in range(8)], (8, 8)),
        (numbered("pixel{}", 784, 0), (28, 28)),
        ([f"{r}x{c}" for r in range(1, 6) for c in range(1, 5)], (5, 4)),
        (numbered("pixel{}", 20), None),
        ([f"q{r}_{c}" for r in range(5) for c in range(5)], None),
    ],
    ids=["a grid", "a square", "rows x columns", "no square", "questions"],
)
def test_pixels_are_told_by_their_names(names, shape):
    shapes = [found.shape for found in sample_columns(["label", *names])]
    assert shapes == ([shape] if shape else [None] * len(shapes))


def test_a_grid_is_read_in_the_order_of_its_numbers():
    names = [f"pixel_{r}_{c}" for c in range(4) for r in range(4)]
    (found,) = sample_columns(names)
    assert found.names[:3] == ("pixel_0_0", "pixel_0_1", "pixel_0_2")


def test_channels_are_runs_of_their_own():
    found = list(sample_columns([*numbered("channel 1 sample {}"), *numbered("channel 2 sample {}")]))
    assert [one.title for one in found] == ["channel 1 sample", "channel 2 sample"]


@pytest.mark.parametrize(
    "names", [numbered("V{}", 11), ["a", "b", "c"] * 6, [f"x{k * k}" for k in range(20)]]
)
def test_short_uneven_and_unnumbered_names_are_no_samples(names):
    assert list(sample_columns(names)) == []


def source_of(values, pattern):
    names = numbered(pattern, values.shape[1])
    table = pa.table(dict(zip(names, values.T, strict=True)))
    encoder = TableEncoder().fit(table)
    return sample_sources(encoder, table)[0], encoder.transform(table)


def test_numbered_columns_are_a_signal_if_neighbours_are_alike():
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((200, 16))
    source, X = source_of(noise, "V{}")
    assert not source.columns.certain
    assert not source.holds(X)
    source, X = source_of(noise.cumsum(axis=1), "V{}")
    assert source.holds(X)
    source, X = source_of(noise, "sample {}")
    assert source.holds(X)


def test_values_are_those_of_the_table_and_constant_columns_keep_their_value():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((50, 16)) * 3 + 7
    values[:, 4] = 2.5
    source, X = source_of(values, "sample {}")
    assert source.features[4] == -1
    np.testing.assert_allclose(source.values(X), values, rtol=1e-12)


def test_tables_with_words_or_dates_hold_no_signals():
    table = pa.table({name: np.arange(60) % 7 * 1.0 for name in numbered("sample {}")})
    words = pa.array([f"word{k % 11} word{k % 13} word{k % 17} of {k}" for k in range(60)])
    encoder = TableEncoder(types={"said": "text"}).fit(table.append_column("said", words))
    assert sample_sources(encoder, table.append_column("said", words)) == ()
    days = pa.array(np.datetime64("2020-01-01") + np.arange(60))
    dated = table.append_column("when", days)
    assert sample_sources(TableEncoder().fit(dated), dated) == ()
