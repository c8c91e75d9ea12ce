import pytest

torch = pytest.importorskip("torch")

from xent.errors import DTypeError  # noqa: E402 - after the question whether PyTorch is there
from xent.kernels.triton import launches  # noqa: E402 - likewise


def test_a_launch_without_a_tensor_is_no_failure_of_triton(monkeypatch):
    monkeypatch.setattr(launches, "_IS_INSTALLED", True)
    monkeypatch.setattr(launches, "IS_INTERPRETED", True)
    monkeypatch.setattr(launches, "_failures", [])
    with pytest.raises(DTypeError, match=r"^launched: `arguments` must hold a tensor; got int, float\.$"):
        launches.launched({(1,): None}, (1,), 2, 0.5)
    assert launches.reason_not_triton(torch.zeros(1), "input") is None
