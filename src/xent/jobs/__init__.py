"""
Whole jobs: what a person asks for in one sentence, from the data to the finished result.

`fit` takes a table to a judged and explained classifier, `predict` applies one to new rows;
`model_file` and `output_directory` are how results reach the disk. May import every room but `cli`;
what a job does is decided in those rooms, and here only put in order.
"""

from xent.jobs.fit import Fit, fit
from xent.jobs.model_file import load_model, save_model
from xent.jobs.predict import predict
from xent.jobs.table_model import TableModel
from xent.jobs.watcher import Watcher

__all__ = ["Fit", "TableModel", "Watcher", "fit", "load_model", "predict", "save_model"]
