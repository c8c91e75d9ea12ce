from __future__ import annotations

import math
from dataclasses import replace

from xent.report.fit.class_ranking import class_ranking, share_of_loss


def test_classes_come_by_falling_share_and_ties_in_order(findings):
    one, two, three = (
        replace(c, share=s) for c, s in zip(findings.held_out.classes, (0.2, 0.4, 0.4), strict=True)
    )
    assert class_ranking(replace(findings.held_out, classes=(one, two, three))) == (two, three, one)


def test_a_class_without_a_share_comes_last(findings):
    one, two, three = findings.held_out.classes
    unknown = replace(one, share=math.nan)
    assert class_ranking(replace(findings.held_out, classes=(unknown, two, three)))[-1] is unknown
    assert share_of_loss(unknown) == 0
