"""
Arrays that a kernel reads and writes, in four formats of floats.

Arithmetic is in the type `compute`: a 16-bit float is widened exactly when it is read, and rounded once, to
nearest even, when it is written.

Source of the rounding of bfloat16 as an addition of integers: IEEE Std 754-2019, section 4.3.1. A carry
into the exponent is correct, because positive floats are ordered like their bit patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from xent.kernels.vector_code.kernel import Kernel
from xent.kernels.vector_code.value import INT, Value, bits, convert, floats, mangled, select

__all__ = ["BFLOAT16", "FLOAT16", "FLOAT32", "FLOAT64", "FORMATS", "INT32", "INT64", "Array", "Format"]

_WORD = ir.IntType(16)
_SINGLE = ir.FloatType()


@dataclass(frozen=True)
class Format:
    """
    Format of numbers in memory.

    Parameters
    ----------
    name : str
        Name of the format, part of the names of kernels.
    stored : LLVM type
        Type in memory; integers of 16 bits for bfloat16.
    compute : LLVM type
        Type of the arithmetic: of 64 bits for numbers of 64 bits, else float32.
    lanes : int
        Lanes of a vector of 512 bits of `compute`. A processor with narrower registers uses several for one
        vector; results are the same.
    """

    name: str
    stored: Any
    compute: Any
    lanes: int

    @property
    def arithmetic(self) -> Format:
        """Format in which numbers of this format are computed: FLOAT64 for 64 bits, else FLOAT32."""
        return FLOAT64 if isinstance(self.compute, ir.DoubleType) else FLOAT32

    @property
    def bytes(self) -> int:
        """Bytes of one number in memory."""
        return {_WORD: 2, ir.HalfType(): 2, _SINGLE: 4, ir.IntType(32): 4}.get(self.stored, 8)


FLOAT64 = Format("float64", ir.DoubleType(), ir.DoubleType(), 8)
FLOAT32 = Format("float32", _SINGLE, _SINGLE, 16)
FLOAT16 = Format("float16", ir.HalfType(), _SINGLE, 16)
BFLOAT16 = Format("bfloat16", _WORD, _SINGLE, 16)
INT32 = Format("int32", ir.IntType(32), INT, 8)
INT64 = Format("int64", INT, INT, 8)
FORMATS = {numbers.name: numbers for numbers in (FLOAT64, FLOAT32, FLOAT16, BFLOAT16)}


@dataclass(frozen=True)
class Array:
    """
    Contiguous numbers in memory.

    Parameters
    ----------
    kernel : Kernel
        Kernel that reads and writes them.
    pointer : Value
        Address of the first number.
    format : Format
        Format of the numbers.
    """

    kernel: Kernel
    pointer: Value
    format: Format

    def after(self, offset: Value) -> Array:
        """The array from index `offset` on."""
        return Array(self.kernel, self._address(offset), self.format)

    def load(self, index: Value, lanes: int = 0, *, where: Value | None = None, other: float = 0.0) -> Value:
        """
        Number at `index`, or the vector of `lanes` numbers from `index` on, in the arithmetic type.

        Lanes outside the mask `where` are not read and hold `other`; with a mask, its lanes count and `lanes`
        does not. None reads all lanes. The address need only be aligned to one number.
        """
        if where is None:
            typ = ir.VectorType(self.format.stored, lanes) if lanes else self.format.stored
            address = self._address(index).register
            loaded = self.kernel.builder.load(address, align=self.format.bytes, typ=typ)
            return self._widened(Value(loaded, self.kernel.builder))
        loaded = self._widened(self._masked_load(index, where))
        return select(where, loaded, other) if other else loaded

    def store(self, index: Value, value: Value, *, where: Value | None = None) -> None:
        """
        Store a number at `index`, or a vector from `index` on, rounded to the format of the memory.

        `value` is in the arithmetic type. Only the lanes of the mask `where` are written; None writes all.
        """
        address = self._address(index).register
        stored = self._narrowed(value).register
        builder = self.kernel.builder
        if where is None:
            builder.store(stored, address, align=self.format.bytes)
            return
        types = [stored.type, address.type, ir.IntType(32), where.type]
        name = f"llvm.masked.store.{mangled(stored.type)}.p0"
        function = _declared(self.kernel, name, ir.VoidType(), types)
        builder.call(function, [stored, address, self._alignment(), where.register])

    def prefetch(self, index: Value, *, for_writing: bool = False) -> None:
        """
        Prefetch the cache line of the number at `index` into the second-level cache.

        The address may be invalid. With `for_writing`, the line is prefetched for a store.
        """
        word = ir.IntType(32)
        address = self._address(index).register
        types = [address.type, word, word, word]
        function = _declared(self.kernel, "llvm.prefetch.p0", ir.VoidType(), types)
        # Locality 2, the second-level cache: the first holds the row in work. The last 1 means data, not
        # code.
        numbers = [ir.Constant(word, number) for number in (int(for_writing), 2, 1)]
        self.kernel.builder.call(function, [address, *numbers])

    def _masked_load(self, index: Value, where: Value) -> Value:
        """
        Vector of as many lanes as the mask `where` from `index` on, in the type of the memory, not converted.

        Lanes outside the mask are not read and hold 0.
        """
        typ = ir.VectorType(self.format.stored, where.lanes)
        address = self._address(index).register
        types = [address.type, ir.IntType(32), where.type, typ]
        function = _declared(self.kernel, f"llvm.masked.load.{mangled(typ)}.p0", typ, types)
        zeros = ir.Constant(typ, [ir.Constant(self.format.stored, 0)] * where.lanes)
        arguments = [address, self._alignment(), where.register, zeros]
        return Value(self.kernel.builder.call(function, arguments), self.kernel.builder)

    def _address(self, index: Value) -> Value:
        """Address of the number at `index`."""
        builder = self.kernel.builder
        address = builder.gep(self.pointer.register, [index.register], source_etype=self.format.stored)
        return Value(address, builder)

    def _alignment(self) -> Any:
        """Bytes by which LLVM may take the addresses to be aligned: those of one number."""
        return ir.Constant(ir.IntType(32), self.format.bytes)

    def _widened(self, value: Value) -> Value:
        """
        Numbers of the type of the memory, converted to the arithmetic type.

        Bit patterns of bfloat16 are shifted into float32.
        """
        if self.format.stored is not _WORD:
            return convert(value, self.format.compute)
        zext = value.builder.zext(value.register, _like_vector(ir.IntType(32), value))
        return floats(value.new(zext) << 16)

    def _narrowed(self, value: Value) -> Value:
        """
        Numbers of the arithmetic type, converted to the type of the memory.

        They are rounded to nearest even; bfloat16 has one bit pattern for all nan.
        """
        if self.format.stored is not _WORD:
            return convert(value, self.format.stored)
        pattern = bits(value)
        odd = (pattern >> 16) & 1
        rounded = (pattern + odd + 0x7FFF) >> 16
        # Rounding the largest bit pattern of nan would carry into the sign.
        return convert(select(value != value, 0x7FC0, rounded), _WORD)  # noqa: PLR0124 - the test for nan


def _like_vector(element: Any, value: Value) -> Any:
    """Vector type of `element` with the lanes of `value`; `element` itself for a scalar."""
    return ir.VectorType(element, value.lanes) if value.lanes else element


def _declared(kernel: Kernel, name: str, result: Any, types: list[Any]) -> Any:
    """
    Function `name` of LLVM in the kernel's module, declared at first use.

    `result` and `types` are the types of its result and its arguments.
    """
    known = kernel.module.globals.get(name)
    if known is not None:
        return known
    return ir.Function(kernel.module, ir.FunctionType(result, types), name=name)
