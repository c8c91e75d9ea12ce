"""
Threads of OpenMP and OpenBLAS sleep while they wait for work: spinning, they take cores from other workers.

With as many processes as cores, and as many threads in each, tests of matrix products in PyTorch took five
times the processor time. Libraries read the variables when they are loaded, so they are set before the
collection.
"""

import os

__all__ = ["SLEEPING", "pytest_configure"]

SLEEPING = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_THREAD_TIMEOUT": "4"}


def pytest_configure(config):
    """Set the variables that the environment does not set, for this process and those it starts."""
    new = {name: value for name, value in SLEEPING.items() if name not in os.environ}
    os.environ.update(new)
    config.add_cleanup(lambda: [os.environ.pop(name, None) for name in new])
