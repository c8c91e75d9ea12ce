"""Files of calibrators: JSON of numbers and names, no code."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.calibration.maps import map_of_plain_data, plain_data_of
from xent.data.predictions.prediction_table import ScoredModel
from xent.errors import DataError
from xent.near_names import listed
from xent.version import __version__

__all__ = ["FittedCalibrator", "load_calibrator", "recalibrated_model", "render_calibrator"]

_FORMAT = 1
_MOST_BYTES = 1 << 28


@dataclass(frozen=True, slots=True, eq=False)
class FittedCalibrator:
    """
    Map of log-probabilities, with the classes of their columns.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    method : str
        Name of the map.
    map : RecalibrationMap
        The map.
    """

    classes: tuple[str, ...]
    method: str
    map: Any

    def of(self, log_probs: NDArray[np.float64], classes: Sequence[str], *, caller: str) -> Any:
        """
        Recalibrated log-probabilities in nats, a new array of shape (n, K), in the columns of `classes`.

        `log_probs`, (n, K), has the natural logarithms of probabilities, a column for each of `classes`,
        which may stand in another order than those of the calibrator; the columns are ordered for its map and
        back again. `caller` is the function that errors name.

        Raises
        ------
        DataError
            If `classes` are others than those of the calibrator, or have one twice.
        """
        if set(classes) != set(self.classes) or len(classes) != len(self.classes):
            got = f"{listed(classes)}; the calibrator knows {listed(self.classes)}"
            raise DataError(caller, "calibrator", "have the classes of the predictions", got=got)
        order = [list(classes).index(name) for name in self.classes]
        moved = np.empty_like(log_probs)
        moved[:, order] = self.map(log_probs[:, order])
        return moved


def render_calibrator(calibrator: FittedCalibrator) -> str:
    """Text of calibrator.json for `calibrator`: one line of JSON, which `load_calibrator` reads."""
    document = {
        "format": _FORMAT,
        "version": __version__,
        "classes": list(calibrator.classes),
        "method": calibrator.method,
        "map": plain_data_of(calibrator.map),
    }
    return json.dumps(document) + "\n"


def load_calibrator(path: str | os.PathLike[str]) -> FittedCalibrator:
    """
    Calibrator in the file `path`, or in the file calibrator.json of the directory `path`.

    Raises
    ------
    DataError
        If there is no such file, it cannot be read, is a pipe or a device, has more than 256 MiB, or is not a
        calibrator of this version's format.
    """
    file = Path(path)
    try:
        file = file / "calibrator.json" if file.is_dir() else file
        fault, found = _read(file)
    except OSError as error:
        fault, found = f"({(error.strerror or str(error)).lower()})", None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        fault, found = "which is not one", None
    if found is None:
        rule = "be a calibrator.json, or its directory"
        raise DataError("load_calibrator", "calibrator", rule, got=f"'{file}', {fault}".replace(", (", " ("))
    return found


def _read(file: Path) -> tuple[str, FittedCalibrator | None]:
    """
    Pair of the fault of `file` in words and None, or of "" and its calibrator: classes, method and map.

    A fault is a pipe or device, a size above 256 MiB, another format, or a map that does not turn the uniform
    distribution over the classes into probabilities of sum 1. Raises `OSError` if the file is missing or
    unreadable, and, if its JSON is not that of a calibrator, `ValueError`, `KeyError`, `TypeError`,
    `IndexError`, `AttributeError` or `RecursionError`.
    """
    facts = file.stat()
    if not stat.S_ISREG(facts.st_mode):
        # A device has the size 0 and no end, and a pipe without a writer is waited for.
        return "which is a pipe or a device", None
    if facts.st_size > _MOST_BYTES:
        return "which is too large", None
    document = json.loads(file.read_text(encoding="utf-8"))
    if document["format"] != _FORMAT:
        return f"of format {document['format']!r}, which this version cannot read", None
    classes = tuple(str(name) for name in document["classes"])
    found = FittedCalibrator(classes, str(document["method"]), map_of_plain_data(document["map"]))
    # A trial shows whether the numbers fit together.
    trial = found.map(np.full((1, len(classes)), -np.log(len(classes))))
    if trial.shape != (1, len(classes)) or not np.isclose(np.exp(trial).sum(), 1):
        return "whose numbers do not fit together", None
    return "", found


def recalibrated_model(model: ScoredModel, calibrator: FittedCalibrator) -> ScoredModel:
    """
    Copy of `model` whose log-probabilities `calibrator` has mapped; `DataError` unless both have the same
    classes.
    """
    before = model.predictions
    log_probs = calibrator.of(before.log_probs, before.classes, caller="xent score")
    return replace(model, predictions=replace(before, log_probs=log_probs))
