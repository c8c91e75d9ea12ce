import pytest

from xent.near_names import listed, near_names

NAMES = ["petal length", "petal width", "Species"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("species", "Did you mean 'Species'?"),
        (" SPECIES", "Did you mean 'Species'?"),
        ("petal widht", "Did you mean 'petal width' or 'petal length'?"),
        ("petal", "Did you mean 'petal width'?"),
        ("zzz", "The columns are 'petal length', 'petal width' and 'Species'."),
    ],
)
def test_near_names_come_first_and_all_names_otherwise(typed, sentence):
    assert near_names(typed, NAMES) == sentence


def test_of_names_that_differ_in_case_only_the_first_is_offered():
    assert near_names("agee", ["Age", "age"]) == "Did you mean 'Age'?"


def test_one_name_is_the_only_one_and_none_is_silence():
    assert near_names("zzz", ["a"]) == "The only one is 'a'."
    assert near_names("zzz", []) == ""


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], ""),
        ("a", "'a'"),
        ("ab", "'a' and 'b'"),
        ("abcdefgh", "'a', 'b', 'c', 'd', 'e', 'f', 'g' and 'h'"),
        ("abcdefghij", "'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' and 2 more"),
    ],
)
def test_a_list_reads_as_a_sentence_has_it(names, sentence):
    assert listed(names) == sentence


def test_a_name_that_is_no_text_has_no_near_one():
    assert near_names(["a"], ["x", "y"]) == "The columns are 'x' and 'y'."
