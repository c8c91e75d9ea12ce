import pytest

from xent.data import read_table
from xent.data.file_facts import facts_of
from xent.data.files.character_encoding import guessed_encoding
from xent.errors import DataError, DomainError

TEXT = "ville,n\nOrléans,1\nNîmes,2\nZürich,3\nMünchen,4\n“Göteborg”,5\nMálaga,6\nSão Paulo,7\n"
CITIES = ["Orléans", "Nîmes", "Zürich", "München", "“Göteborg”", "Málaga", "São Paulo"]
DECODED = {
    "utf-8": "",
    "utf-8-sig": "",
    "cp1252": "guess",
    "mac_roman": "guess",
    "utf-16": "first bytes",
    "utf-16-le": "guess",
    "utf-16-be": "guess",
    "utf-32": "first bytes",
}


def written(tmp_path, content, name="t.csv"):
    file = tmp_path / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("encoding", DECODED)
def test_each_encoding_is_told_by_its_bytes_and_a_guess_is_called_one(tmp_path, encoding):
    table = read_table(written(tmp_path, TEXT.encode(encoding)))
    assert table["ville"].to_pylist() == CITIES
    assert table["n"].to_pylist() == [1, 2, 3, 4, 5, 6, 7]
    notes = " ".join(facts_of(table).notes)
    assert DECODED[encoding] in notes
    assert bool(notes) == bool(DECODED[encoding])


def test_the_note_on_a_guess_names_the_first_byte_and_the_option(tmp_path):
    table = read_table(written(tmp_path, b"a,b\n1,x\n2,caf\xe9\n"))
    (note,) = facts_of(table).notes
    assert note == (
        "The file is not UTF-8 (byte 0xe9 on line 3); read as Windows-1252, a guess by its letters; "
        "`--encoding` names another."
    )


@pytest.mark.parametrize(("encoding", "found"), [("cp1252", "windows-1252"), ("mac_roman", "mac-roman")])
@pytest.mark.parametrize("word", ["Müller", "garçon", "señor", "École", "naïve\u2019s"])
def test_a_single_word_tells_windows_from_mac(word, encoding, found):
    assert guessed_encoding([word.encode(encoding)]) == found


def test_an_encoding_that_is_named_is_used(tmp_path):
    file = written(tmp_path, "жук,n\nпын,1\nлиф,2\n".encode("cp1251"))
    table = read_table(file, encoding="cp1251")
    assert table["жук"].to_pylist() == ["пын", "лиф"]
    assert facts_of(table).notes == ()


def test_text_that_is_not_in_the_named_encoding_names_the_line(tmp_path):
    with pytest.raises(DataError, match=r"`data` must be a CSV file in ascii; got bytes on line 2 of t.csv"):
        read_table(written(tmp_path, "a\né\n".encode()), encoding="ascii")


def test_a_codec_that_names_no_place_refuses_the_file(tmp_path):
    # Python 3.13 names the place.
    said = (
        r"be a (readable CSV file; got t\.csv, of which the reader says|CSV file in punycode; got bytes on)"
    )
    with pytest.raises(DataError, match=said):
        read_table(written(tmp_path, b"a,b\n1,x\n3,y\n"), encoding="punycode")


def test_an_unknown_encoding_is_refused(tmp_path):
    with pytest.raises(DomainError, match="`encoding` must be an encoding of text that Python knows"):
        read_table(written(tmp_path, b"a\n1\n"), encoding="base64")


def test_json_may_be_utf16(tmp_path):
    file = written(tmp_path, '{"a": "é"}\n{"a": "ü"}\n'.encode("utf-16"), "t.jsonl")
    assert read_table(file).to_pylist() == [{"a": "é"}, {"a": "ü"}]
