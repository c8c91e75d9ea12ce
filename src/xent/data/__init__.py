"""
Tables as input; a design matrix, class codes or counts of symbols as output.

Reading of files and data frames into one `pyarrow.Table`, the built-in data sets, the kinds of columns, and
the encodings that a linear model needs belong here, and in `predictions` tables of predictions. Fitting and
prediction do not.

May import `arrays`, `drawing` for text that fits a line, `scoring` for checked predictions, `streams` for
rows in batches, and NumPy, pyarrow, narwhals and scikit-learn, which ``xent[cli]`` installs; without them
importing the room raises `BackendError`. Modules load on first use, so reading a file loads no scikit-learn.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from xent.errors import BackendError
from xent.lazy_names import lazy_names

if TYPE_CHECKING:
    from xent.data.builtin_sets import BUILTIN, load_builtin
    from xent.data.column_plan import ColumnPlan, plan_columns
    from xent.data.heartbeat_shapes import BEAT_NAMES
    from xent.data.heartbeats import heartbeat_table
    from xent.data.missing_words import MISSING
    from xent.data.records.record_folder import read_records
    from xent.data.table_conversion import to_table
    from xent.data.table_encoder import TRUSTED_TYPES, TableEncoder
    from xent.data.table_files import read_table
    from xent.data.target_encoding import Target, encode_target

__all__ = [
    "BEAT_NAMES",
    "BUILTIN",
    "MISSING",
    "TRUSTED_TYPES",
    "ColumnPlan",
    "TableEncoder",
    "Target",
    "encode_target",
    "heartbeat_table",
    "load_builtin",
    "plan_columns",
    "read_records",
    "read_table",
    "to_table",
]

_HOMES = {
    "BEAT_NAMES": "heartbeat_shapes",
    "BUILTIN": "builtin_sets",
    "ColumnPlan": "column_plan",
    "MISSING": "missing_words",
    "TRUSTED_TYPES": "table_encoder",
    "TableEncoder": "table_encoder",
    "Target": "target_encoding",
    "encode_target": "target_encoding",
    "heartbeat_table": "heartbeats",
    "load_builtin": "builtin_sets",
    "plan_columns": "column_plan",
    "read_records": "records.record_folder",
    "read_table": "table_files",
    "to_table": "table_conversion",
}

for _library in ("narwhals", "pyarrow", "sklearn"):
    if find_spec(_library) is None:
        raise BackendError(
            "xent.data",
            _library,
            "be installed to work with tables",
            got="no such package",
            hint='Run `pip install "xent[cli]"`.',
        )


__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
