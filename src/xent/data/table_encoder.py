"""Encoding of a table as the matrix of features of a linear model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from xent.data.category_levels import MOST_LEVELS
from xent.data.column_plan import ColumnPlan, planned_columns
from xent.data.file_facts import facts_of
from xent.data.level_indicators import categories, indicator_names, set_indicators
from xent.data.numeric_features import numeric_block, numeric_names, numeric_sources, source_features
from xent.data.numeric_scaling import filled, median_imputer, standard_scaler
from xent.data.read_columns import read_columns
from xent.data.row_batches import checked_rows, column_batch, row_batches
from xent.data.table_conversion import to_table
from xent.errors import DataError
from xent.near_names import listed, near_names

__all__ = ["TRUSTED_TYPES", "TableEncoder"]

TRUSTED_TYPES = ("numpy.dtype", "xent.data.table_encoder.TableEncoder")
"""Types that skops must be told to trust to load an encoder; skops trusts its other types by default."""


class TableEncoder(TransformerMixin, BaseEstimator):
    """
    Encoder of columns of any kind as one float64 matrix, fitted on training rows only.

    Numbers, truth values and dates (as `calendar_feature` splits them) have their gaps filled with medians
    and are standardised; a feature with gaps gets an indicator of them. A category gets an indicator per
    level, rare levels share one, and missing cells have their own. Other columns are dropped.

    Parameters
    ----------
    target : str, optional
        Column that is never a feature; it may be absent when rows are transformed.
    most_levels : int, default 100
        Most indicators per category, that of missing cells aside.
    keep : collection of str
        Columns that are used although they look like identifiers, as in `plan_columns`.

    Attributes
    ----------
    columns : tuple of ColumnPlan
        Plan of each column, judged by the training rows.

    Notes
    -----
    **Definition.** A number :math:`x` of a column with mean :math:`m` and standard deviation :math:`s` over
    the training rows, gaps filled, becomes :math:`(x - m) / s`, and :math:`0` where :math:`s = 0`.
    Indicators are 0 or 1 and not standardised.

    **Edge cases.** A gap in a column that had none in training is filled with the median. A level unseen in
    training counts as rare; if no level was rare, all indicators of the category are 0. Text is read by the
    rules that were settled in training; cells that do not read are gaps, with a warning that names the cells.
    A column that is absent, is of another kind than in training, or has no text that reads, is an error;
    further columns are ignored.

    **Numerics.** Medians are exact up to 200,000 values and those of 200,000 evenly spaced values beyond.
    Means and variances are updated batch by batch in float64, so that only the result is as large as the
    table.

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
        self, *, target: str | None = None, most_levels: int = MOST_LEVELS, keep: Collection[str] = ()
    ) -> None:
        self.target = target
        self.most_levels = most_levels
        self.keep = keep

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
            Places of the training rows.

        Returns
        -------
        TableEncoder
            The encoder itself.

        Raises
        ------
        DataError
            For the reasons of `plan_columns`, and if the squares of a column's numbers overflow.
        DomainError
            If `rows` is not a list of row places, or a place is out of range.
        """
        table = to_table(table)
        places = checked_rows(rows, table.num_rows, caller="TableEncoder")
        # The result does not depend on the order of the rows, and sorted rows are read faster.
        places = None if places is None else np.sort(places)
        planned = planned_columns(table, self.target, places, most=self.most_levels, keep=self.keep)
        plans = tuple(each.plan for each in planned)
        self.missing_words_ = list(facts_of(table).missing)
        for each in planned:
            place = table.column_names.index(each.plan.name)
            table = table.set_column(place, each.plan.name, each.cells)
        self.n_features_in_ = sum(plan.used for plan in plans)
        self.numeric_ = numeric_sources(plans, table, places)
        self.categories_ = categories(plans, table, places, most=self.most_levels)
        self.imputer_: Any = None
        self.scaler_: Any = None
        if self.numeric_:
            self.imputer_ = median_imputer(self._numbers(table, places))
            self.scaler_ = standard_scaler(self._filled_blocks(table, places))
            self._check_variances()
        self.columns_ = [asdict(replace(plan, note=self._note(plan))) for plan in plans]
        return self

    def transform(self, table: Any, *, rows: Any = None, first: int | None = None) -> NDArray[np.float64]:
        """
        Features of the rows at the places `rows` of `table`; None means all rows.

        Parameters
        ----------
        table : pyarrow.Table or data frame
            A table with the columns that were used in training.
        rows : array of int, optional
            Places of the rows, in the order of the result.
        first : int, optional
            Number of the first row, for messages, if `table` is a piece of a larger table. Cells that do not
            read are then gaps without a warning, since the plan has named them. None means that `table` is
            whole.

        Returns
        -------
        array of shape (n, p)
            New float64 array in C order, finite.

        Raises
        ------
        DataError
            If a column is absent, or holds another kind of value than in training or an infinite number. A
            column of text is of another kind if none of its cells reads by the rules of training.
        DomainError
            If `rows` is not a list of row places, or a place is out of range.
        """
        check_is_fitted(self)
        table = to_table(table)
        places = checked_rows(rows, table.num_rows, caller="TableEncoder")
        table = self._used_columns(table)
        table = read_columns(table, self.columns, places, first=first, missing=tuple(self.missing_words_))
        features = len(self.get_feature_names_out())
        out = np.zeros((table.num_rows if places is None else len(places), features))
        done = 0
        for batch in row_batches(table, places, first=first or 0):
            part = out[done : done + batch.table.num_rows]
            numeric = self._write_numbers(numeric_block(batch, self.numeric_), part)
            set_indicators(batch, self.categories_, part[:, numeric:])
            done += len(part)
        return out

    def fit_transform(self, table: Any, y: Any = None, *, rows: Any = None) -> NDArray[np.float64]:
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
            One per column: ``age``, ``date month sine``, ``age missing``, ``city=Oslo``, ``city=(other)``.
        """
        check_is_fitted(self)
        names = numeric_names(self.numeric_)
        gaps = [] if self.imputer_ is None else self.imputer_.indicator_.features_
        levels = [name for category in self.categories_ for name in indicator_names(category)]
        return np.asarray([*names, *(f"{names[place]} missing" for place in gaps), *levels], dtype=object)

    @property
    def text_columns(self) -> tuple[str, ...]:
        """Columns that must stay text when a file is read, because the rules of training convert them."""
        return tuple(
            plan.name
            for plan in self.columns
            if plan.used and (plan.reading is None or plan.reading["from_text"])
        )

    @property
    def columns(self) -> tuple[ColumnPlan, ...]:
        """Plan of each column, judged by the training rows."""
        check_is_fitted(self)
        return tuple(ColumnPlan(**column) for column in self.columns_)

    def _numbers(self, table: pa.Table, rows: NDArray[np.int64] | None) -> Iterator[NDArray[np.float64]]:
        for source in self.numeric_:
            yield from source_features(column_batch(table, source["column"], rows), source)

    def _filled_blocks(
        self, table: pa.Table, rows: NDArray[np.int64] | None
    ) -> Iterator[NDArray[np.float64]]:
        table = table.select([source["column"] for source in self.numeric_])
        for batch in row_batches(table, rows):
            block = numeric_block(batch, self.numeric_)
            yield filled(block, self.imputer_)[:, : block.shape[1]]

    def _write_numbers(self, block: NDArray[np.float64], out: NDArray[np.float64]) -> int:
        if not self.numeric_:
            return 0
        numbers = block.shape[1]
        whole = filled(block, self.imputer_)
        out[:, :numbers] = self.scaler_.transform(whole[:, :numbers])
        out[:, numbers : whole.shape[1]] = whole[:, numbers:]
        return int(numbers + self.imputer_.indicator_.features_.size)

    def _used_columns(self, table: pa.Table) -> pa.Table:
        used = [column["name"] for column in self.columns_ if ColumnPlan(**column).used]
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

    def _check_variances(self) -> None:
        beyond = np.flatnonzero(~np.isfinite(self.scaler_.var_))
        if beyond.size:
            name = numeric_names(self.numeric_)[int(beyond[0])]
            fact = f"numbers beyond 1e150 in column {name!r}"
            hint = "Divide the column by a large constant."
            raise DataError(
                "TableEncoder", "table", "hold numbers whose squares are finite", got=fact, hint=hint
            )

    def _note(self, plan: ColumnPlan) -> str:
        if not (plan.used and plan.missing):
            return plan.note
        if plan.kind == "categorical":
            return f"{plan.note}; {plan.missing} missing: a level of their own"
        if plan.kind == "datetime":
            return f"{plan.note}; medians for {plan.missing} missing"
        place = numeric_names(self.numeric_).index(plan.name)
        return f"{plan.note}; median {self.imputer_.statistics_[place]:.6g} for {plan.missing} missing"
