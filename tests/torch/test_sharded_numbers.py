"""Numbers of each row that ranks gather, with the ranks played in turn by one process."""

import itertools

import pytest

torch = pytest.importorskip("torch")

from xent.torch.cross_entropy import sharded_rows as rows_of_ranks  # noqa: E402 - after the question for PyTorch
from xent.torch.cross_entropy.sharded_numbers import ClassShard  # noqa: E402 - likewise

CUTS = (0, 1, 1, 4)


def played(monkeypatch, logits, labels=None, targets=None):
    """Cost of each row, and the gradient in all logits, with the classes divided at `CUTS`."""
    starts = list(itertools.pairwise(CUTS))
    shards = [
        ClassShard(None, rank, torch.tensor(start), torch.tensor(CUTS[-1]), "cross_entropy")
        for rank, (start, _) in enumerate(starts)
    ]
    parts = [logits[:, start:stop].clone().requires_grad_() for start, stop in starts]
    truths = [None if targets is None else targets[:, start:stop] for start, stop in starts]
    table = torch.stack(
        [
            rows_of_ranks.numbers_of_rank(part.detach(), labels, truth, None, shard, slice(None))[0]
            for part, truth, shard in zip(parts, truths, shards, strict=True)
        ]
    )
    monkeypatch.setattr(rows_of_ranks, "gathered", lambda *_, **__: table)
    costs = []
    for part, truth, shard in zip(parts, truths, shards, strict=True):
        cost = rows_of_ranks.sharded_rows(part, labels, truth, None, shard)[0]
        cost.sum().backward()
        costs.append(cost.detach())
    assert all(torch.equal(cost, costs[0]) for cost in costs)
    return costs[0], torch.cat([part.grad for part in parts], 1)


@pytest.fixture(params=["by kernels", "by formulas"])
def way(request, monkeypatch):
    """Labels are computed by the kernels where these run, and by formulas elsewhere."""
    if request.param == "by formulas":
        monkeypatch.setattr(rows_of_ranks, "suits_sharded_kernels", lambda *_: False)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("lead", [20.0, 40.0, 80.0])
def test_a_sure_row_keeps_its_digits_wherever_its_label_is(monkeypatch, lead):
    logits = torch.zeros(2, 4)
    logits[0, 0] = logits[1, 3] = lead
    cost, gradient = played(monkeypatch, logits, torch.tensor([0, 3]))
    rest = 3 * torch.exp(torch.tensor(-lead, dtype=torch.float64))
    torch.testing.assert_close(cost, torch.log1p(rest).expand(2), rtol=3e-7, atol=0.0)
    at_label = torch.stack([gradient[0, 0], gradient[1, 3]]).double()
    torch.testing.assert_close(at_label, -(rest / (1 + rest)).expand(2), rtol=5e-7, atol=0.0)


@pytest.mark.usefixtures("way")
def test_labels_and_targets_give_the_cross_entropy_of_all_classes(monkeypatch):
    generator = torch.Generator().manual_seed(5)
    logits = 4 * torch.randn(6, 4, generator=generator, dtype=torch.float64) + 1
    labels = torch.tensor([0, 1, 2, 3, 0, 2])
    probs = torch.randn(6, 4, generator=generator, dtype=torch.float64).softmax(1)
    for given, truth in (({"labels": labels}, labels), ({"targets": probs}, probs)):
        own = logits.clone().requires_grad_()
        expected = torch.nn.functional.cross_entropy(own, truth, reduction="none")
        expected.sum().backward()
        cost, gradient = played(monkeypatch, logits, **given)
        torch.testing.assert_close(cost, expected.detach(), rtol=1e-13, atol=0.0)
        torch.testing.assert_close(gradient, own.grad, rtol=1e-11, atol=1e-15)
