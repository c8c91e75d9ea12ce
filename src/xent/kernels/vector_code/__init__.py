"""
A small language for vector code: Python that writes LLVM instructions.

Kernels are written with the values and the control flow of this folder and compiled for the processor at
hand. Nothing is vectorised automatically: the lanes of a vector and the order of a sum are those written, on
every machine, in place or not. The language knows nothing of cross-entropy.

May import NumPy, llvmlite and the lock of `xent.kernels.cpu.first_use`; imported with the first kernel.
"""

from xent.kernels.vector_code.kernel import POINTER, Kernel, Variable
from xent.kernels.vector_code.lanes import folded, lane_bits, shuffled, trailing_zeros
from xent.kernels.vector_code.machine_code import assembly, compiled, compiled_shared
from xent.kernels.vector_code.memory import (
    BFLOAT16,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FORMATS,
    INT32,
    INT64,
    Array,
    Format,
)
from xent.kernels.vector_code.shared_rows import RANGE, layout
from xent.kernels.vector_code.value import (
    FLAG,
    INT,
    Value,
    absolute,
    bits,
    convert,
    floats,
    fma,
    larger,
    select,
    splat,
)

__all__ = [
    "BFLOAT16",
    "FLAG",
    "FLOAT16",
    "FLOAT32",
    "FLOAT64",
    "FORMATS",
    "INT",
    "INT32",
    "INT64",
    "POINTER",
    "RANGE",
    "Array",
    "Format",
    "Kernel",
    "Value",
    "Variable",
    "absolute",
    "assembly",
    "bits",
    "compiled",
    "compiled_shared",
    "convert",
    "floats",
    "fma",
    "folded",
    "lane_bits",
    "larger",
    "layout",
    "select",
    "shuffled",
    "splat",
    "trailing_zeros",
]
