"""Machine code for processors that these tests do not run on, as far as llvmlite was built for them."""

import re

import llvmlite.binding as llvm
import numpy as np
import pytest
from tests.kernels.elementwise import FORMATS

from xent.kernels.softmax_cross_entropy.cpu.kernels import kernel_called
from xent.kernels.vector_code import assembly
from xent.kernels.vector_code.shared_rows import add_shared_rows

KERNELS = [("labels", np.float32), ("labels", np.float64), ("labels", np.uint16), ("short_rows", np.float32)]
# A triple, a processor, and the registers that vectors are in.
MACHINES = {
    "plain x86": ("x86_64-unknown-linux-gnu", "x86-64", r"\bmulps|\bmulpd"),
    "plain x86 of Windows": ("x86_64-pc-windows-msvc", "x86-64", r"\bmulps|\bmulpd"),
    "musl": ("x86_64-unknown-linux-musl", "haswell", r"\bvfn?m(add|sub)\w+p[sd]\s.*%ymm"),
    "Arm": ("aarch64-unknown-linux-gnu", "generic", r"\bfml[as]\s+v\d+\.(4s|2d)"),
    "Apple": ("arm64-apple-macosx13.0", "apple-m1", r"\bfml[as](\.4s|\.2d)\s+v\d+"),
}


def machine_of(triple, cpu):
    """LLVM's machine of a name, or none where llvmlite was built without it."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        target = llvm.Target.from_triple(triple)
    except RuntimeError as missing:
        pytest.skip(f"llvmlite was built without this target: {missing}")
    return target.create_target_machine(cpu=cpu, opt=2)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "dtype"), KERNELS)
@pytest.mark.parametrize("processor", MACHINES)
def test_kernels_compile_for_it(processor, name, dtype):
    triple, cpu, packed = MACHINES[processor]
    machine = machine_of(triple, cpu)
    assert machine.triple == triple
    kernel = kernel_called(name, FORMATS[dtype], FORMATS[dtype], gradient=True)
    add_shared_rows(kernel)
    code = assembly(kernel, machine)
    assert len(re.findall(packed, code)) >= 10
    if cpu == "x86-64":
        assert not re.search(r"[yz]mm\d|^\s+v\w+p[sd]\s", code, flags=re.MULTILINE)
    else:
        # Nothing is called but the kernel itself and, by its address, what lets other threads run.
        called = set(re.findall(r"^\s+(?:callq?|bl)\s+(\S+)", code, flags=re.MULTILINE))
        assert all(kernel.name in one for one in called if not one.startswith("*")), called
