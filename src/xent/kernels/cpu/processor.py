"""
Test of the processor's instructions, and the switch ``XENT_KERNELS``, which a process reads once.

With ``XENT_KERNELS=0`` every loss is evaluated by its formula, as on a processor without the instructions.
"""

from __future__ import annotations

import functools
import os
import platform
import sys

from xent.errors import DomainError
from xent.kernels.cpu.first_use import FIRST_USE

__all__ = ["runs_here"]

# Features that kernels use on x86; without them LLVM would call library functions that may be missing.
# AArch64 always has equivalents.
_NEEDED = ("avx2", "fma", "f16c")
_X86 = ("x86_64", "amd64")
_ARM = ("aarch64", "arm64")


@functools.cache
def runs_here() -> bool:
    """
    True if llvmlite is installed, the processor has what the kernels need, Python has 64 bits, and
    ``XENT_KERNELS`` is not 0. A process asks once: the answer is kept.

    Raises
    ------
    DomainError
        If ``XENT_KERNELS`` is anything but 0, 1 or empty.
    """
    wanted = os.environ.get("XENT_KERNELS", "").strip() or "1"
    if wanted not in ("0", "1"):
        raise DomainError("runs_here", "XENT_KERNELS", "be 0 or 1 in the environment", got=repr(wanted))
    # Kernels take 64-bit addresses; a 32-bit program may run on such a processor.
    return wanted == "1" and sys.maxsize > 2**32 and _has_instructions()


def _has_instructions() -> bool:
    """
    True for 64-bit Arm, and for x86 of 64 bits with the instructions AVX2, FMA and F16C.

    False for any other machine, and without llvmlite, which this imports. ``XENT_KERNELS`` is not read here.
    """
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
