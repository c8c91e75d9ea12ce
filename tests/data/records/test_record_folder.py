"""Folders of records as tables: what a row holds, whose it is, and what is said of the rest."""

import numpy as np
import pyarrow as pa
import pytest
from tests.data.records.made_records import made_folder, made_record, quiet, write_beats, write_signals

from xent.data import read_records, to_table
from xent.data.file_facts import facts_of
from xent.data.signals.beat_samples import sample_names, sample_times
from xent.errors import DataError


def samples(table):
    return np.column_stack([table.column(name).to_numpy() for name in sample_names()])


def test_a_row_holds_the_samples_around_r_and_the_intervals_to_its_neighbours(tmp_path):
    times = made_record(tmp_path, "100", "NNNVN", noise=0.0)
    table = read_records(tmp_path)
    assert table.column_names == [
        *sample_names(),
        *("rr_before", "rr_after"),
        *("beat", "patient", "record", "second"),
    ]
    # The first and the last beat have one neighbour.
    assert table.column("beat").to_pylist() == ["N", "N", "V"]
    assert table.column("second").to_pylist() == pytest.approx(times[1:4])
    assert table.column("rr_before").to_pylist() == pytest.approx(np.diff(times)[:3])
    assert table.column("rr_after").to_pylist() == pytest.approx(np.diff(times)[1:])
    normal, _, ventricular = samples(table)
    t = sample_times()
    wave = np.exp(-0.5 * (t / 0.012) ** 2) + 0.2 * np.exp(-0.5 * ((t - 0.3) / 0.05) ** 2)
    wave -= np.median(wave)
    # The filter rounds the peak; noise of 12 bits and the neighbour's wave remain.
    assert np.abs(normal - wave).max() < 0.05
    assert sample_times()[ventricular.argmin()] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("rate", [100, 128, 250, 360, 1000])
def test_a_beat_is_the_same_at_any_rate(tmp_path, rate):
    made_record(tmp_path, "r", "NNNN", rate=rate, noise=0.0)
    found = samples(read_records(tmp_path))[0]
    assert sample_times()[found.argmax()] == pytest.approx(0, abs=0.01)
    assert found.max() == pytest.approx(1, abs=0.2 if rate < 128 else 0.09)


def test_noise_above_the_new_rate_does_not_fold_back(tmp_path):
    t = np.arange(7200) / 720
    signal = np.sin(2 * np.pi * 120 * t)  # at 128 samples a second it would look like 8 Hz
    write_signals(tmp_path, "x", signal[:, None], rate=720)
    write_beats(tmp_path, "x", np.arange(1, 9) * 720, "N" * 8, rate=720)
    assert np.abs(samples(read_records(tmp_path))).max() < 0.01


@pytest.mark.parametrize(("units", "fmt"), [("mV", "16"), ("uV", "16"), ("V", "16")])
def test_every_unit_of_voltage_becomes_millivolts(tmp_path, units, fmt):
    made_record(tmp_path, "100", "NNNN", units=units, fmt=fmt)
    assert samples(read_records(tmp_path)).max() == pytest.approx(1, abs=0.15)


def test_the_lead_of_most_records_is_read_and_the_others_are_named(tmp_path):
    made_record(tmp_path, "100", "NNNN", seed=1)
    made_record(tmp_path, "101", "NNNN", seed=2)
    made_record(tmp_path, "102", "NNNN", seed=3, leads=("V5", "V2"))
    table = read_records(tmp_path, lead="V5")
    assert facts_of(table).reading == {"lead": "V5", "beats": "symbols"}
    assert set(table.column("record").to_pylist()) == {"100", "101", "102"}
    made_record(tmp_path, "103", "NNNN", seed=4, leads=("MLII",))
    table = read_records(tmp_path, lead="MLII")
    assert set(table.column("record").to_pylist()) == {"100", "101", "103"}
    assert (
        "Lead MLII is read of 3 of 4 records; 102 has no such lead and is left out." in facts_of(table).notes
    )


def test_among_equals_lead_two_is_read(tmp_path):
    made_record(tmp_path, "100", "NNNN", leads=("V5", "MLII"))
    facts = facts_of(read_records(tmp_path))
    assert facts.reading["lead"] == "MLII"
    assert "Lead MLII is read; `--lead` reads another one." in facts.notes


def test_annotations_that_mark_no_beat_are_ignored(tmp_path):
    times = made_record(tmp_path, "100", "NNVNN")
    peaks = np.round(times * 360).astype(int)
    places = np.sort(np.concatenate([peaks, peaks[1:3] - 40]))
    write_beats(tmp_path, "100", places, "N+N~VNN")
    assert read_records(tmp_path).column("beat").to_pylist() == ["N", "V", "N"]


def test_the_classes_of_ec57_take_the_place_of_the_symbols_on_request(tmp_path):
    made_record(tmp_path, "100", "N" + "NLRejAaJSVEF/fQBrn?" + "N")
    found = read_records(tmp_path, beats="aami").column("beat").to_pylist()
    assert "".join(found) == "NNNNN" + "SSSS" + "VV" + "F" + "QQQ" + "N" + "V" + "N" + "Q"


def test_incomplete_beats_are_counted(tmp_path):
    made_folder(tmp_path, records=2, beats=10)
    table = read_records(tmp_path)
    (note,) = [note for note in facts_of(table).notes if "ignored" in note]
    assert table.num_rows == 16
    assert note.startswith("4 of 20 annotated beats are ignored: the first and last of each record")


def test_a_beat_over_a_gap_of_the_signal_is_ignored(tmp_path):
    import wfdb

    times = made_record(tmp_path, "100", "NNNNN", fmt="16", noise=0.0)
    with quiet():
        signal = wfdb.rdrecord(str(tmp_path / "100")).p_signal
    gap = int(times[2] * 360) + 100
    signal[gap : gap + 10] = np.nan
    write_signals(tmp_path, "100", signal, leads=("MLII", "V5"))
    found = read_records(tmp_path)
    assert found.column("second").to_pylist() == pytest.approx([times[1], times[3]])
    assert np.isfinite(samples(found)).all()


def test_records_201_and_202_of_mit_bih_are_of_one_patient():
    from pathlib import Path

    from xent.data.records.patients import patients
    from xent.data.records.record_header import RecordHeader

    def header(name, samples=650_000, comments=()):
        return RecordHeader(Path(), name, 360.0, samples, {}, tuple(comments))

    found, notes = patients([header("200"), header("201"), header("202")])
    assert found == {"200": "200", "201": "201", "202": "201"}
    assert notes == ("Of one patient are the records 201 and 202.",)
    # Records of another database may have the same names.
    assert patients([header("201", 1000), header("202", 1000)])[0] == {"201": "201", "202": "202"}


@pytest.mark.parametrize(
    ("comment", "patient"),
    [
        ("patient 1", "patient 1"),
        ("Subject ID: A07", "patient A07"),
        ("<patient>: 12", "patient 12"),
        ("The patient 3 was lost", "100"),
        ("patient was 40", "100"),
    ],
)
def test_a_comment_of_the_header_names_the_patient(tmp_path, comment, patient):
    made_record(tmp_path, "100", "NNNN", comments=[comment])
    assert set(read_records(tmp_path).column("patient").to_pylist()) == {patient}


def test_the_table_says_what_is_predicted_and_what_is_no_feature(tmp_path):
    made_folder(tmp_path, records=2, beats=8)
    facts = facts_of(read_records(tmp_path))
    assert (facts.target, facts.group, facts.places) == ("beat", "patient", ("patient", "record", "second"))


def test_columns_are_those_of_the_synthetic_heartbeats(tmp_path):
    from xent.data import heartbeat_table

    made_folder(tmp_path, records=2, beats=8)
    table = read_records(tmp_path).drop_columns(["patient", "record", "second"])
    made = heartbeat_table(30)
    assert table.column_names == made.column_names
    assert isinstance(table, pa.Table)
    assert table.schema.field("rr_before").type == made.schema.field("rr_before").type


def test_a_pandas_frame_of_the_table_keeps_target_groups_and_places(tmp_path):
    made_folder(tmp_path, records=2, beats=8)
    table = read_records(tmp_path)
    frame = table.to_pandas()
    facts = facts_of(to_table(frame.iloc[1:]))
    assert (facts.target, facts.group, facts.places) == ("beat", "patient", ("patient", "record", "second"))
    assert facts.reading == facts_of(table).reading
    assert facts.notes == facts_of(table).notes
    # Lines of a file are not those of a frame, whose rows may be others.
    assert facts.first_line is None
    fewer = facts_of(to_table(frame.drop(columns=["patient", "beat"])))
    assert (fewer.target, fewer.group, fewer.places) == (None, None, ("record", "second"))
    frame.attrs = {"xent": "a note of one's own"}
    assert facts_of(to_table(frame)).group is None


def test_a_path_that_is_no_folder_holds_no_records(tmp_path):
    file = tmp_path / "100.txt"
    file.touch()
    for path in (file, tmp_path / "none"):
        with pytest.raises(DataError, match="must hold WFDB records"):
            read_records(path)
