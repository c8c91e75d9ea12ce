"""Encoding of a table as the matrix of features of a linear model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from xent.data.category_levels import MOST_LEVELS
from xent.data.column_plan import ColumnPlan, planned_columns
from xent.data.column_wishes import MOST_WORDS, ColumnWishes
from xent.data.dense_features import check_variances, dense_names, write_dense
from xent.data.encoding_notes import encoded_columns
from xent.data.file_facts import facts_of
from xent.data.free_text import text_names, text_source, word_features
from xent.data.level_indicators import categories
from xent.data.numeric_features import numeric_block, numeric_sources
from xent.data.numeric_scaling import RunningMoments, median_imputer, medians, standard_scaler
from xent.data.pieces.encoder import streamed_fit
from xent.data.read_columns import read_columns
from xent.data.row_batches import RowBatch, checked_rows, column_batch, columns_batch, row_batches
from xent.data.table_conversion import replace_columns, to_table
from xent.errors import DataError
from xent.given_names import names_of
from xent.near_names import listed, near_names

__all__ = ["TRUSTED_TYPES", "TableEncoder"]

TRUSTED_TYPES = ("numpy.dtype", "xent.data.table_encoder.TableEncoder")
"""Types that skops must be told to trust to load an encoder; skops trusts its other types by default."""


# Cells of the columns whose medians are taken together.
_CELLS = 1 << 18


class TableEncoder(TransformerMixin, BaseEstimator):
    r"""
    Encoder of columns of any kind as one float64 matrix, fitted on training rows only.

    Numbers, truth values and dates (as `calendar_feature` splits them) have their gaps filled with medians
    and are standardised; a feature with gaps gets an indicator of them. A category gets an indicator per
    level, rare levels share one, and missing cells have their own; ordered levels have a standardised rank
    besides. Free text gets a feature per word. Other columns are dropped, except for an indicator of their
    gaps.

    Parameters
    ----------
    target : str, optional
        Column that is never a feature; it may be absent when rows are transformed.
    most_levels : int, default 100
        Most indicators per category, that of missing cells aside; at least 1.
    keep : str or collection of str
        Columns that are used although they look like identifiers, as in `plan_columns`.
    types : mapping of str to str, optional
        Kinds that columns must have, as in `plan_columns`.
    most_words : int, default 10,000
        Most features per column of free text; 0 drops free text.

    Attributes
    ----------
    columns : tuple of ColumnPlan
        Plan of each column, judged by the training rows.

    Notes
    -----
    **Definition.** A number :math:`x` of a column with mean :math:`m` and standard deviation :math:`s` over
    the training rows, gaps filled, becomes :math:`(x - m) / s`, and :math:`0` where :math:`s = 0`.
    Indicators are 0 or 1 and not standardised: the penalty weighs on the difference of a level from the
    others, whatever its frequency. Standardised indicators would let the penalty fall hardest on frequent
    levels (`docs/tables.md` compares the losses). A word's feature is its count in the
    cell times :math:`1 + \log \frac{1 + n}{1 + n_w}`, with :math:`n_w` of the :math:`n` training rows holding
    the word, divided by the Euclidean length of all words of the cell.

    **Edge cases.** A gap in a column that had none in training is filled with the median. A level unseen in
    training counts as rare; if no level was rare, all indicators of the category are 0. Text is read by the
    rules that were settled in training; cells that do not read are gaps, with a warning that names the cells.
    A column that is absent, is of another kind than in training, or has no text that reads, is an error;
    further columns are ignored.

    **Numerics.** Medians are exact. Means and variances are updated batch by batch in float64, so that only
    the result is as large as the table; `fit_batches` gives the same bits.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"age": [20.0, 40.0, None], "city": ["Oslo", "Rome", "Oslo"]})
    >>> encoder = TableEncoder().fit(table)
    >>> list(encoder.get_feature_names_out())
    ['age', 'age missing', 'city=Oslo', 'city=(other)']
    >>> encoder.transform(pa.table({"city": ["Lima"], "age": [30.0]}))
    array([[0., 0., 0., 1.]])
    """

    def __init__(
        self,
        *,
        target: str | None = None,
        most_levels: int = MOST_LEVELS,
        keep: str | Collection[str] = (),
        types: Mapping[str, str] | None = None,
        most_words: int = MOST_WORDS,
    ) -> None:
        self.target = target
        self.most_levels = most_levels
        self.keep = keep
        self.types = types
        self.most_words = most_words

    def fit(self, table: Any, y: Any = None, *, rows: Any = None) -> Self:  # noqa: ARG002 - scikit-learn passes y
        """
        Fit the encoder to the rows at the places `rows` of `table`; None means all rows.

        Parameters
        ----------
        table : pyarrow.Table or data frame
            The table.
        y : object, optional
            Ignored.
        rows : array of int, optional
            Places of the training rows, in any order.

        Returns
        -------
        TableEncoder
            The encoder itself.

        Raises
        ------
        DataError
            If there are no rows, a name occurs twice, the target or a column in `keep` or `types` is absent,
            `types` names the target, a column cannot have the kind requested, no column is left to learn
            from, a number is infinite, the squares of a column's numbers overflow, or the data are no table.
        DTypeError
            If `most_levels` or `most_words` is not an integer.
        DomainError
            If `rows` is not a list of row places, a place is out of range, a kind in `types` is unknown, or
            `most_levels` is below 1 or `most_words` below 0.
        """
        table = to_table(table)
        places = checked_rows(rows, table.num_rows, caller="TableEncoder")
        # The result does not depend on the order of the rows, and sorted rows are read faster.
        places = None if places is None else np.sort(places)
        planned = planned_columns(table, self.target, places, self._wishes())
        plans = tuple(each.plan for each in planned)
        facts = facts_of(table)
        self.missing_words_, self.reading_ = list(facts.missing), dict(facts.reading)
        table = replace_columns(table, {each.plan.name: each.cells for each in planned})
        self.n_features_in_ = sum(plan.used for plan in plans)
        self.numeric_ = numeric_sources(plans, table, places)
        self.categories_ = categories(plans, table, places, most=self.most_levels)
        self.gaps_ = [plan.name for plan in plans if plan.gaps]
        self.texts_ = [
            text_source(column_batch(table, plan.name, places), plan.name, most=self.most_words)
            for plan in plans
            if plan.kind == "text"
        ]
        self.imputer_: Any = None
        self.scaler_: Any = None
        if self.numeric_:
            self._scale(*self._statistics(table, places))
        self.columns_ = encoded_columns(plans, self)
        return self

    def fit_batches(
        self, tables: Callable[[], Iterable[Any]], *, row_name: Callable[[int], str] = str
    ) -> Self:
        """
        Fit to rows that come in pieces, to the same bits as `fit` to all of them in one table, where no
        sample decides.

        Parameters
        ----------
        tables : callable
            Returns an iterable of tables or data frames, each time the same ones from the first on; it is
            called a few times, and none of them is kept. The first one gives the words for missing, the
            decimal mark and the options of `reading`.
        row_name : callable, default str
            Name, for messages, of a row of the last piece by its number among the rows of all pieces.

        Returns
        -------
        TableEncoder
            The encoder itself.

        Raises
        ------
        DataError
            If there are no rows, a piece is no table, a name occurs twice, the target or a column in `keep`
            or `types` is absent, `types` names the target, a column cannot have the kind requested, no column
            is left to learn from, a number is infinite, or the squares of a column's numbers overflow.
        DTypeError
            If `most_levels` or `most_words` is not an integer.
        DomainError
            If a kind in `types` is unknown, or `most_levels` is below 1 or `most_words` below 0.

        Notes
        -----
        **Edge cases.** Of more than 65,536 rows a sample of 32,768 to 65,536 takes three decisions for which
        `fit` reads all. Text that reads as numbers, dates or truth values is found in it. A column of more
        than 100,000 different texts is free text if the sample is, with the sample's words and weights, and
        dropped otherwise. Whole numbers that do not rise are unique if none in the sample occurs twice.
        """
        found = streamed_fit(tables, self.target, self._wishes(), row_name=row_name)
        self.missing_words_, self.reading_ = list(found.missing), dict(found.reading)
        self.n_features_in_ = sum(plan.used for plan in found.plans)
        self.numeric_, self.categories_ = found.numeric, found.categories
        self.gaps_ = [plan.name for plan in found.plans if plan.gaps]
        self.texts_ = found.texts
        self.imputer_, self.scaler_ = None, None
        if self.numeric_:
            self._scale(found.moments, found.medians, found.gaps)
        self.columns_ = found.noted(self)
        return self

    def transform(self, table: Any, *, rows: Any = None, first: Any = None) -> Any:
        """
        Features of the rows at the places `rows` of `table`; None means all rows.

        Parameters
        ----------
        table : pyarrow.Table or data frame
            A table with the columns that were used in training.
        rows : array of int, optional
            Places of the rows, in the order of the result.
        first : int or array of int, optional
            Number of the first row, for messages, if `table` is a piece of a larger table, or the number of
            each of its rows. Cells that do not read are then gaps without a warning, since the plan has named
            them. None means that `table` is whole; then a `UserWarning` names the cells at `rows` that do not
            read.

        Returns
        -------
        array of shape (n, p)
            New float64 array in C order, finite; a CSR array of SciPy if a column is free text.

        Raises
        ------
        DataError
            If the data are no table, a column is absent, or one holds another kind of value than in training
            or an infinite number. A column of text is of another kind if none of its cells reads by the rules
            of training, unless `first` is given; a column without a value at `rows` is of none.
        DomainError
            If `rows` is not a list of row places, or a place is out of range.
        """
        check_is_fitted(self)
        table = to_table(table)
        places = checked_rows(rows, table.num_rows, caller="TableEncoder")
        plans = self.columns
        table = _used_columns(table, plans)
        table = read_columns(table, plans, places, first=first, missing=tuple(self.missing_words_))
        numbered = row_batches(table, places, first=0 if first is None else first)
        if self.texts_:
            blocks = [self._words_beside(batch) for batch in numbered]
            none = sparse.csr_array((0, len(self.get_feature_names_out())))
            return sparse.vstack(blocks, format="csr") if blocks else none
        out = np.zeros((table.num_rows if places is None else len(places), len(dense_names(self))))
        done = 0
        for batch in numbered:
            part = out[done : done + batch.table.num_rows]
            write_dense(batch, self, part)
            done += len(part)
        return out

    def fit_transform(self, table: Any, y: Any = None, *, rows: Any = None) -> Any:
        """Fit, then transform the same rows; see `fit` and `transform`."""
        return self.fit(table, y, rows=rows).transform(table, rows=rows)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002 - scikit-learn's signature
        """
        Names of the matrix's columns.

        Parameters
        ----------
        input_features : object, optional
            Ignored.

        Returns
        -------
        array of str
            One per column: ``age``, ``date month sine``, ``age missing``, ``city=Oslo``, ``city=(other)``,
            ``size rank``, ``review: great``.
        """
        check_is_fitted(self)
        words = [name for source in self.texts_ for name in text_names(source)]
        return np.asarray([*dense_names(self), *words], dtype=object)

    @property
    def reading(self) -> dict[str, str]:
        """Options with which the data of `fit` were read; empty in a file of an older version."""
        return dict(getattr(self, "reading_", {}))

    @property
    def text_columns(self) -> tuple[str, ...]:
        """
        Used columns that must stay text when a file is read.

        They are categories, ordered levels, free text, and columns of text that the rules of training
        convert.
        """
        return tuple(
            plan.name
            for plan in self.columns
            if plan.used and (plan.reading is None or plan.reading["from_text"])
        )

    @property
    def columns(self) -> tuple[ColumnPlan, ...]:
        """
        Plan of each column but the target, in the order of the table, judged by the training rows.

        Raises scikit-learn's `NotFittedError` before a fit.
        """
        check_is_fitted(self)
        return tuple(ColumnPlan(**column) for column in self.columns_)

    def _wishes(self) -> ColumnWishes:
        keep = frozenset(names_of(self.keep))
        return ColumnWishes(keep, self.types or {}, self.most_levels, self.most_words)

    def _words_beside(self, batch: RowBatch) -> Any:
        """Features of `batch`, the words last, as a CSR array, (rows, features); errors as of `transform`."""
        part = np.zeros((batch.table.num_rows, len(dense_names(self))))
        write_dense(batch, self, part)
        return sparse.hstack([sparse.csr_array(part), word_features(batch, self.texts_)], format="csr")

    def _statistics(
        self, table: pa.Table, rows: NDArray[np.int64] | None
    ) -> tuple[RunningMoments, list[float], list[bool]]:
        """
        Moments, medians and gaps of the numeric features at the places `rows` of `table` (None: all, at least
        one).

        The features are neither filled nor scaled, in the order of `numeric_`. NaN counts in none of counts,
        means, squared deviations and medians; a feature with a NaN is True in the last list. Overflow is not
        an error here: `check_variances` finds it.
        """
        moments, block = RunningMoments(), np.empty((0, 0))
        table = table.select([source["column"] for source in self.numeric_])
        with np.errstate(over="ignore", invalid="ignore"):
            for batch in row_batches(table, rows):
                block = numeric_block(batch, self.numeric_)
                moments.add(block)
        # A few features at a time: one by one, calls would take most of the time of wide tables.
        group = max(1, _CELLS // moments.rows)
        parts: Iterable[NDArray[np.float64]]
        if len(block) == moments.rows:
            parts = (block.T[first : first + group] for first in range(0, block.shape[1], group))
        else:
            parts = self._features(table, rows, group)
        return moments, *medians(parts)

    def _features(
        self, table: pa.Table, rows: NDArray[np.int64] | None, group: int
    ) -> Iterator[NDArray[np.float64]]:
        """
        Features of `group` columns of numbers at a time, (features, rows), at the places `rows` (None: all).

        They are neither filled nor scaled, in the order of `numeric_`, and NaN where a cell is missing.
        """
        for first in range(0, len(self.numeric_), group):
            sources = self.numeric_[first : first + group]
            batch = columns_batch(table, [source["column"] for source in sources], rows)
            yield numeric_block(batch, sources).T

    def _scale(self, moments: RunningMoments, found: list[float], gaps: list[bool]) -> None:
        self.imputer_ = median_imputer(found, gaps)
        self.scaler_ = standard_scaler(moments, found)
        check_variances(self)


def _used_columns(table: pa.Table, plans: Iterable[ColumnPlan]) -> pa.Table:
    """
    `table` with the columns alone that an encoder of `plans` reads, in the order of `plans`.

    Raises `DataError` with the names of those that are absent.
    """
    used = [plan.name for plan in plans if plan.used or plan.gaps]
    # `column_names` makes a new list each time, so that asking it in a loop is quadratic.
    given = table.column_names
    present, needed = set(given), set(used)
    absent = [name for name in used if name not in present]
    if absent:
        hint = near_names(absent[0], [name for name in given if name not in needed])
        fact = f"a table without {listed(absent)}"
        rule = "have the columns that were used in training"
        raise DataError("TableEncoder", "table", rule, got=fact, hint=hint)
    return table.select(used)
