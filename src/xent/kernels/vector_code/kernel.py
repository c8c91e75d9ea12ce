"""
A kernel under construction: its arguments, its loops, its conditions and its variables.

Source of the shape of a loop: Aho, A. V., Lam, M. S., Sethi, R., Ullman, J. D. (2007). Compilers, 2nd ed.,
section 6.6.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from llvmlite import ir

from xent.kernels.vector_code.value import INT, Value

__all__ = ["POINTER", "Kernel", "Variable"]

POINTER = ir.PointerType()


class Variable:
    """
    Variable of a kernel; LLVM keeps it in a register.

    Parameters
    ----------
    kernel : Kernel
        Kernel of the variable.
    initial : Value
        First value.
    """

    __slots__ = ("_builder", "_place", "_type")

    def __init__(self, kernel: Kernel, initial: Value) -> None:
        self._builder = kernel.builder
        self._type = initial.type
        with self._builder.goto_entry_block():
            self._place = self._builder.alloca(initial.type)
        self.value = initial

    @property
    def value(self) -> Value:
        """The variable's value at the current insertion point."""
        return Value(self._builder.load(self._place, typ=self._type), self._builder)

    @value.setter
    def value(self, value: Value) -> None:
        self._builder.store(value.register, self._place)


class Kernel:
    """
    Function of pointers and numbers, without a result, under construction.

    `arguments` holds its arguments as values, by name. Instructions are appended at the insertion point of
    `builder`, which `loop`, `when` and `either` move.

    Parameters
    ----------
    name : str
        Name in the machine code.
    arguments : dict of str to LLVM type
        Types of the arguments by name, in the order of the signature.
    """

    def __init__(self, name: str, arguments: dict[str, Any]) -> None:
        self.name = name
        self.module = ir.Module(name=name)
        signature = ir.FunctionType(ir.VoidType(), list(arguments.values()))
        function = ir.Function(self.module, signature, name=name)
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        registers = zip(arguments, function.args, strict=True)
        self.arguments = {key: Value(register, self.builder) for key, register in registers}

    def text(self) -> str:
        """Finish the kernel, and return its text in LLVM's language; nothing may be added afterwards."""
        self.builder.ret_void()
        return str(self.module)

    def constant(self, number: float, element: Any = INT) -> Value:
        """Constant `number`, not a vector, of the LLVM type `element`: by default an integer of 64 bits."""
        return Value(ir.Constant(element, number), self.builder)

    def lane_numbers(self, lanes: int, element: Any = INT) -> Value:
        """The vector ``0, 1, ..., lanes - 1`` of the LLVM type `element`, by default integers of 64 bits."""
        return Value(ir.Constant(ir.VectorType(element, lanes), list(range(lanes))), self.builder)

    def variable(self, initial: Value) -> Variable:
        """A new variable of the type of `initial`, which is its value until it is set."""
        return Variable(self, initial)

    def local_array(self, element: Any, count: int) -> Value:
        """
        Address, aligned to 64 bytes, of uninitialised memory for `count` numbers of the LLVM type `element`.

        The memory is valid during the call and the same at each use, in a loop too.
        """
        with self.builder.goto_entry_block():
            place = self.builder.alloca(ir.ArrayType(element, count))
        place.align = 64
        # Address its numbers, not the array as a whole.
        place.type = POINTER
        return Value(place, self.builder)

    def is_given(self, pointer: Value) -> Value:
        """True if an optional array was given: its address is not 0."""
        return Value(self.builder.ptrtoint(pointer.register, INT), self.builder) != 0

    @contextlib.contextmanager
    def loop(self, start: Value, stop: Value, step: int = 1) -> Iterator[Value]:
        """
        Loop over `start`, ``start + step``, ... below `stop`; the body is written once, with the index given.

        The index is an integer of 64 bits. A `start` that is not below `stop` runs nothing; what the body
        sets must be a `Variable` to be seen by the next turn.
        """
        builder = self.builder
        before = builder.block
        head, body, after = (builder.append_basic_block(name) for name in ("head", "body", "after"))
        builder.branch(head)
        builder.position_at_end(head)
        counter = builder.phi(INT)
        counter.add_incoming(start.register, before)
        index = Value(counter, builder)
        builder.cbranch((index < stop).register, body, after)
        builder.position_at_end(body)
        yield index
        counter.add_incoming((index + step).register, builder.block)
        builder.branch(head)
        builder.position_at_end(after)

    @contextlib.contextmanager
    def when(self, flag: Value) -> Iterator[None]:
        """Run the body if `flag`, a single truth value, holds."""
        with self.builder.if_then(flag.register):
            yield

    @contextlib.contextmanager
    def either(self, flag: Value) -> Iterator[tuple[Any, Any]]:
        """Two context managers: the first runs if `flag`, a single truth value, holds, else the second."""
        with self.builder.if_else(flag.register) as branches:
            yield branches
