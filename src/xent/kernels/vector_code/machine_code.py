"""Compilation for this processor: from the language of LLVM to functions that Python can call."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.vector_code.kernel import Kernel
from xent.kernels.vector_code.shared_rows import HELP, LEAD, SHARED, add_shared_rows

__all__ = ["assembly", "compiled", "compiled_shared"]

# Never removed: a thread may be executing a kernel.
_ENGINES: list[Any] = []


def compiled(kernel: Kernel) -> Callable[..., None]:
    """
    Kernel as a Python function of its arguments in their order: addresses, integers and floats.

    It returns None, and runs without the interpreter's lock. Compiling finishes the kernel; the machine code
    is kept for the life of the process.
    """
    types = [_ctype(value.type) for value in kernel.arguments.values()]
    with FIRST_USE:
        return ctypes.CFUNCTYPE(None, *types)(_engine(kernel).get_function_address(kernel.name))


def compiled_shared(kernel: Kernel) -> tuple[int, int, int]:
    """
    Addresses of three functions through which threads share a kernel's rows: `SHARED`, `LEAD` and `HELP`.

    Each takes the address of a job (`layout`). Compiling finishes the kernel, which needs the arguments
    `RANGE`.
    """
    with FIRST_USE:
        add_shared_rows(kernel)
        address = _engine(kernel).get_function_address
        return address(kernel.name + SHARED), address(kernel.name + LEAD), address(kernel.name + HELP)


def assembly(kernel: Kernel, machine: Any = None) -> str:
    """
    Assembly code of a kernel as text; finishes the kernel.

    `machine` is a target machine of LLVM; None means this processor.
    """
    with FIRST_USE:
        machine = machine or _machine()
        return str(machine.emit_assembly(_optimised(kernel.text(), machine)))


def _engine(kernel: Kernel) -> Any:
    """
    Engine with the machine code of a kernel for this processor; it lives as long as the process.

    The kernel is finished: nothing may be added to it afterwards.
    """
    machine = _machine()
    engine = llvm.create_mcjit_compiler(_optimised(kernel.text(), machine), machine)
    engine.finalize_object()
    _ENGINES.append(engine)
    return engine


def _optimised(text: str, machine: Any) -> Any:
    """
    Verified and optimised LLVM module of the `text` of a kernel, for a target `machine`.

    Raises RuntimeError of llvmlite for a text that is no valid module.
    """
    module = llvm.parse_assembly(text)
    module.verify()
    # Kernels are written as unrolled vector code. The full pipeline makes them no faster, and would take more
    # time than all other steps together.
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
    return module


def _machine() -> Any:
    """LLVM's target machine for the processor that this runs on, with all instructions that it reports."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    try:
        features = llvm.get_host_cpu_features().flatten()
    except RuntimeError:
        # Some systems do not list them; LLVM derives them from the processor's name.
        features = ""
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=2, jit=True)


def _ctype(typ: Any) -> Any:
    """Type of ctypes for an LLVM type: void pointer, integer of 64 bits, double, or else float."""
    if isinstance(typ, ir.PointerType):
        return ctypes.c_void_p
    if isinstance(typ, ir.IntType):
        return ctypes.c_int64
    return ctypes.c_double if isinstance(typ, ir.DoubleType) else ctypes.c_float
