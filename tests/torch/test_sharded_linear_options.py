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
