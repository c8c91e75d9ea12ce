"""Linear cross-entropy with a weight whose classes are divided among ranks: as with the whole weight."""
# ruff: noqa: ARG001 - every function that ranks run takes its rank and their number

import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there
from tests.process_groups import Group  # noqa: E402 - likewise

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import XentError  # noqa: E402 - likewise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not dist.is_available(), reason="PyTorch without process groups"),
]

N, D, C = 9, 4, 23
# Uneven; one rank has no class.
CUTS = (0, 15, 15, C)
MASK = torch.arange(C) % 5 != 2
OPTIONS = {
    "plain": {},
    "rows": {"reduction": "none", "weight": True, "z_loss": 1e-2},
    "smoothed": {"label_smoothing": 0.2, "weight": True},
    "masked": {"class_mask": MASK, "label_smoothing": 0.1},
    "capped": {"softcap": 2.0, "logit_scale": 0.5, "chunk_bytes": 2 * C * 8},
    "statistics": {"return_stats": True, "z_loss": 0.1, "weight": True},
    "probabilities": {"probs": True, "denominator": 5.0},
}
EPS = {torch.float64: 2.3e-16, torch.float32: 1.2e-7}


@pytest.fixture(scope="module")
def trio():
    opened = Group(3)
    yield opened
    opened.close()


def problem(dtype, options, columns):
    """Arguments for the classes `columns`, and keywords; one ignored row of nan."""
    generator = torch.Generator().manual_seed(4)
    hidden, weight, bias = (
        torch.randn(shape, generator=generator).to(dtype) for shape in ((N, D), (C, D), (C,))
    )
    labels = torch.tensor([0, 21, 16, 15, -100, 5, 3, 1, 20])
    class_weights = torch.rand(C, generator=generator).to(dtype) + 0.25
    probs = torch.randn(N, C, generator=generator).to(dtype).softmax(1)
    given = dict(options)
    truth = probs[:, columns] if given.pop("probs", False) else labels
    if truth is labels and "class_mask" not in given:
        hidden[4] = torch.nan
    if "weight" in given:
        given["weight"] = class_weights[columns]
    if "class_mask" in given:
        given["class_mask"] = MASK[columns]
    leaves = [one.clone().requires_grad_() for one in (hidden, weight[columns], bias[columns])]
    return leaves, truth, given


def results(dtype, options, columns, group):
    """Loss and statistics, and gradients of their sum."""
    leaves, truth, given = problem(dtype, options, columns)
    hidden, weight, bias = leaves
    found = front.linear_cross_entropy(hidden, weight, truth, linear_bias=bias, process_group=group, **given)
    loss, stats = found if isinstance(found, tuple) else (found, None)
    total, numbers = loss.sum(), [loss.detach()]
    if stats is not None:
        read = torch.arange(N) != 4
        total = total + (stats.entropy + 2 * stats.log_normaliser)[read].sum() - stats.log_prob.sum()
        numbers += [part.detach() for part in stats if part is not None]
    return numbers, torch.autograd.grad(total, leaves)


def of_rank(rank, ranks, dtype, options):
    """Results of one rank."""
    return results(dtype, options, slice(*CUTS[rank : rank + 2]), dist.group.WORLD)


@pytest.mark.parametrize("dtype", EPS)
def test_every_option_gives_the_loss_and_the_gradients_of_one_process(trio, dtype):
    for name, options in OPTIONS.items():
        numbers, gradients = results(dtype, options, slice(None), None)
        answers = trio.call(of_rank, dtype, options)
        for found, _ in answers:
            for place, number in enumerate(found):
                assert torch.equal(number.nan_to_num(), answers[0][0][place].nan_to_num()), name
                torch.testing.assert_close(
                    number, numbers[place], rtol=16 * EPS[dtype], atol=16 * EPS[dtype], equal_nan=True
                )
        of_input = [parts[0] for _, parts in answers]
        joined = [torch.cat([parts[place] for _, parts in answers]) for place in (1, 2)]
        for found, true in zip((*of_input, *joined), (gradients[0],) * 3 + gradients[1:], strict=True):
            scale = true.abs().max()
            assert float((found - true).abs().max() / scale) < 8 * EPS[dtype], name


def faulty(rank, ranks, name):
    """Call with a fault on one rank or on all."""
    hidden, weight, labels = torch.zeros(3, 2), torch.zeros(2, 2), torch.zeros(3, dtype=torch.int64)
    given = {
        "a label": {"target": labels + 6},
        "labels": {"target": labels + rank},
        "a weight": {"linear_weight": torch.zeros(2, 2 + (rank == 1))},
        "top_k": {"return_stats": True, "top_k": 1},
    }[name]
    arguments = {"input": hidden, "linear_weight": weight, "target": labels, **given}
    return front.linear_cross_entropy(**arguments, process_group=dist.group.WORLD)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a label", "`target` must lie in 0..5"),
        ("labels", "`target` must be the same on all ranks"),
        ("a weight", "`linear_weight` must have 2 features|an error on rank 1"),
        ("top_k", "`cross_entropy` of the logits takes it"),
    ],
)
def test_a_fault_is_one_error_on_every_rank(trio, name, text):
    for error in trio.call(faulty, name):
        assert isinstance(error, XentError)
        assert any(part in str(error) for part in text.split("|")), str(error)
