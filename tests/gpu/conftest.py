import os

import pytest

torch = pytest.importorskip("torch")


@pytest.fixture(params=["whole rows", "tiles"])
def tiling(request, monkeypatch):
    """Both passes of the kernel over a row: in registers, and by tiles of 16 logits."""
    if request.param == "tiles":
        from tests.gpu.small_tiles import small_tiles

        small_tiles(monkeypatch)
    return request.param


@pytest.fixture(scope="session", autouse=True)
def _language_replaced_once_a_launch():
    """
    Have Triton's interpreter replace the operations of its language once a launch.

    It would do so again in each function that a kernel calls, which changes nothing and takes a third of the
    time.
    """
    if os.environ.get("TRITON_INTERPRET") != "1":
        yield
        return
    from tests.gpu.replaced_language import replace_once

    with pytest.MonkeyPatch.context() as patch:
        replace_once(patch)
        yield
