"""Built-in data sets: four real ones that ship with scikit-learn, and one that is generated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from xent.data.heartbeats import heartbeat_table
from xent.errors import DataError
from xent.near_names import near_names

__all__ = ["BUILTIN", "SYNTHETIC", "load_builtin"]

BUILTIN = {
    "digits": "1,797 handwritten digits of 8 by 8 pixels (real; 10 classes)",
    "breast_cancer": "569 tumours, 30 measurements of cell nuclei (real; malignant or benign)",
    "wine": "178 wines from Piedmont, 13 chemical measurements (real; 3 cultivars)",
    "iris": "150 irises, 4 measurements of petals and sepals (real; 3 species)",
    "heartbeats": "heartbeats as an ECG shows them (synthetic, not for clinical use; 15 classes)",
}
"""Name and one-line description of each built-in data set."""

SYNTHETIC = frozenset({"heartbeats"})
"""Built-in sets that are generated; results about them say so in their name."""

_TARGETS = {"digits": "digit", "breast_cancer": "diagnosis", "wine": "cultivar", "iris": "species"}


def load_builtin(name: str, **options: Any) -> tuple[pa.Table, str]:
    """
    A built-in data set and the name of its target column.

    Parameters
    ----------
    name : str
        One of `BUILTIN`: digits, breast_cancer, wine, iris or heartbeats.
    **options
        Arguments of `heartbeat_table` for ``"heartbeats"``; the other sets have no options.

    Returns
    -------
    table : pyarrow.Table
        Features, then the target: names of classes, dictionary-encoded, or the integers 0 to 9 of
        ``"digits"``.
    target : str
        Name of the target column.

    Raises
    ------
    DataError
        If there is no set of this name, or an option is not one of the set's or out of its range.

    Notes
    -----
    ``heartbeats`` is synthetic: its beats resemble textbook drawings, not patients. The set must not be used
    for any clinical purpose.

    Examples
    --------
    >>> table, target = load_builtin("iris")
    >>> table.num_rows, target, table[target].unique().to_pylist()
    (150, 'species', ['setosa', 'versicolor', 'virginica'])
    """
    if name == "heartbeats":
        return _made(options), "beat"
    # A tuple, in which a list is looked up too.
    if name not in tuple(BUILTIN):
        hint = near_names(name, BUILTIN, what="built-in sets")
        raise DataError("load_builtin", "name", "be a built-in data set", got=repr(name), hint=hint)
    if options:
        fact = f"{', '.join(sorted(options))} for {name!r}"
        hint = "Only 'heartbeats' has options."
        raise DataError("load_builtin", "options", "be options of that data set", got=fact, hint=hint)
    return _bundled(name), _TARGETS[name]


def _made(options: dict[str, Any]) -> pa.Table:
    """
    Heartbeats of `heartbeat_table`, called with the `options`: rows, noise, imbalance, label_noise and seed.

    An option that is absent has its default. Raises `DataError` for any other name, and for a value that is
    no number or out of its range.
    """
    known = ("rows", "noise", "imbalance", "label_noise", "seed")
    unknown = [option for option in options if option not in known]
    if unknown:
        hint = near_names(unknown[0], known, what="options")
        raise DataError(
            "load_builtin", "options", "be options of that data set", got=repr(unknown[0]), hint=hint
        )
    return heartbeat_table(**options)


def _bundled(name: str) -> pa.Table:
    """
    Table of the set `name` that comes with scikit-learn: its features, float64, then its target.

    Classes are names, dictionary-encoded; those of ``"digits"`` are the integers 0 to 9. `name` is one of
    `BUILTIN` other than ``"heartbeats"``.
    """
    import sklearn.datasets  # the rest of the room reads files without it

    bunch = getattr(sklearn.datasets, f"load_{name}")()
    columns = {str(feature): bunch.data[:, place] for place, feature in enumerate(bunch.feature_names)}
    if name == "digits":
        return pa.table({**columns, "digit": bunch.target})
    names = [str(each) for each in bunch.target_names]
    codes = pa.array(bunch.target.astype(np.int32))
    return pa.table({**columns, _TARGETS[name]: pa.DictionaryArray.from_arrays(codes, names)})
