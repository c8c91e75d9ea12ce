import pytest

torch = pytest.importorskip("torch")


@pytest.fixture(params=["whole rows", "tiles"])
def tiling(request, monkeypatch):
    """Both passes of the kernel over a row: in registers, and by tiles of 16 logits."""
    from xent.kernels.softmax_cross_entropy.triton import launch

    if request.param == "tiles":
        monkeypatch.setattr(launch, "_MOST_IN_REGISTERS", 0)
        monkeypatch.setattr(launch, "_MOST_WITH_TARGETS", 0)
        monkeypatch.setattr(launch, "_TILE", 16)
        # The interpreter takes as long for eight rows as for one.
        monkeypatch.setattr(launch, "_ROWS_BY_TILES", 32)
    return request.param
