from __future__ import annotations

from xent.report.fit import ColumnFinding
from xent.report.fit.column_groups import column_groups


def test_each_column_stands_alone_where_there_is_room():
    columns = (ColumnFinding("a", "numeric", 3, "median"), ColumnFinding("b", "numeric", 0, "median"))
    assert [(group.title(20), group.missing) for group in column_groups(columns, 2)] == [("a", 3), ("b", 0)]


def test_columns_of_one_kind_share_a_line_where_there_is_none():
    columns = tuple(ColumnFinding(f"pixel {k}", "numeric", k, "standardised") for k in range(64))
    dropped = ColumnFinding("id", "identifier", 0, "dropped")
    pixels, identifier = column_groups((*columns, dropped), 15)
    assert (pixels.missing, pixels.note, pixels.used) == (2016, "standardised", True)
    assert pixels.title(30) == "64: pixel 0 \u2026 pixel 63"
    assert pixels.title(60) == "64 columns: pixel 0 \u2026 pixel 63"
    assert (identifier.title(30), identifier.used) == ("id", False)


def test_where_notes_differ_the_commonest_stands_for_them():
    notes = ["0 to 8", "0 to 16", "0 to 16"] * 20
    columns = tuple(ColumnFinding(f"x{k}", "numeric", 0, note) for k, note in enumerate(notes))
    assert [group.note for group in column_groups(columns, 15)] == ["such as: 0 to 16"]


def test_columns_of_the_same_name_are_not_lost():
    columns = (ColumnFinding("", "numeric", 1, "median"), ColumnFinding("", "numeric", 2, "median"))
    assert [group.missing for group in column_groups(columns, 5)] == [1, 2]


def test_a_dropped_column_and_one_with_odd_cells_keep_lines_of_their_own():
    columns = tuple(ColumnFinding(f"x{k}", "numeric", 0, "0 to 8") for k in range(30))
    dropped = tuple(ColumnFinding(f"id{k}", "identifier", 0, "unique: dropped") for k in range(3))
    odd = ColumnFinding("price", "numeric", 1, "1 odd cell", 1)
    titles = [group.title(30) for group in column_groups((*columns, *dropped, odd), 15)]
    assert titles == ["30: x0 \u2026 x29", "id0", "id1", "id2", "price"]
