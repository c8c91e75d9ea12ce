import pytest

torch = pytest.importorskip("torch")


@pytest.fixture(params=["whole rows", "tiles"])
def tiling(request, monkeypatch):
    """Both passes of the kernel over a row: in registers, and by tiles of 16 logits."""
    if request.param == "tiles":
        from tests.gpu.small_tiles import small_tiles

        small_tiles(monkeypatch)
    return request.param
