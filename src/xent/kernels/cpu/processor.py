"""
Where kernels run: on processors that have the instructions, unless the environment says no.

``XENT_KERNELS=0`` leaves everything to the formulas, as on a processor without the instructions. A process
reads it once.
"""

from __future__ import annotations

import functools
import os
import platform
import sys

from xent.errors import DomainError
from xent.kernels.cpu.first_use import FIRST_USE

__all__ = ["runs_here"]

# What kernels are made of on x86; without it LLVM would call functions that may not be there. Every Arm
# processor of 64 bits has its like.
_NEEDED = ("avx2", "fma", "f16c")
_X86 = ("x86_64", "amd64")
_ARM = ("aarch64", "arm64")


@functools.cache
def runs_here() -> bool:
    """
    True if llvmlite is installed, the processor has what the kernels need, and ``XENT_KERNELS`` is not 0.

    Raises
    ------
    DomainError
        If ``XENT_KERNELS`` is anything but 0, 1 or empty.
    """
    wanted = os.environ.get("XENT_KERNELS", "").strip() or "1"
    if wanted not in ("0", "1"):
        raise DomainError("runs_here", "XENT_KERNELS", "be 0 or 1 in the environment", got=repr(wanted))
    # Kernels know addresses of 64 bits only, which a program of 32 bits on such a processor has not.
    return wanted == "1" and sys.maxsize > 2**32 and _has_instructions()


def _has_instructions() -> bool:
    machine = platform.machine().lower()
    with FIRST_USE:
        try:
            import llvmlite.binding as llvm
        except ImportError:
            return False
        if machine not in _X86:
            return machine in _ARM
        found = llvm.get_host_cpu_features()
    return all(found.get(name, False) for name in _NEEDED)
