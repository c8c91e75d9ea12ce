"""From LLVM's language to functions that Python can call, on this processor."""

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

# They are never taken down, for a thread may be inside a kernel.
_ENGINES: list[Any] = []


def compiled(kernel: Kernel) -> Callable[..., None]:
    """The finished kernel; while it runs, other threads of Python do."""
    types = [_ctype(value.type) for value in kernel.arguments.values()]
    with FIRST_USE:
        return ctypes.CFUNCTYPE(None, *types)(_engine(kernel).get_function_address(kernel.name))


def compiled_shared(kernel: Kernel) -> tuple[int, int, int]:
    """Addresses of the functions through which threads share the rows of a finished kernel."""
    with FIRST_USE:
        add_shared_rows(kernel)
        address = _engine(kernel).get_function_address
        return address(kernel.name + SHARED), address(kernel.name + LEAD), address(kernel.name + HELP)


def assembly(kernel: Kernel, machine: Any = None) -> str:
    """The instructions of the finished kernel, for this processor or another machine of LLVM's."""
    with FIRST_USE:
        machine = machine or _machine()
        return str(machine.emit_assembly(_optimised(kernel.text(), machine)))


def _engine(kernel: Kernel) -> Any:
    machine = _machine()
    engine = llvm.create_mcjit_compiler(_optimised(kernel.text(), machine), machine)
    engine.finalize_object()
    _ENGINES.append(engine)
    return engine


def _optimised(text: str, machine: Any) -> Any:
    module = llvm.parse_assembly(text)
    module.verify()
    # Kernels are written as vectors and unrolled already. The whole pipeline makes them no faster, and takes
    # longer than all that is left.
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
    return module


def _machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    try:
        features = llvm.get_host_cpu_features().flatten()
    except RuntimeError:
        # Not each system names them; the name of the processor says enough.
        features = ""
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=2, jit=True)


def _ctype(typ: Any) -> Any:
    if isinstance(typ, ir.PointerType):
        return ctypes.c_void_p
    if isinstance(typ, ir.IntType):
        return ctypes.c_int64
    return ctypes.c_double if isinstance(typ, ir.DoubleType) else ctypes.c_float
