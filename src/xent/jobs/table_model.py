"""A classifier together with the encoder of its features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import TableEncoder, to_table
from xent.models import LogisticRegression

if TYPE_CHECKING:
    import pyarrow as pa

    from xent.networks import NeuralClassifier

__all__ = ["TableModel"]


@dataclass(frozen=True, slots=True)
class TableModel:
    """
    Fitted model: from the columns of a table to probabilities of the target's classes.

    Parameters
    ----------
    target : str
        Column that is predicted.
    classes : tuple
        Values of the target, in the order of the probabilities.
    encoder : TableEncoder
        From columns to features.
    classifier : LogisticRegression or NeuralClassifier
        From features to the numbers of classes, their positions in `classes`.
    counts : tuple of int, default ()
        Training rows of each class; empty in a file of a version that did not store them.
    """

    target: str
    classes: tuple[Any, ...]
    encoder: TableEncoder
    classifier: LogisticRegression | NeuralClassifier
    counts: tuple[int, ...] = ()

    def predict_log_proba(self, data: Any, *, rows: Any = None) -> NDArray[np.float64]:
        """
        Logarithm of every class's probability in nats, (n, K), for the rows of any kind of table.

        `rows` are the places of the rows to predict; None means all. Raises `DataError` if a column is
        missing or of another kind, or a number is infinite, and for what `xent.data.to_table` refuses.
        """
        table: pa.Table = to_table(data)
        X = self.encoder.transform(table, rows=rows)
        # Scikit-learn's validation refuses an empty table, whose predictions are an empty table.
        return self.classifier.predict_log_proba(X) if X.shape[0] else np.empty((0, len(self.classes)))
