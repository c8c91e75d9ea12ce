from __future__ import annotations

from xent.report.fit.confusions import Confusion, frequent_confusions


def test_confusions_come_by_falling_count_without_what_is_right(findings):
    assert frequent_confusions(findings, 10) == (
        Confusion("virginica", "setosa", 2, 42),
        Confusion("versicolor", "virginica", 1, 41),
    )


def test_no_more_confusions_than_asked_for(findings):
    assert [one.label for one in frequent_confusions(findings, 1)] == ["virginica"]


def test_a_model_without_errors_has_no_confusions(make_findings):
    assert frequent_confusions(make_findings(perfect=True), 10) == ()
