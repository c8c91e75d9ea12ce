"""Errors of one rank among ranks that compute parts of one call, with a collective that the test plays."""

import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there

from xent.arrays import raised_together  # noqa: E402 - likewise
from xent.errors import BackendError, DomainError  # noqa: E402 - likewise

pytestmark = pytest.mark.skipif(not dist.is_available(), reason="PyTorch without process groups")


@pytest.fixture
def sums(monkeypatch):
    """Sums that the collective has made; another rank of each group adds what the list `others` holds."""
    found, others = [], []

    def all_reduce(count, group):
        count += others[group]
        found.append(int(count))

    monkeypatch.setattr(dist, "all_reduce", all_reduce)
    return found, others


def of_two_groups(computes):
    return raised_together(computes, [0, 1], "cpu", caller="focal", argument="logits")


def test_a_result_is_returned_once_no_rank_of_any_group_has_failed(sums):
    found, others = sums
    others += [0, 0]
    assert of_two_groups(lambda: 7) == 7
    assert found == [0, 0]


def test_an_error_of_another_rank_is_raised_here(sums):
    _, others = sums
    for failed in ([1, 0], [0, 1]):
        others[:] = failed
        with pytest.raises(
            DomainError, match="focal: `logits` must have valid rows on all ranks; got an error"
        ):
            of_two_groups(lambda: 7)


def test_an_error_of_this_rank_is_raised_once_the_others_know(sums):
    found, others = sums
    others += [0, 0]

    def computes():
        raise OSError(5)

    with pytest.raises(OSError, match="5"):
        of_two_groups(computes)
    assert found == [1, 1]


def test_a_call_without_divided_rows_or_in_a_trace_exchanges_nothing(sums):
    found, others = sums
    others += [0, 0]
    assert raised_together(lambda: 7, [], "cpu", caller="focal", argument="logits") == 7
    torch.func.vmap(lambda x: of_two_groups(lambda: x))(torch.zeros(2))
    assert found == []


def test_a_lost_rank_is_named_as_such(monkeypatch):
    def all_reduce(_, *, group):
        raise RuntimeError(f"Timed out in group {group}\nin a socket")

    monkeypatch.setattr(dist, "all_reduce", all_reduce)
    with pytest.raises(
        BackendError,
        match=r"have all its ranks in the call; got Timed out in group 0\. Another rank has died",
    ):
        of_two_groups(lambda: 7)
