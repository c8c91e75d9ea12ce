"""Numbers of each row that ranks gather, with the ranks played in turn by one process."""

import pytest

torch = pytest.importorskip("torch")

from tests.played_ranks import PlayedRanks  # noqa: E402 - after the question for PyTorch

import xent.torch as front  # noqa: E402 - likewise
from xent.torch.cross_entropy import sharded  # noqa: E402 - likewise
from xent.torch.cross_entropy import sharded_rows as rows_of_ranks  # noqa: E402 - likewise

CUTS = (0, 1, 1, 4)


def of_rank(rank, group, logits, options):
    """Loss of each row or statistics, and the gradient in the logits of one rank."""
    columns = slice(*CUTS[rank : rank + 2])
    own, given = logits[:, columns].clone().requires_grad_(), dict(options)
    for name in ("weight", "class_mask"):
        if name in given:
            given[name] = given[name][..., columns]
    if given["target"].is_floating_point():
        given["target"] = given["target"][:, columns]
    factors = given.pop("factors", None)
    found = front.cross_entropy(own, process_group=group, **{"reduction": "none", **given})
    loss = found[0] if isinstance(found, tuple) else found
    total = loss.sum() if factors is None else pulled(found[1], factors)
    total.backward()
    return (
        loss.detach(),
        own.grad,
        [part.detach() for part in found[1] if part is not None] if factors else [],
    )


def pulled(stats, factors):
    """Sum of statistics times their factors; those of the largest log-probabilities differ by place."""
    total = sum(factor * part.sum() for factor, part in zip(factors, stats[:3], strict=True))
    if stats.top_log_probs is None:
        return total
    steps = torch.arange(1.0, 1 + stats.top_log_probs.shape[1], dtype=stats.top_log_probs.dtype)
    return total + (stats.top_log_probs * steps).sum()


def played(monkeypatch, logits, **options):
    """Loss of each row, the gradient in all logits and statistics, with the classes divided at `CUTS`."""
    answers = PlayedRanks(monkeypatch, len(CUTS) - 1).call(of_rank, logits, options)
    # Bit for bit; a nan has others for each sign, and is compared as one number.
    assert all(torch.equal(loss.nan_to_num(), answers[0][0].nan_to_num()) for loss, _, _ in answers)
    return answers[0][0], torch.cat([part for _, part, _ in answers], 1), answers[0][2]


def alone(logits, **options):
    """The same in one process."""
    own, factors = logits.clone().requires_grad_(), options.pop("factors", None)
    found = front.cross_entropy(own, **{"reduction": "none", **options})
    loss = found[0] if isinstance(found, tuple) else found
    (loss.sum() if factors is None else pulled(found[1], factors)).backward()
    return (
        loss.detach(),
        own.grad,
        [part.detach() for part in found[1] if part is not None] if factors else [],
    )


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
    cost, gradient, _ = played(monkeypatch, logits.double(), target=torch.tensor([0, 3]))
    rest = 3 * torch.exp(torch.tensor(-lead, dtype=torch.float64))
    torch.testing.assert_close(cost, torch.log1p(rest).expand(2), rtol=3e-7, atol=0.0)
    at_label = torch.stack([gradient[0, 0], gradient[1, 3]]).double()
    torch.testing.assert_close(at_label, -(rest / (1 + rest)).expand(2), rtol=5e-7, atol=0.0)


GENERATOR = torch.Generator().manual_seed(5)
LOGITS = 4 * torch.randn(6, 4, generator=GENERATOR, dtype=torch.float64) + 1
LABELS = torch.tensor([0, 0, 2, 3, -100, 2])
PROBS = torch.randn(6, 4, generator=GENERATOR, dtype=torch.float64).softmax(1)
WEIGHT = torch.tensor([0.5, 2.0, 1.25, 0.75], dtype=torch.float64)
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0], [1, 0, 1, 0], [0, 0, 1, 1], [1, 1, 1, 1], [0, 1, 1, 1]]) > 0
OPTIONS = {
    "labels": {"target": LABELS},
    "probabilities": {"target": PROBS},
    "smoothed": {"target": LABELS, "label_smoothing": 0.3},
    "weighted": {"target": LABELS, "weight": WEIGHT, "z_loss": 0.1},
    "weighted and smoothed": {"target": LABELS, "weight": WEIGHT, "label_smoothing": 0.3},
    "masked and smoothed": {"target": LABELS, "class_mask": MASK, "label_smoothing": 0.3},
    "mean": {"target": LABELS, "weight": WEIGHT, "reduction": "mean"},
}
# An ignored row of nan, and a class of weight 0 and probability 0.
WITH_NAN = LOGITS.clone()
WITH_NAN[4, 1], WITH_NAN[3, 3] = torch.nan, -torch.inf
NO_LAST = WEIGHT * torch.tensor([1.0, 1.0, 1.0, 0.0])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_gives_the_loss_and_gradient_of_one_process(monkeypatch, name):
    cost, gradient, _ = played(monkeypatch, LOGITS, **OPTIONS[name])
    expected, true, _ = alone(LOGITS, **OPTIONS[name])
    torch.testing.assert_close(cost, expected, rtol=1e-13, atol=0.0)
    torch.testing.assert_close(gradient, true, rtol=1e-11, atol=1e-15)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_what_is_ignored_or_has_weight_0_is_not_read(monkeypatch, smoothing):
    given = {"target": LABELS, "weight": NO_LAST, "label_smoothing": smoothing}
    cost, gradient, _ = played(monkeypatch, WITH_NAN, **given)
    expected, true, _ = alone(WITH_NAN, **given)
    torch.testing.assert_close(cost, expected, rtol=1e-13, atol=0.0)
    torch.testing.assert_close(gradient, true, rtol=1e-11, atol=1e-15)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("target", [LABELS, PROBS, 0 * PROBS], ids=["labels", "probabilities", "zeros"])
def test_a_row_without_a_softmax_is_nan_as_in_one_process(monkeypatch, target):
    logits = LOGITS.clone()
    logits[0], logits[1, 2], logits[2, 3] = -torch.inf, torch.nan, torch.inf
    cost, gradient, _ = played(monkeypatch, logits, target=target)
    assert cost.isnan().tolist() == [True] * 3 + [False] * 3
    assert gradient.isnan().all(1).tolist() == [True] * 3 + [False] * 3
    given = {"target": target, "return_stats": True, "factors": (0.0, 1.0, 1.0)}
    _, gradient, stats = played(monkeypatch, logits, **given)
    assert all(part[:3].isnan().all() for part in stats[:3])
    assert gradient.isnan().all(1).tolist() == [True] * 3 + [False] * 3


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("target", [LABELS, PROBS], ids=["integers", "probabilities"])
def test_statistics_and_their_gradients_are_those_of_one_process(monkeypatch, target):
    given = {"target": target, "return_stats": True, "top_k": 3, "factors": (0.5, 2.0, 3.0)}
    _, gradient, stats = played(monkeypatch, LOGITS, **given)
    _, true, expected = alone(LOGITS, **given)
    for one, other in zip(stats, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(gradient, true, rtol=1e-11, atol=1e-14)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("lead", [20.0, 40.0, 80.0])
def test_the_largest_log_probability_of_a_sure_row_keeps_its_digits(monkeypatch, lead):
    logits = torch.zeros(2, 4, dtype=torch.float64)
    logits[0, 0] = logits[1, 3] = lead
    given = {"target": torch.tensor([0, 3]), "return_stats": True, "top_k": 1, "factors": (0.0, 0.0, 0.0)}
    _, gradient, stats = played(monkeypatch, logits, **given)
    rest = 3 * torch.exp(torch.tensor(-lead, dtype=torch.float64))
    torch.testing.assert_close(stats[4][:, 0], -torch.log1p(rest).expand(2), rtol=1e-15, atol=0.0)
    at_top = torch.stack([gradient[0, 0], gradient[1, 3]])
    torch.testing.assert_close(at_top, (rest / (1 + rest)).expand(2), rtol=1e-15, atol=0.0)


def test_a_label_of_no_rank_gives_nan_where_labels_are_not_read(monkeypatch):
    monkeypatch.setattr(sharded, "check_labels_of_ranks", lambda *_: None)
    cost, gradient, _ = played(monkeypatch, LOGITS, target=torch.tensor([0, 1, 4, 3, -1, 2]))
    wrong = torch.tensor([False, False, True, False, True, False])
    assert torch.equal(cost.isnan(), wrong)
    assert torch.equal(gradient.isnan().all(1), wrong)
    assert torch.equal(gradient.isnan().any(1), wrong)


def test_a_label_of_no_rank_is_nan_beside_class_weights_too(monkeypatch):
    monkeypatch.setattr(sharded, "check_labels_of_ranks", lambda *_: None)
    given = {"target": torch.tensor([0, 1, 4, 3, -1, 2]), "weight": NO_LAST}
    cost, gradient, _ = played(monkeypatch, LOGITS, **given)
    wrong = torch.tensor([False, False, True, False, True, False])
    assert torch.equal(cost.isnan(), wrong)
    assert torch.equal(gradient.isnan().all(1), wrong)


def test_only_a_few_numbers_of_each_row_are_sent(monkeypatch):
    group = PlayedRanks(monkeypatch, 3)
    group.call(
        of_rank, LOGITS, {"target": LABELS, "return_stats": True, "top_k": 2, "factors": (1.0, 1.0, 1.0)}
    )
    sizes = [shape for _, shape in group.sent]
    # The agreement; six numbers a row for the loss and for the statistics; two for each of the largest.
    assert sizes == [(32,), (6 * 6,), (6 * 6,), (2 * 2 * 6,)]
