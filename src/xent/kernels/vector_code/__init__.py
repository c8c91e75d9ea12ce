"""
A small language for vector code: Python that writes LLVM's instructions.

Kernels are written with the values and the control flow of this folder and compiled for the processor at
hand. Unlike a compiler that vectorises loops it does what it is told: the lanes of a vector and the order
of a sum are the same on each machine, in place or not. It knows nothing of cross-entropy.

It may import NumPy and llvmlite only, and it is imported when the first kernel is needed.
"""

from xent.kernels.vector_code.kernel import POINTER, Kernel, Variable
from xent.kernels.vector_code.lanes import folded, lane_bits, shuffled, trailing_zeros
from xent.kernels.vector_code.machine_code import assembly, compiled, compiled_shared
from xent.kernels.vector_code.memory import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS, INT64, Array, Format
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
