"""An encoder that learns of pieces is that of the whole table, bit for bit."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from xent.data import TableEncoder
from xent.data.file_facts import FileFacts, with_facts
from xent.data.pieces import encoder as streams
from xent.data.pieces.columns import StreamedColumn
from xent.data.pieces.medians import MedianBracket
from xent.errors import DataError


def mixed_table(rows=40_000, *, seed=0):
    rng = np.random.default_rng(seed)
    size = rng.choice(["low", "medium", "high"], rows).tolist()
    size[11] = None
    day = np.datetime64("2021-03-01T00:00") + rng.integers(0, 900 * 24, rows).astype("timedelta64[h]")
    income = rng.lognormal(size=rows)
    income[rng.random(rows) < 0.1] = np.nan
    gaps = rng.integers(0, 50, rows).astype(object)
    gaps[::7] = None
    return pa.table(
        {
            "id": np.arange(rows),
            "user_id": rng.permutation(rows * 40)[:rows],
            "visits": rng.integers(0, 4, rows),
            "income": income,
            "gaps": pa.array(gaps.tolist(), pa.int64()),
            "far": 1.6e9 + rng.normal(size=rows),
            "city": rng.choice(["Oslo", "Rome", "Lima", "Bonn"], rows, p=[0.5, 0.3, 0.1999, 0.0001]),
            "size": size,
            "code": pa.array(rng.choice(["01", "02", "17"], rows).tolist()).dictionary_encode(),
            "price": [f"{value:.2f}" for value in rng.lognormal(size=rows)],
            "name": [f"name {k}" for k in range(rows)],
            "day": pa.array(day.astype("datetime64[us]")),
            "yes": rng.random(rows) < 0.3,
            "one": np.full(rows, 7.0),
            "none": pa.nulls(rows, pa.float64()),
            "bytes": pa.array([b"x"] * rows),
            "y": rng.choice(["a", "b"], rows),
        }
    )


@pytest.fixture(scope="module")
def table():
    return mixed_table()


def in_pieces(table, size):
    return lambda: (table.slice(start, size) for start in range(0, table.num_rows, size))


def assert_same_encoder(streamed, whole, table):
    """Raise unless two encoders have equal attributes and features, bit for bit."""
    assert streamed.numeric_ == whole.numeric_
    assert streamed.categories_ == whole.categories_
    assert streamed.gaps_ == whole.gaps_
    for name in ("mean_", "var_", "scale_"):
        assert getattr(streamed.scaler_, name).tobytes() == getattr(whole.scaler_, name).tobytes()
    assert streamed.imputer_.statistics_.tobytes() == whole.imputer_.statistics_.tobytes()
    assert streamed.transform(table).tobytes() == whole.transform(table).tobytes()


@pytest.mark.half_second
@pytest.mark.parametrize("size", [1000, 16_384, 39_999])
def test_pieces_and_the_whole_table_give_the_same_bits(table, size):
    whole = TableEncoder(target="y", most_words=0).fit(table)
    streamed = TableEncoder(target="y").fit_batches(in_pieces(table, size))
    assert [plan.kind for plan in streamed.columns] == [plan.kind for plan in whole.columns]
    assert [plan.note for plan in streamed.columns] == [plan.note for plan in whole.columns]
    assert [plan.reading for plan in streamed.columns] == [plan.reading for plan in whole.columns]
    assert_same_encoder(streamed, whole, table)


def test_identifiers_of_pieces_are_those_of_the_whole_table():
    rng, rows = np.random.default_rng(3), 4000
    distinct = rng.permutation(rows)
    unsigned = {
        "dense": np.uint64(2**63 - rows // 2) + distinct.astype(np.uint64),
        "index": np.append(np.asarray([2**64 - 1], np.uint64), np.arange(rows - 1, dtype=np.uint64)),
        "wide": rng.integers(0, 2**64, rows, dtype=np.uint64),
    }
    columns = {name: pa.array(values, pa.uint64()) for name, values in unsigned.items()}
    table = pa.table(columns | {"row_id": pa.array(distinct.astype(np.float64))})
    whole = TableEncoder(most_words=0).fit(table)
    streamed = TableEncoder().fit_batches(in_pieces(table, 700))
    notes = {plan.name: plan.note for plan in whole.columns}
    assert notes == {plan.name: plan.note for plan in streamed.columns}
    assert notes["dense"].startswith("unique whole numbers, spaced like row numbers: dropped")
    assert notes["index"].startswith("unique whole numbers, named like an id: dropped")
    assert_same_encoder(streamed, whole, table)


def test_the_limits_of_unsigned_numbers_are_exact():
    column = StreamedColumn("x", pa.uint64())
    for piece in ([2**63, None, 2**64 - 1], [5, 2**63 + 1]):
        column.add(pa.chunked_array([pa.array(piece, pa.uint64())]))
    assert (column.least, column.most) == (5, 2**64 - 1)
    assert not column.is_rising


def test_medians_of_many_rows_are_exact_though_a_sample_brackets_them(table, monkeypatch):
    monkeypatch.setattr(streams, "_SAMPLE", 500)
    columns = table.select(["income", "visits", "gaps", "far", "yes"])
    streamed = TableEncoder().fit_batches(in_pieces(columns, 3000))
    assert_same_encoder(streamed, TableEncoder().fit(columns), columns)


def test_a_bracket_that_misses_is_widened(monkeypatch):
    monkeypatch.setattr(streams, "_SAMPLE", 200)
    values = np.arange(20_000.0)
    # Rows of the sample are all small, which no sample of every s-th row should be.
    values[np.arange(20_000) % 64 == 0] = -1.0
    values[1::2] += 0.5
    columns = pa.table({"x": values})
    scans = []

    def pieces():
        scans.append(0)
        return in_pieces(columns, 900)()

    encoder = TableEncoder().fit_batches(pieces)
    assert encoder.imputer_.statistics_.tolist() == [np.median(values)]
    assert len(scans) > 4


@pytest.mark.parametrize(
    "values",
    [[3.0], [1.0, 2.0], [np.nan, 5.0, np.nan], [0.0] * 900 + [1.0] * 899, [0.0] * 900 + [1.0] * 900],
)
def test_a_bracket_holds_the_median_of_few_values_and_of_ties(values):
    values = np.asarray(values)
    bracket = MedianBracket.of_sample(values)
    bracket.add(values)
    assert bracket.median() == np.nanmedian(values)


def test_a_sample_without_a_number_gives_an_infinite_bracket_at_any_width():
    bracket = MedianBracket.of_sample(np.full(3, np.nan), np.inf)
    assert (bracket.low, bracket.high) == (-np.inf, np.inf)


def test_requested_kinds_hold_for_pieces():
    table = mixed_table(3000)
    types = {"visits": "categorical", "city": "drop", "price": "numeric", "id": "numeric"}
    whole = TableEncoder(target="y", types=types, most_words=0).fit(table)
    streamed = TableEncoder(target="y", types=types).fit_batches(in_pieces(table, 700))
    assert_same_encoder(streamed, whole, table)


def test_pieces_tell_how_further_data_are_read():
    table = pa.table({"a": [1.0, 2.0, 3.0]})
    read = with_facts(table, FileFacts(reading={"lead": "II"}))
    encoder = TableEncoder().fit_batches(lambda: [read])
    assert encoder.reading == {"lead": "II"}
    assert encoder.fit_batches(lambda: [table]).reading == {}


def test_text_with_odd_cells_counts_them():
    price = ["1.5", "2.5", "?", "x1", "3.0"] * 400 + ["4.0"] * 40_000
    table = pa.table({"price": price, "z": np.arange(len(price)) % 7})
    streamed = TableEncoder().fit_batches(in_pieces(table, 5000))
    assert streamed.columns[0].odd == TableEncoder().fit(table).columns[0].odd == 400
    assert streamed.imputer_.statistics_[0] == 4.0


def test_a_column_of_too_many_levels_is_dropped(monkeypatch):
    monkeypatch.setattr("xent.data.pieces.columns.MOST_COUNTED", 50)
    table = pa.table({"a": [f"a{k % 200}" for k in range(1000)], "b": np.arange(1000) % 7})
    encoder = TableEncoder().fit_batches(in_pieces(table, 300))
    assert [plan.kind for plan in encoder.columns] == ["identifier", "numeric"]


def test_pieces_that_cannot_be_learnt_from_are_refused():
    with pytest.raises(DataError, match="must have rows; got none"):
        TableEncoder().fit_batches(lambda: iter([]))
    values = np.zeros(2000)
    values[1200] = np.inf
    with pytest.raises(DataError, match="got inf in column 'x', first in row 1200"):
        TableEncoder().fit_batches(in_pieces(pa.table({"x": values}), 500))
    with pytest.raises(DataError, match="must have a column to learn from"):
        TableEncoder().fit_batches(in_pieces(pa.table({"x": [1.0] * 9}), 4))


def test_times_and_dates_are_planned_as_in_a_table():
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=k % 90) for k in range(2000)]
    table = pa.table({"d": days, "t": [dt.time(k % 24, 5) for k in range(2000)], "same": days[:1] * 2000})
    assert_same_encoder(TableEncoder().fit_batches(in_pieces(table, 300)), TableEncoder().fit(table), table)


def reviews(rows, *, distinct=None):
    """Table with a column of free text, of `distinct` texts or as many as rows, gaps and a number."""
    generator = np.random.default_rng(5)
    words = np.asarray([f"word{k}" for k in range(400)])
    texts = [" ".join(words[one]) for one in (400 * generator.random((distinct or rows, 6)) ** 2).astype(int)]
    chosen = [texts[k] if k % 50 else None for k in generator.integers(0, len(texts), rows)]
    return pa.table({"review": chosen, "z": generator.normal(size=rows), "y": ["no", "yes"] * (rows // 2)})


@pytest.mark.parametrize("distinct", [None, 700])
def test_words_of_free_text_in_pieces_are_those_of_the_whole_table(distinct):
    table = reviews(3000, distinct=distinct)
    whole = TableEncoder(target="y", most_words=250).fit(table)
    streamed = TableEncoder(target="y", most_words=250).fit_batches(in_pieces(table, 700))
    assert streamed.columns == whole.columns
    assert whole.columns[0].kind == "text"
    assert streamed.texts_ == whole.texts_
    assert (streamed.transform(table) != whole.transform(table)).nnz == 0
    plain = TableEncoder(target="y", most_words=0).fit_batches(in_pieces(table, 700))
    assert plain.columns[0].note == "free text: dropped as requested"


def test_free_text_of_too_many_texts_to_count_has_the_words_of_a_sample(monkeypatch):
    monkeypatch.setattr("xent.data.pieces.columns.MOST_COUNTED", 500)
    monkeypatch.setattr(streams, "_SAMPLE", 400)
    table = reviews(3000)
    encoder = TableEncoder(target="y").fit_batches(in_pieces(table, 700))
    assert (encoder.columns[0].kind, encoder.columns[0].missing) == (
        "text",
        table.column("review").null_count,
    )
    part = TableEncoder(target="y").fit(table.take(pa.array(np.arange(0, 3000, 4))))
    assert encoder.texts_ == part.texts_
    words = TableEncoder(target="y", most_words=0).fit_batches(in_pieces(table, 700))
    assert words.columns[0].kind == "excluded"
