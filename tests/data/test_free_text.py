import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from xent.data import TableEncoder, plan_columns
from xent.data.free_text import is_free_text
from xent.errors import DataError

RNG = np.random.default_rng(0)
WORDS = [
    "good",
    "bad",
    "cheap",
    "dear",
    "fast",
    "slow",
    "red",
    "blue",
    "late",
    "soon",
    "very",
    "rather",
    "Not",
]
TEXTS = [f"{' '.join(RNG.choice(WORDS, 6))} no {row}" for row in range(120)]
TABLE = pa.table({"review": TEXTS, "x": RNG.normal(size=120)})


def kind(values, **options):
    table = pa.table({"a": values, "x": range(len(values))})
    plan = plan_columns(table, keep=["x"], **options)[0]
    return plan.kind, plan.note


def test_cells_of_several_words_that_recur_are_free_text():
    assert kind(TEXTS) == ("text", "free text, 8 words a cell")
    assert is_free_text(pa.array(TEXTS))


@pytest.mark.parametrize(
    "values",
    [
        [f"u{row}" for row in range(60)],
        [f"{row:032x}" for row in range(60)],
        [f"street {row}" for row in range(60)],
        [f"{row} {row + 1000} {row + 2000} {row + 3000}" for row in range(60)],
    ],
)
def test_identifiers_are_no_free_text(values):
    assert kind(values)[0] == "identifier"


def test_frequent_sentences_are_levels():
    assert kind(["this is it then", "that is it now"] * 30) == ("categorical", "2 levels")


def test_free_text_can_be_dropped_and_any_text_can_be_made_free():
    assert kind(TEXTS, most_words=0) == ("excluded", "free text: dropped as requested")
    assert kind(["this is it then", "that is it now"] * 30, types={"a": "text"})[0] == "text"


def test_words_are_features_with_the_weights_of_scikit_learn():
    encoder = TableEncoder().fit(TABLE)
    X = encoder.transform(TABLE)
    assert sparse.issparse(X)
    rival = TfidfVectorizer(min_df=2)
    expected = rival.fit_transform(TEXTS)
    names = [f"review: {word}" for word in rival.get_feature_names_out()]
    assert list(encoder.get_feature_names_out()) == ["x", *names]
    np.testing.assert_allclose(X.toarray()[:, 1:], expected.toarray(), rtol=1e-12)
    assert encoder.columns[0].note == "free text, 8 words a cell: 14 words as tf-idf features"


def test_gaps_and_unknown_words_have_no_features():
    encoder = TableEncoder().fit(TABLE)
    X = encoder.transform(pa.table({"review": ["unheard of", None, "good"], "x": [0.0, 0.0, 0.0]}))
    np.testing.assert_array_equal(np.diff(X[:, 1:].indptr), [0, 0, 1])


def test_pieces_of_a_table_are_encoded_like_the_whole():
    encoder = TableEncoder().fit(TABLE)
    whole = encoder.transform(TABLE).toarray()
    np.testing.assert_array_equal(encoder.transform(TABLE.slice(50, 20), first=50).toarray(), whole[50:70])
    np.testing.assert_array_equal(encoder.transform(TABLE, rows=[7, 3]).toarray(), whole[[7, 3]])


def test_the_most_frequent_words_are_kept():
    encoder = TableEncoder(most_words=5).fit(TABLE)
    assert len(encoder.get_feature_names_out()) == 6


def test_a_table_without_rows_has_no_features():
    encoder = TableEncoder().fit(TABLE)
    assert encoder.transform(TABLE.slice(0, 0)).shape == (0, len(encoder.get_feature_names_out()))


def test_text_in_which_no_word_recurs_cannot_be_requested():
    table = pa.table({"note": [f"word{row}" for row in range(40)], "x": [1.0, 2.0] * 20})
    message = "got 'text' for column 'note', of which no word occurs in two different cells"
    with pytest.raises(DataError, match=message):
        TableEncoder(types={"note": "text"}).fit(table)
