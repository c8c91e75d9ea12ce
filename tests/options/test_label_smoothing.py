import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.options.label_smoothing import kept_and_share, smoothed


def test_a_smoothed_one_hot_target_has_the_values_of_the_paper(xp):
    found = xp.call_public(lambda targets: smoothed(targets, 0.1, 4), np.asarray([[1.0, 0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found, [[0.925, 0.025, 0.025, 0.025]], rtol=1e-15)


def test_a_class_that_does_not_participate_keeps_0(xp):
    def smoothed_by_half(targets, classes, participates):
        return smoothed(targets, 0.5, classes, participates)

    arrays = (np.asarray(rows) for rows in ([[1.0, 0.0, 0.0]], [[2.0]], [[1.0, 1.0, 0.0]]))
    assert xp.call_public(smoothed_by_half, *arrays).tolist() == [[0.75, 0.25, 0.0]]


@pytest.mark.parametrize("classes", [1, 2, 7])
@given(smoothing=st.floats(0, 1))
def test_kept_part_and_shares_sum_to_1(classes, smoothing):
    kept, share = kept_and_share(smoothing, classes)
    assert abs(kept + classes * share - 1) < 1e-15


def test_no_smoothing_changes_nothing():
    assert kept_and_share(0.0, 5) == (1.0, 0.0)
