"""
Numbers of a running kernel: Python arithmetic on them writes the kernel's instructions.

A `Value` is a number or a vector of numbers: floats, integers or truth values. Each Python operator on values
appends one LLVM instruction; a Python number, or a single value beside a vector, is repeated in all lanes.
Nothing is reordered or contracted: ``a * b + c`` is rounded twice, `fma` once.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

__all__ = [
    "FLAG",
    "INT",
    "Value",
    "absolute",
    "bits",
    "convert",
    "floats",
    "fma",
    "intrinsic",
    "larger",
    "mangled",
    "select",
    "splat",
]

INT = ir.IntType(64)
FLAG = ir.IntType(1)


class Value:
    """
    A number, or a vector of numbers, of a running kernel.

    Parameters
    ----------
    register : llvmlite.ir.Value
        Its register.
    builder : llvmlite.ir.IRBuilder
        Builder that appends the instructions.
    """

    __slots__ = ("builder", "register")

    # `==` writes an instruction, so a value cannot be a key.
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, register: Any, builder: Any) -> None:
        self.register = register
        self.builder = builder

    @property
    def type(self) -> Any:
        """LLVM type of the number or the vector."""
        return self.register.type

    @property
    def element(self) -> Any:
        """LLVM type of one number."""
        return self.type.element if self.lanes else self.type

    @property
    def lanes(self) -> int:
        """Number of lanes; 0 for a single number."""
        return self.type.count if isinstance(self.type, ir.VectorType) else 0

    @property
    def is_float(self) -> bool:
        """True for floating-point numbers."""
        return not isinstance(self.element, ir.IntType)

    def new(self, register: Any) -> Value:
        """Value of a register of the same builder."""
        return Value(register, self.builder)

    def __add__(self, other: Any) -> Value:
        return _arithmetic("add", self, other)

    def __sub__(self, other: Any) -> Value:
        return _arithmetic("sub", self, other)

    def __mul__(self, other: Any) -> Value:
        return _arithmetic("mul", self, other)

    def __radd__(self, other: Any) -> Value:
        return _arithmetic("add", self, other)

    def __rsub__(self, other: Any) -> Value:
        return self.like(other) - self

    def __rmul__(self, other: Any) -> Value:
        return _arithmetic("mul", self, other)

    def __truediv__(self, other: Any) -> Value:
        a, b = _matched(self, other)
        return a.new(a.builder.fdiv(a.register, b.register))

    def __rtruediv__(self, other: Any) -> Value:
        return self.like(other) / self

    def __floordiv__(self, other: Any) -> Value:
        a, b = _matched(self, other)
        return a.new(a.builder.sdiv(a.register, b.register))

    def __neg__(self) -> Value:
        return self.new(self.builder.fneg(self.register)) if self.is_float else self.like(0) - self

    def __lshift__(self, count: int) -> Value:
        return self.new(self.builder.shl(self.register, self.like(count).register))

    def __rshift__(self, count: int) -> Value:
        """Arithmetic shift, which keeps the sign."""
        return self.new(self.builder.ashr(self.register, self.like(count).register))

    def __and__(self, other: Any) -> Value:
        a, b = _matched(self, other)
        return a.new(a.builder.and_(a.register, b.register))

    def __or__(self, other: Any) -> Value:
        a, b = _matched(self, other)
        return a.new(a.builder.or_(a.register, b.register))

    def __invert__(self) -> Value:
        return self.new(self.builder.not_(self.register))

    def __lt__(self, other: Any) -> Value:
        return _comparison("<", self, other)

    def __le__(self, other: Any) -> Value:
        return _comparison("<=", self, other)

    def __gt__(self, other: Any) -> Value:
        return _comparison(">", self, other)

    def __ge__(self, other: Any) -> Value:
        return _comparison(">=", self, other)

    def __eq__(self, other: object) -> Value:  # type: ignore[override]
        return _comparison("==", self, other)

    def __ne__(self, other: object) -> Value:  # type: ignore[override]
        return _comparison("!=", self, other)

    def like(self, other: Any) -> Value:
        """
        `other`, a Python number or a value of the same type of numbers, in as many lanes as this value.

        A Python number becomes a constant of this type; a vector stays as it is.
        """
        if not isinstance(other, Value):
            number = ir.Constant(self.element, other)
            return self.new(ir.Constant(self.type, [number] * self.lanes) if self.lanes else number)
        return splat(other, self.lanes) if self.lanes and not other.lanes else other


def splat(value: Value, lanes: int) -> Value:
    """Vector with `value`, a single number, in all lanes."""
    vector = ir.VectorType(value.type, lanes)
    first = value.builder.insert_element(ir.Constant(vector, ir.Undefined), value.register, _lane(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
    return value.new(value.builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), zeros))


def fma(a: Value, b: Any, c: Any) -> Value:
    """``a * b + c``, rounded once; `b` and `c` may be Python numbers."""
    _, b = _matched(a, b)
    a, c = _matched(a, c)
    return intrinsic("fma", a, a.like(b), c)


def intrinsic(name: str, *values: Value) -> Value:
    """
    Result of the LLVM intrinsic ``llvm.name``, such as ``"fma"``, of values of one type.

    The result has their type.
    """
    first = values[0]
    module = first.builder.module
    full = f"llvm.{name}.{mangled(first.type)}"
    function = module.globals.get(full)
    if function is None:
        signature = ir.FunctionType(first.type, [value.type for value in values])
        function = ir.Function(module, signature, name=full)
    return first.new(first.builder.call(function, [value.register for value in values]))


def mangled(typ: Any) -> str:
    """LLVM's short name of a type of numbers or vectors, such as ``v16f32``."""
    if isinstance(typ, ir.VectorType):
        return f"v{typ.count}{mangled(typ.element)}"
    names = {ir.HalfType: "f16", ir.FloatType: "f32", ir.DoubleType: "f64"}
    return f"i{typ.width}" if isinstance(typ, ir.IntType) else names[type(typ)]


def select(flags: Value, a: Any, b: Any) -> Value:
    """
    `a` in lanes where `flags` hold, else `b`; at least one of the two is a `Value`.

    The other may be a Python number. A single number beside a vector, of flags or of numbers, is repeated.
    """
    value: Value = a if isinstance(a, Value) else b
    if flags.lanes and not value.lanes:
        value = splat(value, flags.lanes)
    chosen, other = value.like(a), value.like(b)
    if chosen.lanes != other.lanes:
        chosen, other = _matched(chosen, other)
    return flags.new(flags.builder.select(flags.register, chosen.register, other.register))


def larger(a: Value, b: Value) -> Value:
    """The larger number, lane by lane; `b` if either is nan."""
    return select(a > b, a, b)


def absolute(value: Value) -> Value:
    """Magnitude of a float of 32 or 64 bits, lane by lane; of nan it is nan."""
    width = 64 if isinstance(value.element, ir.DoubleType) else 32
    return floats(bits(value) & ((1 << (width - 1)) - 1))


def bits(value: Value) -> Value:
    """Bit pattern of a float of 32 or 64 bits, as an integer of the same width."""
    element = INT if isinstance(value.element, ir.DoubleType) else ir.IntType(32)
    return value.new(value.builder.bitcast(value.register, _with_lanes(element, value.lanes)))


def floats(value: Value) -> Value:
    """Float with this bit pattern of 32 or 64 bits."""
    element = ir.DoubleType() if value.element.width == INT.width else ir.FloatType()
    return value.new(value.builder.bitcast(value.register, _with_lanes(element, value.lanes)))


def convert(value: Value, element: Any) -> Value:
    """
    The number in another type of numbers, `element`; its lanes stay.

    Integers are signed and keep their low bits in a narrower type. Integers become floats, and floats
    narrower, by rounding to nearest; floats do not become integers.
    """
    if value.element == element:
        return value
    target = _with_lanes(element, value.lanes)
    return value.new(getattr(value.builder, _conversion(value.element, element))(value.register, target))


def _conversion(old: Any, new: Any) -> str:
    """
    Name of LLVM's instruction that converts the type `old` to another type `new`.

    A float that shall become an integer raises KeyError.
    """
    if isinstance(old, ir.IntType) and isinstance(new, ir.IntType):
        return "trunc" if new.width < old.width else "sext"
    if isinstance(old, ir.IntType):
        return "sitofp"
    widths = {ir.HalfType: 16, ir.FloatType: 32, ir.DoubleType: 64}
    return "fpext" if widths[type(new)] > widths[type(old)] else "fptrunc"


def _with_lanes(element: Any, lanes: int) -> Any:
    """Vector type of so many `lanes`; the type `element` itself for 0 lanes."""
    return ir.VectorType(element, lanes) if lanes else element


def _matched(a: Value, b: Any) -> tuple[Value, Value]:
    """
    `a` and `b` of one type and number of lanes.

    A Python number becomes a constant of the type of `a`; a single number beside a vector is splat. Two
    values must have the same type of numbers.
    """
    b = a.like(b)
    return (splat(a, b.lanes) if b.lanes and not a.lanes else a), b


def _arithmetic(name: str, a: Value, b: Any) -> Value:
    """Result of an operation such as ``"add"``, on floats or integers as `a` is; `b` is matched to `a`."""
    a, b = _matched(a, b)
    operation = getattr(a.builder, "f" + name if a.is_float else name)
    return a.new(operation(a.register, b.register))


def _comparison(operator: str, a: Value, b: Any) -> Value:
    """
    Mask of the comparison ``"<"``, ``"<="``, ``">"``, ``">="``, ``"=="`` or ``"!="`` of `a` and `b`.

    A Python number `b` takes the type of `a`, and a single value beside a vector is repeated. Two values must
    have the same type of numbers, which is not checked. Integers are compared as signed; with nan only
    ``"!="`` is true.
    """
    a, b = _matched(a, b)
    if not a.is_float:
        return a.new(a.builder.icmp_signed(operator, a.register, b.register))
    # With nan all comparisons but `!=` are false, as in Python.
    compare = a.builder.fcmp_unordered if operator == "!=" else a.builder.fcmp_ordered
    return a.new(compare(operator, a.register, b.register))


def _lane(index: int) -> Any:
    """Number of a lane as LLVM's instructions take it."""
    return ir.Constant(ir.IntType(32), index)
