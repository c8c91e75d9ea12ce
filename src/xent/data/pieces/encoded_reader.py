"""Reader of a fit in passes that encodes tables: features, class codes and weights of the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import is_number, numbers
from xent.data.pieces.held_out_rule import HeldOutRule
from xent.data.pieces.target import StreamedTarget
from xent.data.table_encoder import TableEncoder
from xent.errors import DataError
from xent.streams.readers import LabelledRows

__all__ = ["EncodedReader", "RowChoice", "weight_cells"]

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class RowChoice:
    """
    Choice of the rows of a table.

    Parameters
    ----------
    target : StreamedTarget
        Classes; rows without one are ignored.
    rule : HeldOutRule
        Choice of the held-out rows.
    wants_held_out : bool, default False
        True for the held-out rows, False for the others.
    """

    target: StreamedTarget
    rule: HeldOutRule
    wants_held_out: bool = False

    def chosen(self, piece: Any, first: int, name: str) -> tuple[NDArray[np.intp], NDArray[np.int64], Hashes]:
        """
        Places of the m chosen rows in `piece`, their class codes, and their 64-bit hashes, each of shape
        (m,).

        A row is chosen if it has a class and is held out or not as `wants_held_out` says. Hashes are those of
        the groups or, without groups and for a row without one, of the row's place. `first` is the number of
        rows before `piece` in the fragment, or file, `name`.
        """
        codes = self.target.codes(piece.column(self.target.name))
        hashes = self.rule.hashes(piece, first, name)
        held_out = self.rule.is_held_out(hashes)
        places = np.flatnonzero((codes >= 0) & (held_out == self.wants_held_out))
        return places, codes[places], hashes[places]


@dataclass(frozen=True, slots=True)
class EncodedReader:
    """
    `Reader` of tables.

    Parameters
    ----------
    encoder : TableEncoder
        Fitted encoder.
    choice : RowChoice
        Training rows.
    weight : str or None
        Column of the weights; None means 1.
    """

    encoder: TableEncoder
    choice: RowChoice
    weight: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that have features, and those of the classes, the groups and the weights."""
        used = [plan.name for plan in self.encoder.columns if plan.used or plan.gaps]
        others = [name for name in (self.choice.rule.group, self.weight) if name is not None]
        return tuple(dict.fromkeys((*used, self.choice.target.name, *others)))

    @property
    def is_sparse(self) -> bool:
        """True if features come as sparse arrays, since words are among them."""
        return bool(self.encoder.texts_)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(self.encoder.get_feature_names_out())

    def rows(self, piece: Any, first: int, *, name: str) -> LabelledRows:
        """
        Training rows, or held-out ones as the choice says, of the record batch `piece`: their features and
        labels.

        Rows without a class are neither. The result has the p encoded features of the m rows, (p, m),
        standardised as in training, sparse if there is free text; class codes, (m,); weights, (m,), or None;
        hashes of groups, that of the place for a row without one, or None without groups; and `places`, the
        numbers of the rows in `piece`. `first` is the number of rows before `piece` in the fragment, or file,
        `name`. Weights are not checked, and nan for a gap. Raises `DataError` for a column of another kind of
        value than in training, an infinite number, and weights that are not numbers; rows in its
        message are those of the fragment.
        """
        places, codes, hashes = self.choice.chosen(piece, first, name)
        table = pa.Table.from_batches([piece]).take(pa.array(places))
        X = self.encoder.transform(table, first=first + places)
        groups = None if self.choice.rule.group is None else hashes
        return LabelledRows(X.T, codes, self._weights(table), groups, places)

    def _weights(self, table: pa.Table) -> NDArray[np.float64] | None:
        """
        Weights of the rows of `table`, (rows,), unchecked; None if all count equally.

        Raises `DataError` if the column of weights holds no numbers.
        """
        if self.weight is None:
            return None
        return weight_cells(table, self.weight, caller="fit")


def weight_cells(table: pa.Table, name: str, *, caller: str) -> NDArray[np.float64]:
    """
    Numbers of the column `name` of `table`, (rows,), nan for a gap; `DataError` if it holds no numbers.

    Their range is not checked. `caller` is the function that the error names.
    """
    column = table.column(name)
    if not is_number(column.type):
        fact = f"column {name!r}, which holds {column.type}"
        raise DataError(caller, "sample_weight", "hold numbers", got=fact)
    return numbers(column)
