"""
Model files: a zip archive that holds data, never code.

skops writes the fitted objects, and rebuilds only the types named here. Beside its own members the
archive has `xent.json`, which says what wrote it and is read before anything else.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from xent.data import TRUSTED_TYPES
from xent.errors import DataError
from xent.jobs.table_model import TableModel
from xent.version import __version__

__all__ = ["load_model", "load_skops", "save_model"]

_FORMAT = 1
_CARD = "xent.json"
_TRUSTED = [
    *TRUSTED_TYPES,
    "xent.solvers.iteration.Iteration",
    "xent.models.logistic_regression.LogisticRegression",
    "xent.models.penalty_search.PenaltyCandidate",
    "xent.models.penalty_search.PenaltySearch",
]


def save_model(model: TableModel, path: Path) -> None:
    """Write `model` to `path`, which a later `load_model` reads."""
    skops_io = load_skops()
    state = {
        "target": model.target,
        "classes": list(model.classes),
        "encoder": model.encoder,
        "classifier": model.classifier,
    }
    skops_io.dump(state, path)
    card = {"format": _FORMAT, "version": __version__, "target": model.target}
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(_CARD, json.dumps(card))


def load_model(path: str | Path) -> TableModel:
    """
    Read a model that `fit` wrote; no code from the file is run.

    Parameters
    ----------
    path : str or Path
        The file, or the directory of results that holds it as ``model.skops``.

    Raises
    ------
    DataError
        If there is no such file, it is not one of ours, it is of another version's format, or it
        holds anything but the types that our models are made of.
    """
    path = Path(path)
    path = path / "model.skops" if path.is_dir() else path
    _read_card(path)
    skops_io = load_skops()
    foreign = sorted(set(skops_io.get_untrusted_types(file=path)) - set(_TRUSTED))
    if foreign:
        raise _refused(path, "hold only what our models are made of", f"the type {foreign[0]} in '{path}'")
    try:
        state: dict[str, Any] = skops_io.load(path, trusted=_TRUSTED)
        return TableModel(state["target"], tuple(state["classes"]), state["encoder"], state["classifier"])
    except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise _refused(path, "be whole", f"'{path}', which cannot be read ({error})") from error


def load_skops() -> Any:
    """
    The module `skops.io`, in a tenth of the time where PyTorch is installed.

    To list scikit-learn's estimators it imports every module of scikit-learn, one of which imports
    PyTorch if it can. Nothing here needs that; hidden for the moment, it stays unloaded.
    """
    hidden = "torch" not in sys.modules
    if hidden:
        sys.modules["torch"] = None  # type: ignore[assignment] # what the import system reads as "not there"
    try:
        import skops.io
    finally:
        if hidden:
            del sys.modules["torch"]
    return skops.io


def _read_card(path: Path) -> None:
    if not path.is_file():
        raise _refused(path, "be an existing file", f"'{path}', which is not there")
    try:
        with zipfile.ZipFile(path) as archive:
            card = json.loads(archive.read(_CARD))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise _refused(path, "be a model that `xent fit` wrote", f"'{path}', which is not") from error
    if card.get("format") != _FORMAT:
        raise DataError(
            "load_model",
            "model",
            f"be of format {_FORMAT}, which xent {__version__} reads",
            got=f"format {card.get('format')}, written by xent {card.get('version')}",
            hint="Fit the model again, or install that version of xent.",
        )


def _refused(path: Path, rule: str, got: str) -> DataError:
    del path
    return DataError(
        "load_model",
        "model",
        rule,
        got=got,
        hint="`xent fit` leaves its model as model.skops in the directory of results.",
    )
