"""
Whole jobs, one for each command, as a sequence of calls of other rooms.

`fit` takes a table to a judged and explained classifier, `predict` applies one to new rows, `judge` scores
it on such rows; `score`, `compare` and `calibrate` take anyone's predictions; `model_file`,
`output_directory` and `table_file` write results to the disk. Decisions are made in the rooms below; a job
only orders them. Names load on first use, so that a small job does not wait for the libraries of a large
one. May import every room below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xent.lazy_names import lazy_names

if TYPE_CHECKING:
    from xent.jobs.archives.model_file import load_model, save_model
    from xent.jobs.calibrating import Calibration, calibrate
    from xent.jobs.comparing import compare
    from xent.jobs.fit_result import Fit
    from xent.jobs.fitting import fit
    from xent.jobs.judging import Judged, judge
    from xent.jobs.prediction import predict
    from xent.jobs.scoring import score
    from xent.jobs.table_model import TableModel
    from xent.jobs.watcher import Watcher

__all__ = [
    "Calibration",
    "Fit",
    "Judged",
    "TableModel",
    "Watcher",
    "calibrate",
    "compare",
    "fit",
    "judge",
    "load_model",
    "predict",
    "save_model",
    "score",
]

_HOMES = {
    "Calibration": "calibrating",
    "Fit": "fit_result",
    "Judged": "judging",
    "TableModel": "table_model",
    "Watcher": "watcher",
    "calibrate": "calibrating",
    "compare": "comparing",
    "fit": "fitting",
    "judge": "judging",
    "load_model": "archives.model_file",
    "predict": "prediction",
    "save_model": "archives.model_file",
    "score": "scoring",
}


__getattr__ = lazy_names(__name__, _HOMES)
