import pytest

from xent.data import MISSING, read_table
from xent.data.missing_targets import words_for_missing


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "regions.csv"
    path.write_text("x,y\n" + "1,NA\n2,EU\n3,none\n4,NA\n5,\n6,AS\n" * 5)
    return path


def test_words_that_count_as_missing_are_counted_the_most_frequent_first(file):
    words = words_for_missing(file, read_table(file), "y", MISSING)
    assert list(words.items()) == [("NA", 10), ("none", 5)]


@pytest.mark.parametrize(
    ("column", "missing"),
    [("x", MISSING), ("z", MISSING), ("y", ())],
    ids=["complete", "not in the table", "no words"],
)
def test_there_are_none_in_a_column_that(file, column, missing):
    assert not words_for_missing(file, read_table(file), column, missing)


def test_a_table_in_memory_has_no_words_for_missing(file):
    table = read_table(file)
    assert not words_for_missing(table, table, "y", MISSING)
