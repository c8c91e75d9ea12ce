"""Whether kernels can run on this processor."""

from __future__ import annotations

import functools
import platform

from xent.kernels.first_use import FIRST_USE

__all__ = ["runs_here"]

# What kernels are made of on x86; without it LLVM would call functions that may not be there. Every Arm
# processor of 64 bits has its like.
_NEEDED = ("avx2", "fma", "f16c")
_X86 = ("x86_64", "amd64")
_ARM = ("aarch64", "arm64")


@functools.cache
def runs_here() -> bool:
    """Whether llvmlite is installed and the processor has what the kernels need."""
    machine = platform.machine().lower()
    try:
        with FIRST_USE:
            import llvmlite.binding as llvm
    except ImportError:
        return False
    if machine not in _X86:
        return machine in _ARM
    found = llvm.get_host_cpu_features()
    return all(found.get(name, False) for name in _NEEDED)
