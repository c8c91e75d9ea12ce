"""Linear cross-entropy with a weight whose classes are divided among ranks: as with the whole weight."""

import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there
from tests.torch.sharded_linear_cases import (  # noqa: E402 - likewise
    CUTS,
    EPS,
    OPTIONS,
    assert_agree,
    results,
)

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import XentError  # noqa: E402 - likewise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not dist.is_available(), reason="PyTorch without process groups"),
]


@pytest.fixture(params=[2, 4])
def group(request, process_groups):
    return process_groups(request.param)


def of_rank(rank, ranks, dtype):
    """Results of one rank by option."""
    columns = slice(*CUTS[ranks][rank : rank + 2])
    return [results(name, dtype, columns, dist.group.WORLD) for name in OPTIONS]


@pytest.mark.parametrize(("ranks", "dtype"), [(2, torch.float32), (4, torch.float64)], ids=["2", "4"])
def test_every_option_gives_the_loss_and_the_gradients_of_one_process(process_groups, ranks, dtype):
    answers = process_groups(ranks).call(of_rank, dtype)
    for name, of_ranks in zip(OPTIONS, zip(*answers, strict=True), strict=True):
        assert_agree(of_ranks, results(name, dtype, slice(None), None), EPS[dtype], name)


COMPILED = "sparse and smoothed"


def compiled(rank, ranks):
    """Results of one rank in compiled code, without a break of the graph."""
    columns = slice(*CUTS[ranks][rank : rank + 2])
    return results(COMPILED, torch.float64, columns, dist.group.WORLD, compiles=True)


def test_compiled_code_gives_the_same(process_groups):
    answers = process_groups(2).call(compiled)
    assert_agree(answers, results(COMPILED, torch.float64, slice(None), None), EPS[torch.float64], COMPILED)


def faulty(rank, ranks, name):
    """Call with a fault on one rank or on all."""
    hidden, weight, labels = torch.zeros(3, 2), torch.zeros(2, 2), torch.zeros(3, dtype=torch.int64)
    given = {
        "a label": {"target": labels + 2 * ranks},
        "labels": {"target": labels + rank},
        "a weight": {"linear_weight": torch.zeros(2, 2 + (rank == 1))},
        "top_k": {"return_stats": True, "top_k": 2 * ranks + 1},
        "a mask": {"class_mask": torch.ones(3 + (rank == 1), 2, dtype=torch.bool)},
        "a sparse class": {"target": front.SparseTargets(labels[:, None] + 2 * ranks, torch.ones(3, 1))},
        "sparse targets": {"target": front.SparseTargets(labels[:, None] + rank, torch.ones(3, 1))},
        "what is differentiated": {"input": torch.zeros(3, 2, requires_grad=rank == 1)},
    }[name]
    arguments = {"input": hidden, "linear_weight": weight, "target": labels, **given}
    return front.linear_cross_entropy(**arguments, process_group=dist.group.WORLD)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a label", "`target` must lie in 0..5"),
        ("labels", "`target` must be the same on all ranks"),
        ("a weight", "`linear_weight` must have 2 features|an error on rank 1"),
        ("top_k", "`top_k` must lie in 0..6"),
        ("a mask", "`class_mask` must have shape|an error on rank 1"),
        ("a sparse class", "`target.indices` must lie in 0..5"),
        ("sparse targets", "`target` must be the same on all ranks"),
        ("what is differentiated", "`input` must be the same on all ranks"),
    ],
)
def test_a_fault_is_one_error_on_every_rank(group, name, text):
    count = 2 * len(group.pipes)
    for error in group.call(faulty, name):
        assert isinstance(error, XentError)
        wanted = text.replace("0..5", f"0..{count - 1}").replace("0..6", f"0..{count}")
        assert any(part in str(error) for part in wanted.split("|")), str(error)
