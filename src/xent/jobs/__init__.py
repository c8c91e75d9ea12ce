"""
Whole jobs: what a person asks for in one sentence, from the data to the finished result.

`fit` takes a table to a judged and explained classifier, `predict` applies one to new rows;
`model_file`, `output_directory` and `table_file` are how results reach the disk. May import every
room but `cli`; what a job does is decided in those rooms, and here only put in order. Names load on
first use, so that a small job does not wait for the libraries of a large one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xent.lazy_names import lazy_names

if TYPE_CHECKING:
    from xent.jobs.fitting import Fit, fit
    from xent.jobs.model_file import load_model, save_model
    from xent.jobs.prediction import predict
    from xent.jobs.table_model import TableModel
    from xent.jobs.watcher import Watcher

__all__ = ["Fit", "TableModel", "Watcher", "fit", "load_model", "predict", "save_model"]

_HOMES = {
    "Fit": "fitting",
    "TableModel": "table_model",
    "Watcher": "watcher",
    "fit": "fitting",
    "load_model": "model_file",
    "predict": "prediction",
    "save_model": "model_file",
}


__getattr__ = lazy_names(__name__, _HOMES)
