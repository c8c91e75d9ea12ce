from __future__ import annotations

from xent.report.fit.heat_map import heat_map


def test_shades_tell_shares_of_a_line_and_leave_ink_readable(findings):
    lines = heat_map(findings)
    assert [cell.rows for cell in lines[2].cells] == [2, 0, 40]
    assert [[cell.hit for cell in line.cells] for line in lines] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    assert [cell.shade for cell in lines[2].cells] == [0.11, 0.0, 0.49]


def test_classes_with_short_names_head_their_columns_and_long_ones_are_numbered(make_findings):
    assert [line.head for line in heat_map(make_findings(("no", "yes")))] == ["no", "yes"]
    assert [line.head for line in heat_map(make_findings())] == ["1", "2", "3"]


def test_twenty_classes_are_shown_and_more_are_not(make_findings):
    assert len(heat_map(make_findings(tuple(map(str, range(20)))))) == 20
    assert heat_map(make_findings(tuple(map(str, range(21))))) == ()
