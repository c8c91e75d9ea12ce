"""
Peak memory of one step in JAX in a process of its own, beyond its inputs and its results.

The second step is measured, because memory that libraries load and compile in the first is not part of a
step. Linux records the peak of a process and can reset it: both are in /proc.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

__all__ = ["extra_bytes"]

# Return all freed memory to the system: memory kept from the first step would not be counted in the second.
_ALL_GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536"}


def extra_bytes(case: str, provider: str) -> float:
    """Peak bytes of a step; nan if the system does not report them."""
    if not Path("/proc/self/clear_refs").exists():
        return float("nan")
    command = [sys.executable, "-m", "benchmarks.jax_memory", case, provider]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | _ALL_GIVEN_BACK
    )
    return float(done.stdout)


def _main(case: str, provider: str) -> None:
    import jax

    from benchmarks import jax_steps

    if case == "linear":
        step, arrays = jax_steps.linear_steps()[provider], jax_steps.linear_arrays(*jax_steps.LINEAR)
    else:
        step = jax_steps.logits_steps()[case][provider]
        arrays = jax_steps.logits_arrays(*jax_steps.LOGITS)
    jax.block_until_ready(step(*arrays))
    # Traces of the first step may hold its arrays in cycles.
    gc.collect()
    before = _bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    results = jax.block_until_ready(step(*arrays))
    print(_bytes("VmHWM") - before - sum(array.nbytes for array in jax.tree.leaves(results)))


def _bytes(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(next(line for line in status.splitlines() if line.startswith(what)).split()[1])


if __name__ == "__main__":
    _main(*sys.argv[1:])
