"""The softcap in place: value and derivative are those of the formula, however large the logit."""

import numpy as np
import pytest
from tests.relative_error import assert_within

torch = pytest.importorskip("torch")

from xent.options.softcap import cap_in_place  # noqa: E402 - after the question whether PyTorch is there

CAP = 3.0
SIZES = np.asarray([0.0, 0.01, 0.7, 2.0, 4.0, 9.0, 20.0, 40.0])


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_the_slope_keeps_its_digits_where_the_cap_is_nearly_reached(dtype, sign):
    logits = torch.as_tensor(sign * CAP * SIZES).to(dtype)
    left = np.exp(-2 * np.longdouble(SIZES))
    slope = cap_in_place(logits, CAP, keeps_derivative=True)
    assert_within(8, slope.numpy() * 1.0, (4 * left / (1 + left) ** 2).astype(slope.numpy().dtype))
    assert_within(8, logits.numpy(), (sign * CAP * (1 - left) / (1 + left)).astype(logits.numpy().dtype))


def test_infinite_logits_have_slope_0_and_minus_infinity_stays():
    logits = torch.tensor([-torch.inf, torch.inf])
    slope = cap_in_place(logits, CAP, keeps_derivative=True)
    assert logits.tolist() == [-torch.inf, CAP]
    assert slope.tolist() == [0, 0]


def test_a_slope_that_is_not_kept_is_not_computed():
    assert cap_in_place(torch.ones(2), CAP, keeps_derivative=False) is None
