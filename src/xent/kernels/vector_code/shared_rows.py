"""
The function through which threads share the rows of a kernel.

All threads call it with one address, that of a job: a counter, and the arguments of the kernel. Each takes
the next range of rows until none is left, so that one which is interrupted leaves its share to the others.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from xent.kernels.vector_code.kernel import POINTER, Kernel
from xent.kernels.vector_code.value import INT

__all__ = ["SHARED", "add_shared_rows", "layout"]

# What it is called, after the kernel's name.
SHARED = "_shared"
# Of 8 bytes each, before the arguments.
_HEADER = ("next_row", "next_thread", "rows", "rows_at_once", "scratch_bytes")


def add_shared_rows(kernel: Kernel) -> None:
    """
    Write the function beside a kernel whose last arguments are the first row and the end of a range.

    The argument `scratch`, if there is one, is the memory of one thread, `scratch_bytes` after that of the
    thread before.
    """
    function = kernel.module.globals[kernel.name]
    shared = ir.Function(kernel.module, ir.FunctionType(ir.VoidType(), [POINTER]), name=kernel.name + SHARED)
    builder = ir.IRBuilder(shared.append_basic_block("entry"))
    (job,) = shared.args

    def slot(index: int) -> Any:
        return builder.gep(job, [ir.Constant(INT, index)], source_etype=INT)

    next_row, next_thread, rows, at_once, scratch_bytes = map(slot, range(len(_HEADER)))
    rows, at_once, scratch_bytes = (builder.load(x, typ=INT) for x in (rows, at_once, scratch_bytes))
    own = builder.mul(builder.atomic_rmw("add", next_thread, ir.Constant(INT, 1), "monotonic"), scratch_bytes)
    names = list(kernel.arguments)[:-2]
    fixed = []
    for index, (name, argument) in enumerate(zip(names, function.args, strict=False), start=len(_HEADER)):
        value = builder.load(slot(index), typ=argument.type)
        if name == "scratch":
            value = builder.gep(value, [own], source_etype=ir.IntType(8))
        fixed.append(value)
    head, body, end = (shared.append_basic_block(name) for name in ("head", "body", "end"))
    builder.branch(head)
    builder.position_at_end(head)
    first = builder.atomic_rmw("add", next_row, at_once, "monotonic")
    builder.cbranch(builder.icmp_signed("<", first, rows), body, end)
    builder.position_at_end(body)
    last = builder.add(first, at_once)
    last = builder.select(builder.icmp_signed("<", last, rows), last, rows)
    builder.call(function, [*fixed, first, last])
    builder.branch(head)
    builder.position_at_end(end)
    builder.ret_void()


def layout(kernel: Kernel) -> str:
    """The job as Python's `struct` writes it."""
    arguments = [value.type for value in kernel.arguments.values()][:-2]
    return "=" + "q" * len(_HEADER) + "".join(map(_code, arguments))


def _code(typ: Any) -> str:
    if isinstance(typ, ir.PointerType):
        return "Q"
    if isinstance(typ, ir.IntType):
        return "q"
    return "d" if isinstance(typ, ir.DoubleType) else "f4x"
