"""Linear cross-entropy over ranks that threads play, with every option: the results of one process."""

import pytest

torch = pytest.importorskip("torch")

from tests.played_ranks import PlayedRanks  # noqa: E402 - after the question whether PyTorch is there
from tests.torch.sharded_linear_cases import (  # noqa: E402 - likewise
    CUTS,
    EPS,
    OPTIONS,
    assert_agree,
    results,
)

from xent.errors import LabelError  # noqa: E402 - likewise
from xent.torch import linear_cross_entropy  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy import sharded  # noqa: E402 - likewise


def of_rank(rank, group, name, dtype):
    """Results of one rank."""
    return results(name, dtype, slice(*CUTS[group.ranks][rank : rank + 2]), group)


@pytest.fixture(params=["chunks", "all logits"])
def way(request, monkeypatch):
    """All logits of a rank are what traced calls compute."""
    if request.param == "all logits":
        monkeypatch.setattr(sharded, "reason_not_by_chunks", lambda _: "the call is traced")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_gives_the_loss_and_the_gradients_of_one_process(monkeypatch, name):
    group = PlayedRanks(monkeypatch, 3)
    for dtype, eps in EPS.items():
        answers = group.call(of_rank, name, dtype)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        assert_agree(answers, results(name, dtype, slice(None), None), eps, name)


def without_rows(_, group, statistics):
    """Gradients of one rank for no rows."""
    hidden, weight = (torch.zeros(rows, 2, requires_grad=True) for rows in (0, 3))
    loss = linear_cross_entropy(
        hidden, weight, torch.zeros(0, dtype=torch.int64), reduction="sum", return_stats=statistics,
        top_k=2 * statistics, process_group=group,
    )  # fmt: skip
    total = loss[0] + loss[1].entropy.sum() + loss[1].top_log_probs.sum() if statistics else loss
    total.backward()
    return hidden.grad, weight.grad


@pytest.mark.parametrize("statistics", [False, True], ids=["loss", "statistics"])
def test_no_rows_have_gradients_of_no_rows_and_of_0(monkeypatch, statistics):
    for of_hidden, of_weight in PlayedRanks(monkeypatch, 2).call(without_rows, statistics):
        assert of_hidden.shape == (0, 2)
        assert of_weight.tolist() == [[0.0, 0.0]] * 3


def with_a_label_too_many(_, group):
    """Call in chunks of two rows with two labels that no rank has."""
    labels = torch.tensor([0, 1, 2, 0, 9, 7])
    return linear_cross_entropy(
        torch.zeros(6, 2), torch.zeros(2, 2), labels, chunk_bytes=16, process_group=group
    )


def test_a_label_that_no_rank_has_is_named_by_its_row_of_all(monkeypatch):
    for error in PlayedRanks(monkeypatch, 2).call(with_a_label_too_many):
        assert isinstance(error, LabelError)
        assert "lie in 0..3" in str(error)
        assert "got 9, first at index (4,). 2 of 6 labels do not; they reach from 0 to 9." in str(error)
