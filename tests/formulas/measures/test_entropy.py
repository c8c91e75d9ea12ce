import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.formulas import i_divergence
from xent.formulas.measures import entropy


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("K", [2, 5])
def test_value_meets_the_oracle(xp, dtype, K):
    rows = [row for row in tables.read("divergences") if len(row["p"]) == K]
    rows = [row for row in rows if (np.asarray(row["p"], dtype=dtype) == row["p"]).all()]
    found = xp.call(entropy.value, np.asarray([row["p"] for row in rows], dtype=dtype))
    assert found.dtype == dtype
    assert_within(4, found, tables.exact([row["entropy"] for row in rows]), flushes=xp.flushes)


def test_certainty_has_entropy_0_without_a_sign(xp):
    found = xp.call(entropy.value, np.asarray([[1.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_array_equal(found, [0, 0])
    assert not np.signbit(found).any()


def test_equal_probabilities_have_the_entropy_of_their_number(xp):
    assert_within(1, xp.call(entropy.value, np.full((1, 8), 0.125)), [np.log(8)])


def test_nan_gives_nan(xp):
    assert np.isnan(xp.call(entropy.value, np.asarray([np.nan, 0.5])))


@settings(max_examples=25, deadline=None)
@given(arrays(np.float64, (3, 4), elements=st.floats(1e-3, 1)))
def test_entropy_is_what_is_missing_to_the_uniform_distribution(xp, weights):
    p = weights / weights.sum(axis=-1, keepdims=True)
    gap = xp.call(i_divergence.value, p, np.full((3, 4), 0.25))
    np.testing.assert_allclose(xp.call(entropy.value, p), np.log(4) - gap, rtol=0, atol=1e-14)
