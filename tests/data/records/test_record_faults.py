"""Folders of records that cannot be read: one line each, which names the file; nothing outside is opened."""

import re
import shutil

import pytest
from tests.data.records.made_records import made_record

import xent.data.records.record_folder as reader
from xent.data import read_records
from xent.errors import BackendError, DataError, DomainError


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "mitdb"
    made_record(folder, "100", "NNNVN")
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "mitdb")


def told(folder, **options):
    with pytest.raises(DataError) as caught:
        read_records(folder, **options)
    line = str(caught.value)
    assert "\n" not in line
    return line


def rewrite(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_missing_signal_file_is_named(folder):
    (folder / "100.dat").unlink()
    assert "must hold every file that its headers name; got 100.hea, whose 100.dat is missing" in told(folder)


def test_missing_annotations_are_named(folder):
    (folder / "100.atr").unlink()
    assert "must hold annotations of every record; got 100.hea without 100.atr." in told(folder)


def test_a_truncated_signal_is_told_by_its_size(folder):
    content = (folder / "100.dat").read_bytes()
    (folder / "100.dat").write_bytes(content[:-100])
    sizes = f"got 100.dat of {len(content) - 100:,} bytes, where 100.hea states {len(content):,}."
    assert sizes in told(folder)


@pytest.mark.parametrize("cut", [7, 2, 1])
def test_truncated_annotations_are_told(folder, cut):
    content = (folder / "100.atr").read_bytes()
    (folder / "100.atr").write_bytes(content[:-cut])
    assert "must hold whole annotation files; got 100.atr, which lacks its end mark." in told(folder)


def test_annotations_without_a_beat_are_told(folder):
    (folder / "100.atr").write_bytes(bytes(2))
    assert "must hold annotated beats in every record; got 100.atr, which has none." in told(folder)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.dat",
        "/etc/passwd",
        "sub/100.dat",
        "..",
        "s3://bucket/100.dat",
        "https://host/100.dat",
        "a b",
        "..\\x",
    ],
)
def test_a_header_that_names_a_path_is_refused_before_anything_is_opened(folder, name, monkeypatch):
    import wfdb

    (folder.parent / "outside.dat").write_bytes((folder / "100.dat").read_bytes())
    rewrite(folder / "100.hea", "100.dat", name.replace(" ", "%20"))
    monkeypatch.setattr(wfdb, "rdrecord", lambda *_, **__: pytest.fail("the signal was opened"))
    line = told(folder)
    assert "100.hea" in line
    assert "must hold headers that name plain files" in line or "readable WFDB header" in line


def test_a_network_is_never_asked(folder, monkeypatch):
    import socket

    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a connection was opened"))
    assert read_records(folder).num_rows == 3
    (folder / "100.dat").unlink()
    told(folder)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("100 2 360", "100/3 2 360", "100.hea"),
        ("100 2 360", "100 0 360", "100.hea"),
        ("100 2 360", "100 2 0", "100.hea"),
        ("212", "999", "100.hea"),
        ("/mV", "/degC", "must hold signals in volts"),
    ],
)
def test_a_header_that_cannot_be_is_one_line(folder, old, new, words):
    rewrite(folder / "100.hea", old, new)
    assert words in told(folder)


def test_a_length_that_no_recording_has_is_refused_before_memory_is_taken(folder):
    header = folder / "100.hea"
    header.write_text(re.sub(r"^(100 2 360) \d+", r"\1 99999999999", header.read_text()))
    assert "must hold records of 1 to 268,435,456 samples; got 100.hea with 99999999999" in told(folder)


def test_a_damaged_header_is_one_line(folder):
    (folder / "100.hea").write_bytes(b"\xff\x00 nothing\n\n")
    assert "100.hea" in told(folder)


def test_an_unknown_lead_is_one_line_with_those_there_are(folder):
    assert told(folder, lead="V9").endswith("got 'V9'. The leads are 'MLII' and 'V5'.")


def test_unknown_classes_are_one_line(folder):
    with pytest.raises(DomainError, match='`beats` must be "symbols" or "aami"; got \'five\''):
        read_records(folder, beats="five")


def test_a_folder_without_records_is_one_line(tmp_path):
    assert "must hold WFDB records; got" in told(tmp_path)


def test_a_record_of_beats_without_neighbours_is_one_line(tmp_path):
    made_record(tmp_path, "100", "NN")
    assert "must hold whole beats; got 2 annotated beats" in told(tmp_path)


def test_without_the_library_the_line_says_what_to_install(folder, monkeypatch):
    monkeypatch.setattr(reader, "find_spec", lambda _: None)
    with pytest.raises(
        BackendError, match=r'WFDB records need wfdb; got mitdb\. Run `pip install "xent\[ecg\]"`\.'
    ):
        read_records(folder)
