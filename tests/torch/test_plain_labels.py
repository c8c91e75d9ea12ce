"""The kernels called by addresses: the same bits as when they are called by arrays."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from xent.kernels import softmax_cross_entropy as kernels  # noqa: E402 - after the question
from xent.torch.cross_entropy.plain_labels import are_plain, plain_labels  # noqa: E402 - likewise
from xent.torch.memory import KERNELS_RUN, in_memory  # noqa: E402 - likewise

pytestmark = pytest.mark.skipif(not KERNELS_RUN, reason="no kernels for this processor")


@pytest.mark.parametrize("has_gradient", [False, True])
@pytest.mark.parametrize("classes", [1, 10, 96, 97, 300])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_bits_are_those_of_arrays(dtype, classes, has_gradient):
    torch.manual_seed(classes)
    # So many that several threads are worth it, and no multiple of a vector.
    rows = torch.randn(1003, classes).mul(3).to(dtype)
    labels = torch.randint(classes, (1003,))
    labels[::5] = -7
    truth, options = kernels.Labels(in_memory(labels), ignored=-7), {"factor": 0.25, "z_weight": 0.125}
    gradient = torch.empty_like(rows) if has_gradient else None
    found = plain_labels(rows, labels, gradient, ignored=-7, **options)
    if gradient is None:
        np.testing.assert_array_equal(found, kernels.value(in_memory(rows), truth, z_weight=0.125))
        return
    expected = torch.empty_like(rows)
    values = kernels.value_and_gradient(in_memory(rows), truth, in_memory(expected), **options)
    np.testing.assert_array_equal(found, values)
    assert torch.equal(gradient, expected)
    assert torch.equal(plain_labels(rows, labels, rows, ignored=-7, **options), found)
    assert torch.equal(rows, expected)


def test_only_what_lies_in_memory_as_the_kernels_read_it_is_plain():
    rows, labels = torch.zeros(4, 6), torch.zeros(4).long()
    assert are_plain(rows, labels)
    assert not are_plain(rows[:, ::2], labels)
    assert not are_plain(rows[:, :0], labels)
    assert not are_plain(rows[:2], labels[::2])
    assert not are_plain(rows, labels.int())
