"""The reader of annotations against that of wfdb, and files that wfdb would read for ever."""

import struct

import numpy as np
import pytest
from tests.data.records.made_records import made_record, quiet

from xent.data.records.annotation_file import read_annotations
from xent.data.records.beat_symbols import BEAT_SYMBOLS
from xent.errors import DataError

SYMBOLS = list("NLRaVFJASEj/QBenfr?") + list('~|sT*D"=p^t+u![]@x()')


def test_every_symbol_is_read_as_wfdb_reads_it(tmp_path):
    import wfdb

    rng = np.random.default_rng(0)
    symbols = rng.choice(SYMBOLS, 300).tolist()
    # Gaps above 1023 samples are written in another way.
    samples = np.cumsum(rng.choice([1, 90, 300, 1023, 1024, 70_000], 300))
    notes = [rng.choice(["", "", "(N", "a note of odd length"]) for _ in symbols]
    with quiet():
        wfdb.wrann(
            "100",
            "atr",
            samples,
            symbol=symbols,
            subtype=rng.integers(-1, 3, 300),
            chan=rng.integers(0, 2, 300),
            num=rng.integers(0, 3, 300),
            aux_note=notes,
            fs=250,
            write_dir=str(tmp_path),
        )
        theirs = wfdb.rdann(str(tmp_path / "100"), "atr")
    ours = read_annotations(tmp_path / "100.atr")
    beats = [place for place, symbol in enumerate(theirs.symbol) if symbol in BEAT_SYMBOLS]
    assert ours.symbols == [theirs.symbol[place] for place in beats]
    assert ours.ticks.tolist() == theirs.sample[beats].tolist()
    assert len(beats) > 100
    assert ours.rate == 250


def words(*codes_and_numbers):
    return b"".join(struct.pack("<H", code << 10 | number) for code, number in codes_and_numbers)


def test_a_file_without_a_rate_counts_samples(tmp_path):
    file = tmp_path / "100.atr"
    file.write_bytes(words((1, 100), (5, 200), (0, 0)))
    found = read_annotations(file)
    assert (found.ticks.tolist(), found.symbols, found.rate) == ([100, 300], ["N", "V"], None)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (words((1, 100)), "100.atr, which lacks its end mark"),
        (words((1, 100)) + b"\x00", "100.atr, which lacks its end mark"),
        (words((63, 1000), (0, 0)), "100.atr, which lacks its end mark"),
        (words((59, 0)) + b"\xff\xff", "100.atr, which lacks its end mark"),
        (words((55, 0), (0, 0)), "100.atr with the unknown code 55"),
        (
            words((1, 100), (59, 0)) + struct.pack("<hH", -1, 0xFFF0) + words((1, 0), (0, 0)),
            "goes back in time",
        ),
        (words((22, 0), (63, 22)) + b"## time resolution: 0\x00", "100.atr with 0 ticks a second"),
        (b"", "100.atr, which lacks its end mark"),
    ],
)
def test_a_damaged_file_is_one_line(tmp_path, content, complaint):
    file = tmp_path / "100.atr"
    file.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_annotations(file)
    assert complaint in str(caught.value)


def test_the_symbols_of_beats_are_those_that_a_code_has(tmp_path):
    made_record(tmp_path, "100", "".join(BEAT_SYMBOLS))
    assert read_annotations(tmp_path / "100.atr").symbols == list(BEAT_SYMBOLS)
