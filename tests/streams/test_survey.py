"""The sample of the first scan: its size, its rows and the rows held meanwhile, whatever the fragments."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.streams.made_rows import batches_of, made_rows

from xent.streams import survey as streams_survey
from xent.streams.readers import ArrayReader
from xent.streams.sources import Source, source_of
from xent.streams.survey import survey

READER = ArrayReader(("number",), "f")
# Sizes of fragments: one large among small ones, many of less than a stride, equal ones, empty ones.
SIZES = {
    "large and small": [100_000, *[10] * 9],
    "small and large": [*[10] * 9, 100_000],
    "tiny": [7] * 6000,
    "equal": [1000] * 12,
    "empty": [0, 3000, 0, 0, 5000, 0],
    "one": [4001],
    "few": [400, 200],
}


def numbered(sizes, labels=None, piece=700):
    """Fragments of the given `sizes`, which the survey does not know; the one feature is the row."""
    numbers = np.arange(float(sum(sizes)))[:, None]
    labels = np.arange(len(numbers)) % 3 if labels is None else labels
    ends = np.cumsum(sizes)
    fragments = [
        batches_of(numbers[end - n : end], labels[end - n : end], piece)
        for n, end in zip(sizes, ends, strict=True)
    ]
    # The first function is asked for its columns, so that an empty one cannot be the first.
    found = source_of(fragments[int(np.argmax(sizes))], caller="f")
    rest = [
        source_of(each, caller="f").fragments[0] if n else _Empty()
        for each, n in zip(fragments, sizes, strict=True)
    ]
    return Source(tuple(rest), found.columns)


class _Empty:
    name, rows = "empty", None

    def pieces(self, _columns):
        return iter(())


def sample_of(source, sample=1000, **more):
    """Numbers of the rows in the sample, in order."""
    return survey(source, READER, sample=sample, caller="f", **more).X[:, 0].astype(int)


@pytest.mark.parametrize("name", SIZES)
def test_the_sample_has_one_row_of_every_stride_whatever_the_fragments(name):
    sizes = SIZES[name]
    rows = sample_of(numbered(sizes))
    n = sum(sizes)
    stride = max(1, 2 ** int(np.ceil(np.log2(n / 2000))))
    assert len(rows) == -(-n // stride)
    assert min(n, 1000) <= len(rows) <= 2000
    ends = np.cumsum(sizes)
    in_each = np.diff(np.searchsorted(rows, [0, *ends]))
    expected = np.diff(-(-np.asarray([0, *ends]) // stride))
    np.testing.assert_array_equal(in_each, expected)
    in_fragment = rows - (ends - sizes)[np.searchsorted(ends, rows, side="right")]
    assert (in_fragment % stride == 0).all()


def test_fragments_that_state_their_sizes_give_a_sample_of_their_stride(tmp_path, monkeypatch):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from xent.streams.readers import ColumnReader

    monkeypatch.setattr("xent.streams.sources._FRAGMENT_ROWS", 1000)
    table = pa.table({"number": np.arange(10_007.0), "y": np.arange(10_007) % 3})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=500)
    source = source_of(tmp_path / "rows.parquet", caller="f")
    assert len(source.fragments) == 11
    found = survey(source, ColumnReader(("number",), "y", None, "f"), sample=1500, caller="f")
    assert len(found.X) == -(-10_007 // 6)
    assert np.diff(found.X[:, 0]).max() <= 2 * 6


@pytest.mark.parametrize("workers", [None, 2, 3])
@pytest.mark.parametrize("piece", [130, 700, 100_000])
def test_the_sample_depends_neither_on_workers_nor_on_pieces(workers, piece):
    sizes = SIZES["large and small"]
    expected = sample_of(numbered(sizes))
    if workers is None:
        found = sample_of(numbered(sizes, piece=piece))
    else:
        with ThreadPoolExecutor(workers) as executor:
            found = sample_of(numbered(sizes, piece=piece), executor=executor)
    np.testing.assert_array_equal(found, expected)


def test_the_sample_is_the_same_for_runs_of_fragments(monkeypatch):
    sizes = SIZES["small and large"]
    labels = np.where(np.arange(sum(sizes)) % 5000 == 3, 1, 0)
    expected = sample_of(numbered(sizes, labels))
    monkeypatch.setattr(streams_survey, "branch_level", lambda *_: 2)
    np.testing.assert_array_equal(sample_of(numbered(sizes, labels)), expected)


def test_rare_classes_have_fifty_rows_or_all_of_which_the_others_come_first():
    n = 20_000
    labels = np.zeros(n, int)
    labels[np.arange(5, n, 100)] = 1
    labels[[17, 11_003]] = 2
    sizes = [3000, 1, 9000, 7999]
    rows = sample_of(numbered(sizes, labels), sample=500)
    assert np.bincount(labels[rows])[1:].tolist() == [50, 2]
    plain = sample_of(numbered(sizes), sample=500)
    others = rows[~np.isin(rows, plain)]
    for label in (1, 2):
        of_class = np.flatnonzero(labels == label)
        own = others[labels[others] == label]
        np.testing.assert_array_equal(own, of_class[~np.isin(of_class, plain)][: len(own)])


def test_rows_that_the_sample_can_not_need_are_dropped_between_fragments(monkeypatch):
    held = []
    join = streams_survey._joined  # noqa: SLF001 - the rows held at the end of the scan

    def watched(found, *arguments):
        held.append(sum(len(places) for each in found for places in each.kept.places))
        return join(found, *arguments)

    monkeypatch.setattr(streams_survey, "_joined", watched)
    rows = sample_of(numbered([1500] * 40), sample=1000)
    assert 1000 <= len(rows) <= 2000
    # One more row of each fragment, and the first 50 of three classes; an eighth is not worth a copy.
    assert held[0] <= 8 / 7 * (2000 + 40 + 3 * 50)


def test_a_survey_counts_rows_by_fragment_and_keeps_their_weights():
    X, y = made_rows(4000)
    weights = np.arange(4000) / 8
    half = lambda here: lambda: iter([(X[here], y[here], weights[here])])  # noqa: E731 - a source
    source = source_of([half(slice(0, 1500)), half(slice(1500, 4000))], caller="f")
    found = survey(source, ArrayReader(("a", "b", "c", "d"), "f"), sample=300, caller="f")
    assert found.counts.tolist() == [np.bincount(part).tolist() for part in (y[:1500], y[1500:])]
    np.testing.assert_allclose(found.mass, np.bincount(y, weights))
    order = {row.tobytes(): k for k, row in enumerate(X)}
    places = [order[row.tobytes()] for row in found.X]
    np.testing.assert_array_equal(found.weights, weights[places])
    np.testing.assert_array_equal(found.codes, y[places])
