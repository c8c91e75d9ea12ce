"""Free text: columns whose cells are several words each, and their words as tf-idf features."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from xent.data.expected_cells import level_cells
from xent.data.row_batches import RowBatch
from xent.errors import DataError

__all__ = ["TextSource", "is_free_text", "source_of_texts", "text_names", "text_source", "word_features"]

# Mean number of words per cell from which text counts as free. Names of places and products are shorter.
_LEAST_WORDS = 3.0
_SAMPLE = 5_000
# A column of which no more words recur says nothing of new rows.
_FEWEST_RECURRING = 10
_FEWEST_ROWS = 2


class TextSource(TypedDict):
    """
    A column of free text, its words in alphabetical order, and the inverse document frequency of each
    word.
    """

    column: str
    words: list[str]
    idf: list[float]


def is_free_text(levels: pa.Array) -> bool:
    """
    True if the texts have three words or more on average, and ten words occur in at least two texts each.

    For the average, words are parts between spaces; the ten words have two letters or digits or more each,
    and case does not count. `levels` are distinct texts; of more than 5,000 an even sample decides. False for
    none.
    """
    if len(levels) > _SAMPLE:
        levels = levels.take(pa.array(np.linspace(0, len(levels) - 1, _SAMPLE).astype(np.int64)))
    spaces = pc.count_substring_regex(levels, r"\S+")
    if len(levels) == 0 or pc.mean(spaces).as_py() < _LEAST_WORDS:
        return False
    counts = _counter(min_df=_FEWEST_ROWS)
    try:
        return len(counts.fit(levels.to_pylist()).vocabulary_) >= _FEWEST_RECURRING
    except ValueError:  # no word in two cells
        return False


def text_source(batch: RowBatch, name: str, *, most: int) -> TextSource:
    """
    Words of the text column `name`, in alphabetical order, and their inverse document frequencies in `batch`.

    The words, of two letters or digits or more and in small letters, are the `most` frequent in the different
    cells, each counted once, of those that occur in at least two of them; `DataError` without such a word.
    With n rows, of which m have the word, its frequency is ``1 + log((1 + n) / (1 + m))``; a row whose cell
    is missing counts in n.
    """
    texts, places = _texts(batch, name)
    return source_of_texts(name, texts, np.bincount(places, minlength=len(texts)), most=most)


def source_of_texts(name: str, texts: Sequence[str], counts: NDArray[Any], *, most: int) -> TextSource:
    """
    Words of the column `name`, in alphabetical order, and their inverse document frequencies.

    `texts` are its distinct cells, "" for a missing one, and `counts`, (texts,), the number of rows with
    each. Words have two letters or digits or more, and are in small letters. They are the `most` with most
    occurrences in `texts`, whatever `counts`, among those that occur in at least two of them; `DataError` if
    there are none. Here `counts` decide: with n rows, missing cells among them, of which m have the word, the
    inverse frequency is ``1 + log((1 + n) / (1 + m))``.
    """
    counter = _counter(min_df=_FEWEST_ROWS, max_features=most)
    try:
        found = counter.fit_transform(texts)
    except ValueError as error:
        got = f"'text' for column {name!r}, of which no word occurs in two different cells"
        raise DataError("plan_columns", "types", "be kinds that the columns can have", got=got) from error
    frequency = np.bincount(found.indices, np.repeat(counts, np.diff(found.indptr)), found.shape[1])
    # Smoothed as if one more row held every word.
    idf = np.log((1 + counts.sum()) / (1 + frequency)) + 1
    return TextSource(column=name, words=list(map(str, counter.get_feature_names_out())), idf=idf.tolist())


def text_names(source: TextSource) -> list[str]:
    """Names of the features of `source`, such as "column: word", in the order of its words."""
    return [f"{source['column']}: {word}" for word in source["words"]]


def word_features(batch: RowBatch, sources: Sequence[TextSource]) -> Any:
    """
    Tf-idf of the words of each of `sources`, at least one, in turn: a float64 CSR array, (rows, words).

    An entry is the count of the word in the cell times its inverse document frequency. The part of a row that
    belongs to one source is then divided by its Euclidean length; it is 0 if the cell is missing or has none
    of the words. Raises `DataError` for a column of lists, records or bytes.
    """
    from sklearn.preprocessing import normalize

    blocks = []
    for source in sources:
        texts, rows = _texts(batch, source["column"])
        counts = _counter(vocabulary=source["words"]).transform(texts).astype(np.float64)
        weighted = sparse.csr_array(counts.multiply(np.asarray(source["idf"])[None]))
        blocks.append(normalize(weighted, copy=False)[rows])
    return sparse.hstack(blocks, format="csr")


def _texts(batch: RowBatch, name: str) -> tuple[list[str], NDArray[np.int32]]:
    """
    Distinct texts of the column `name`, the last of them "" for a missing cell, and the text of each row.

    The text of a row is given by its place among them, (rows,). Raises `DataError` for a column of lists,
    records or bytes.
    """
    codes, levels = level_cells(batch, name)
    return [*levels.to_pylist(), ""], np.where(codes < 0, len(levels), codes).astype(np.int32)


def _counter(*, vocabulary: Iterable[str] | None = None, **options: Any) -> Any:
    # Loaded here because most tables have no text.
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(vocabulary=vocabulary, **options)
