import pytest

from xent.kernels import runs_here


@pytest.fixture(autouse=True)
def _where_kernels_run():
    if not runs_here():
        pytest.skip("the processor lacks what kernels are made of")
