"""Rows divided among ranks: the loss and the gradients of one process, under DDP and on DTensors."""
# ruff: noqa: ARG001 - every function that ranks run takes its rank and their number

import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there

import xent.losses  # noqa: E402 - likewise
import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError  # noqa: E402 - likewise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not dist.is_available(), reason="PyTorch without process groups"),
]
GENERATOR = torch.Generator().manual_seed(13)
HIDDEN, LABELS = torch.randn(8, 3, generator=GENERATOR), torch.tensor([0, 1, 2, 3, 4, 0, 1, -100])
EVENTS, MASS = (LABELS % 2).float()[:, None], torch.rand(8, 5, generator=GENERATOR).softmax(1)


@pytest.fixture
def pair(process_groups):
    return process_groups(2)


class Head(torch.nn.Module):
    """Linear head with its loss in forward."""

    def __init__(self, loss):
        super().__init__()
        torch.manual_seed(5)
        self.linear, self.loss = torch.nn.Linear(3, 5), loss

    def forward(self, hidden, labels, items):
        return self.loss(self.linear, hidden, labels, items)


def of_logits(linear, hidden, labels, items):
    return front.cross_entropy(linear(hidden), labels, denominator=items)


def of_hidden(linear, hidden, labels, items):
    weight, bias = linear.weight, linear.bias
    return front.linear_cross_entropy(hidden, weight, labels, linear_bias=bias, denominator=items)


def of_events(linear, hidden, labels, items):
    events = (labels % 2).float()[:, None].expand(-1, 5)
    return front.binary_cross_entropy_with_logits(linear(hidden), events, denominator=items)


LOSSES = {"logits": of_logits, "hidden states": of_hidden, "events": of_events}


def trained(rank, ranks, name):
    """Gradients of the head after one step of DDP, the same on all ranks."""
    model = torch.nn.parallel.DistributedDataParallel(Head(LOSSES[name]))
    rows = slice(4 * rank, 4 * rank + 4)
    # Gradients are averaged over ranks, so each part is divided by its share of all labels.
    model(HIDDEN[rows], LABELS[rows], torch.tensor(7.0 / ranks)).backward()
    return [part.grad for part in model.parameters()]


@pytest.mark.parametrize("name", LOSSES)
def test_data_parallel_training_gives_the_gradient_of_the_whole_batch(pair, name):
    whole = Head(LOSSES[name])
    whole(HIDDEN, LABELS, 7.0).backward()
    for found in pair.call(trained, name):
        for one, part in zip(found, whole.parameters(), strict=True):
            torch.testing.assert_close(one, part.grad)


OF_DTENSORS = {
    "labels": (xent.losses.Focal(ignored_label=-100), LABELS),
    "weights": (xent.losses.SoftmaxCrossEntropy(ignored_label=-100, class_weights=[1.0, 2, 3, 4, 5]), LABELS),
    "an array": (xent.losses.LogitAdjusted(class_counts=torch.arange(1.0, 6.0)), LABELS.clamp(min=0)),
    "targets": (xent.losses.js_divergence_of_targets, MASS),
    "events": (xent.losses.sigmoid_focal, MASS.round()),
    "embeddings": (xent.losses.supervised_contrastive, torch.tensor([0, 1, 0, 1, 2, 2, 0, 1])),
}
LOGITS = 2 * HIDDEN @ torch.randn(3, 5, generator=GENERATOR)


def on_dtensors(rank, ranks, name):
    """Values, gradients, mean and its gradient of logits in each placement, gathered."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Replicate, Shard, distribute_tensor

    mesh, (loss, truth) = init_device_mesh("cpu", (ranks,)), OF_DTENSORS[name]
    found = []
    for placement in (Replicate(), Shard(0), Shard(1)):
        laid = distribute_tensor(LOGITS, mesh, [placement]).requires_grad_()
        mean = loss.mean(laid, truth)
        mean.backward()
        parts = loss(laid, truth), loss.gradient(laid, truth), mean, laid.grad
        found.append([part.full_tensor().detach() for part in parts])
    return found


@pytest.mark.parametrize("name", OF_DTENSORS)
def test_losses_of_dtensors_are_those_of_one_process(pair, name):
    loss, truth = OF_DTENSORS[name]
    own = LOGITS.clone().requires_grad_()
    mean = loss.mean(own, truth)
    mean.backward()
    expected = loss(own, truth).detach(), loss.gradient(own, truth).detach(), mean.detach(), own.grad
    for answer in pair.call(on_dtensors, name):
        for found in answer:
            for one, other in zip(found, expected, strict=True):
                torch.testing.assert_close(one, other)


def beside_plain(rank, ranks):
    """Error for a truth that is a DTensor beside logits that are not."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    labels = distribute_tensor(LABELS, init_device_mesh("cpu", (ranks,)), [Shard(0)])
    with pytest.raises(DomainError) as caught:
        xent.losses.focal(LOGITS, labels)
    return str(caught.value)


def test_plain_logits_beside_a_dtensor_are_refused_with_the_cure(pair):
    for message in pair.call(beside_plain):
        assert "focal: `logits` must be a DTensor as the other tensors are; got Tensor" in message
        assert "Use `distribute_tensor` on it." in message


def wrong_rows(rank, ranks):
    """Errors of calls on rows divided among ranks, of which the last has a label out of range."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh, messages = init_device_mesh("cpu", (ranks,)), []

    def laid(tensor):
        return distribute_tensor(tensor, mesh, [Shard(0)])

    rows, hidden, head = LOGITS.log_softmax(-1), HIDDEN, torch.ones(5, 3)
    wrong, beyond = torch.tensor([0, 1, 2, 3, 4, 0, 1, 5]), torch.zeros(8, 5)
    beyond[7, 0] = 2.0
    own = slice(4 * rank, 4 * rank + 4)
    for call in (
        lambda: xent.losses.focal.mean(laid(rows), laid(wrong)),
        lambda: xent.losses.sigmoid_focal.total(laid(rows), laid(beyond)),
        lambda: xent.losses.softmax_cross_entropy.hessian(laid(rows), laid(wrong)),
        lambda: front.cross_entropy(laid(rows), laid(wrong)),
        lambda: front.nll_loss(laid(rows), laid(wrong)),
        lambda: front.linear_cross_entropy(laid(hidden), laid(head), laid(wrong)),
        lambda: front.linear_cross_entropy(laid(hidden), head, laid(wrong), nonfinite="raise"),
        # Rows of this rank beside a weight that the ranks keep divided.
        lambda: front.linear_cross_entropy(hidden[own], laid(head), wrong[own]),
    ):
        with pytest.raises(DomainError) as caught:
            call()
        messages.append(str(caught.value))
    return messages


def test_a_wrong_row_of_one_rank_is_an_error_on_every_rank(pair):
    other, own = pair.call(wrong_rows)
    for there, here in zip(other, own, strict=True):
        assert "must lie in" in here
        assert "must have valid rows on all ranks; got an error on another rank." in there
