"""Columns of bytes, of each type that arrow has for them: no text is read in them."""

import numpy as np
import pyarrow as pa
import pytest

from xent.data import TableEncoder, encode_target, plan_columns
from xent.data.predictions.truth import true_classes
from xent.data.repeated_rows import chance_of_equal_rows
from xent.data.row_groups import row_groups
from xent.data.single_columns import determining_columns
from xent.errors import DataError

N = 60
KINDS = [pa.binary(), pa.large_binary(), pa.binary(2), pa.binary_view()]


@pytest.fixture(params=KINDS, ids=str)
def table(request):
    cells = [bytes([200, row % 5]) for row in range(N)]
    return pa.table({"cells": pa.array(cells, request.param), "x": np.arange(N) * 1.5 % 7})


def test_bytes_are_dropped_and_ignored(table):
    assert next(plan.note for plan in plan_columns(table)) == "holds bytes: dropped"
    assert chance_of_equal_rows(table) == chance_of_equal_rows(table.select(["x"]))
    assert [name for name, _ in determining_columns(table, np.arange(N) % 2)] == ["x"]
    assert len(np.unique(row_groups(table, "cells", np.arange(N), caller="fit"))) == N


def test_bytes_are_refused_where_text_is_needed(table):
    with pytest.raises(DataError, match="'categorical' for column 'cells'"):
        plan_columns(table, types={"cells": "categorical"})
    with pytest.raises(DataError, match="which holds values of type"):
        encode_target(table, "cells")
    with pytest.raises(DataError, match="hold classes"):
        true_classes(table.column("cells"), "cells", "score")
    encoder = TableEncoder().fit(table.set_column(0, "cells", [["a", "b"] * (N // 2)]))
    with pytest.raises(DataError, match="hold text in column 'cells'"):
        encoder.transform(table)
