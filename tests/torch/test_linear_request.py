"""Memory of a chunk's targets in a linear cross-entropy for PyTorch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from xent.torch import memory  # noqa: E402 - after the question whether PyTorch is there
from xent.torch.linear_cross_entropy import chunked_pass  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.call import linear_cross_entropy  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.request import (  # noqa: E402 - likewise
    SparseTargets,
    target_bytes_per_class,
    target_of_rows,
)

N, D, C = 37, 5, 40
DTYPES = [torch.float64, torch.float32, torch.bfloat16]


@pytest.mark.skipif(not memory.KERNELS_RUN, reason="no kernels for this processor")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("of_target", DTYPES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("is_sparse", [False, True])
def test_a_chunk_counts_the_bytes_of_targets_that_it_makes(
    monkeypatch, dtype, of_target, smoothing, is_sparse
):
    requests = []
    monkeypatch.setattr(chunked_pass, "target_bytes_per_class", lambda given: requests.append(given) or 0)
    target = torch.rand(N, C).softmax(1).to(of_target)
    if is_sparse:
        target = SparseTargets(torch.arange(3 * N).reshape(N, 3) % C, torch.rand(N, 3).to(of_target))
    hidden, weight = torch.rand(N, D).to(dtype), torch.rand(C, D).to(dtype)
    linear_cross_entropy(hidden, weight, target, label_smoothing=smoothing)
    made = target_of_rows(requests[0], slice(None), torch.zeros(N, C, dtype=dtype)).targets
    is_read = np.shares_memory(made, memory.in_memory(requests[0].target))
    assert target_bytes_per_class(requests[0]) == (0 if is_read else made.dtype.itemsize)
