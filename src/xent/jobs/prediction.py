"""`predict`: a fitted model's probabilities for the rows of a table."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import to_table
from xent.data.file_facts import facts_of
from xent.data.records.record_folder import holds_records
from xent.data.source import check_of_files, is_path, read_path
from xent.data.unseen_levels import warn_of_unseen_levels
from xent.jobs.archives.calibrator_file import load_calibrator
from xent.jobs.frame_kind import frame_kind, in_kind
from xent.jobs.keywords import OF_READING, check_keywords
from xent.jobs.known_model import known_model

if TYPE_CHECKING:
    import pyarrow as pa

    from xent.data import TableEncoder

__all__ = ["places_of", "predict", "prediction_table", "read_known"]


def predict(model: Any, data: Any, *, calibrator: Any = None, **reading: Any) -> Any:
    """
    Most probable class and every class's probability, between 0 and 1, for each row of `data`.

    Parameters
    ----------
    model : TableModel, Fit, str or Path
        A fitted model, or the path of a model file or of its directory.
    data : str, Path, DataFrame or array
        A file, a folder of WFDB records, or a table, with the columns that the model was fitted on; other
        columns are ignored, and so is the target. A level unseen in training counts as a rare level, with a
        warning that counts such cells and names the nearest known level. Text is read by the rules of
        training; a cell that does not read counts as missing, with a warning.
    calibrator : str or Path, optional
        File of a calibrator that `xent.calibrate` wrote for this model; the most probable class is that of
        the calibrated probabilities.
    **reading
        Options of `xent.data.read_table` for a file: ``delimiter``, ``header``, ``skip``, ``encoding``. A
        guess about the file is a warning. Records are read as those of training, with the same lead. A table
        in memory takes none.

    Returns
    -------
    pyarrow.Table, pandas.DataFrame or polars.DataFrame
        Columns ``row`` (from 0), ``predicted``, and ``p_CLASS`` for each class, and for records after the
        first ``patient``, ``record`` and ``second``: a frame of the library of
        `data`, with its index for pandas, and a pyarrow table for a file or an array.

    Raises
    ------
    DataError
        If the model, the data or the calibrator cannot be read, a column is missing or of another kind, the
        calibrator has other classes, a number is infinite, or an option of reading does not suit the data.
    DomainError
        If an option of reading is out of range, or does not suit the file.
    BackendError
        If a library is missing: PyTorch or safetensors for a network, or one that reads `data`.
    ParameterError
        If a keyword is no option of reading.
    """
    check_keywords(reading, predict, taken=OF_READING)
    model = known_model(model, caller="predict")
    encoder = model.encoder
    check_of_files(data, reading, caller="predict")
    if is_path(data):
        table = read_known(encoder, data, reading)
        for note in facts_of(table).notes:
            warnings.warn(note, UserWarning, stacklevel=2)
    else:
        table = to_table(data)
    log_probs = model.predict_log_proba(table)
    warn_of_unseen_levels(encoder, table)
    if calibrator is not None:
        names = tuple(str(label) for label in model.classes)
        log_probs = load_calibrator(calibrator).of(log_probs, names, caller="xent predict")
    found = prediction_table(
        log_probs, model.classes, rows=np.arange(len(log_probs)), places=places_of(table)
    )
    return in_kind(found, frame_kind(data), getattr(data, "index", None))


def read_known(encoder: TableEncoder, path: Any, reading: Mapping[str, Any]) -> pa.Table:
    """
    Table in the file or folder of WFDB records at `path`, read by the rules of the training of `encoder`.

    These are the words for missing cells, the columns kept as text and, for records, the options of reading,
    such as the lead. `reading` has further options of `xent.data.read_table`, which replace those of the
    training of records. Errors are those of the reader.
    """
    of_training = encoder.reading if holds_records(path) else {}
    return read_path(
        path,
        missing=encoder.missing_words_,
        reading={**of_training, **reading, "text": (*encoder.text_columns,)},
    )


def places_of(table: pa.Table) -> pa.Table:
    """Columns of `table` that say where its rows are from, such as ``record``; often none."""
    return table.select([name for name in facts_of(table).places if name in table.column_names])


def prediction_table(
    log_probs: NDArray[np.float64],
    classes: Sequence[Any],
    *,
    rows: NDArray[Any],
    codes: NDArray[Any] | None = None,
    places: pa.Table | None = None,
    weights: NDArray[np.float64] | None = None,
) -> pa.Table:
    """
    Table with a column ``row``, the columns of `places`, then ``target``, ``predicted``, ``weight`` and
    ``p_CLASS``.

    `log_probs`, (n, K), has natural logarithms in the order of `classes`; ``p_CLASS`` is the probability of
    each, ``predicted`` the most probable class, the first of equal ones. `rows`, (n,), are numbers of rows in
    the data. ``target`` is there with `codes`, the true classes as places in `classes`, ``weight`` with
    `weights`, (n,). `places` holds columns about all rows of the data, of which those of `rows` are taken;
    None or no columns add none.
    """
    import pyarrow as pa

    levels = pa.array(classes)
    columns: dict[str, Any] = {"row": pa.array(rows)}
    if places is not None and places.num_columns:
        taken = places.take(pa.array(rows))
        columns |= dict(zip(taken.column_names, taken.columns, strict=True))
    if codes is not None:
        columns["target"] = levels.take(pa.array(codes))
    columns["predicted"] = levels.take(pa.array(log_probs.argmax(axis=1)))
    if weights is not None:
        columns["weight"] = pa.array(weights)
    for k, label in enumerate(classes):
        columns[f"p_{label}"] = pa.array(np.exp(log_probs[:, k]))
    return pa.table(columns)
