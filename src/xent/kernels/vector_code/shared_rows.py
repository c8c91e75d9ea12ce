"""
Functions through which threads share the rows of a kernel.

Each is called with the address of a job: a header of counters, then the arguments of the kernel. Each thread
takes the next range of rows (an atomic addition to `next_row`) until none is left; a thread that is
interrupted thus leaves its ranges to the others.

- ``shared`` takes ranges. A team that waits for its members, such as OpenMP's, calls it in each of them.
- ``lead`` is for a thread that does not wait for its helpers to come. It opens the job (`is_open`), takes
  ranges, and returns when `rows_done` has reached `rows`: every range that was taken is done.
- ``help`` is for the helpers. It waits for the job to be opened, for about a millisecond, then takes ranges.

Helpers, too, read and write arrays only while ``lead`` runs: no range can be taken before it, and none is
left after it. A helper that comes too late, or to a job that is never opened because an exception came first,
touches the job only, whose memory it keeps alive. So a caller may release the arrays when ``lead`` returns.

Memory order: `is_open` is released by the leader and acquired by helpers, which then see the arguments; each
addition to `rows_done` is a release, and the leader acquires it, which then sees all results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from xent.kernels.vector_code.kernel import POINTER, Kernel
from xent.kernels.vector_code.value import INT

__all__ = ["HELP", "LEAD", "RANGE", "SHARED", "add_shared_rows", "layout"]

# Arguments of a kernel over rows: the first row of a range, and the row after its last.
RANGE = ("first", "last")
# Names of the functions, after the kernel's name.
SHARED, LEAD, HELP = "_shared", "_lead", "_help"
# Fields of 8 bytes before the arguments; `RowsKernel` sets them by name. `rest` is the address of a function
# that yields the processor, called with `rest_argument`.
_HEADER = (
    "next_row", "next_thread", "rows_done", "is_open", "rows", "rows_at_once", "scratch_bytes",
    "rest", "rest_argument",
)  # fmt: skip
# Looks at a counter before a thread yields its processor: about a microsecond. More would be lost where
# leader and helper share a processor, as on a busy machine: neither goes on before the other has yielded.
_LOOKS = 1_000
# Yields after which a helper gives up a job that was never opened: about a millisecond.
_MOST_RESTS = 2_000
_INT32 = ir.IntType(32)


def add_shared_rows(kernel: Kernel) -> None:
    """
    Write the functions `SHARED`, `LEAD` and `HELP` for a kernel that has the arguments `RANGE`.

    Each takes the address of a job, whose memory `layout` describes. `SHARED` computes ranges of rows until
    none is left. `LEAD` opens the job, computes ranges too, and returns when all rows are done. `HELP` waits
    for the opening, and computes ranges too, or none if the job is not opened within about a millisecond. If
    the kernel has an argument `scratch`, each thread passes its own memory: the n-th thread to come, from 0,
    the address ``scratch + n * scratch_bytes``.
    """
    shared = _Function(kernel, SHARED)
    _take_ranges(shared, kernel)
    lead = _Function(kernel, LEAD)
    # An exchange, because llvmlite cannot write an atomic store to an opaque pointer.
    lead.builder.atomic_rmw("xchg", lead.slot("is_open"), ir.Constant(INT, 1), "release")
    lead.builder.call(shared.function, [lead.job])
    rows = lead.number("rows")
    lead.wait(lambda _: lead.builder.icmp_signed(">=", lead.counter("rows_done"), rows))
    lead.builder.ret_void()
    late = _Function(kernel, HELP)
    late.wait(lambda looks: late.builder.or_(late.is_open(), late.is_after(looks, _LOOKS + _MOST_RESTS)))
    with late.builder.if_then(late.is_open()):
        late.builder.call(shared.function, [late.job])
    late.builder.ret_void()


def layout(kernel: Kernel) -> dict[str, str]:
    """
    Fields of a job in memory, in order and without padding: name, and code of Python's `struct`.

    The header comes first, then the arguments of the kernel but `RANGE`; each field has 8 bytes. Raises
    ValueError if an argument of the kernel has the name of a field of the header.
    """
    fixed = {name: _code(value.type) for name, value in kernel.arguments.items() if name not in RANGE}
    if taken := fixed.keys() & set(_HEADER):
        message = (
            f"layout: a kernel must not name an argument like a field of the header; got {sorted(taken)}"
        )
        raise ValueError(message)
    return dict.fromkeys(_HEADER, "q") | fixed


class _Function:
    """
    Function of a job under construction.

    Parameters
    ----------
    kernel : Kernel
        Kernel whose rows it shares; it is written to the same module.
    ending : str
        Ending of its name, after the kernel's.
    """

    def __init__(self, kernel: Kernel, ending: str) -> None:
        signature = ir.FunctionType(ir.VoidType(), [POINTER])
        self.function = ir.Function(kernel.module, signature, name=kernel.name + ending)
        self.builder = ir.IRBuilder(self.function.append_basic_block("entry"))
        (self.job,) = self.function.args

    def slot(self, place: str | int) -> Any:
        """Address of a field of the job: of the header by name, or of any field by index."""
        index = place if isinstance(place, int) else _HEADER.index(place)
        return self.builder.gep(self.job, [ir.Constant(INT, index)], source_etype=INT)

    def number(self, name: str) -> Any:
        """Value of the field `name` of the header, which no thread changes, by a plain load."""
        return self.builder.load(self.slot(name), typ=INT)

    def counter(self, name: str) -> Any:
        """
        Value of the field `name` of the header, which other threads change, by an atomic load.

        What another thread wrote before it released the value is visible afterwards.
        """
        return self.builder.load_atomic(self.slot(name), "acquire", 8, typ=INT)

    def add(self, name: str, number: Any, ordering: str) -> Any:
        """Write an atomic addition to the counter `name`, with LLVM's `ordering`; return the value before."""
        return self.builder.atomic_rmw("add", self.slot(name), number, ordering)

    def is_open(self) -> Any:
        """True if the job has been opened."""
        return self.builder.icmp_signed("!=", self.counter("is_open"), ir.Constant(INT, 0))

    def is_after(self, looks: Any, count: int) -> Any:
        """True if the number of `looks` is at least `count`."""
        return self.builder.icmp_signed(">=", looks, ir.Constant(INT, count))

    def wait(self, is_over: Callable[[Any], Any]) -> None:
        """
        Write a loop that ends as soon as `is_over` holds, a function of the number of looks so far, from 0.

        After 1,000 looks, about a microsecond, the processor is yielded between two of them, if the job has
        the address of a function for it in the field `rest`, other than 0. Instructions written next stand
        after the loop.
        """
        builder = self.builder
        before = builder.block
        look, idle, rest, over = (builder.append_basic_block(x) for x in ("look", "idle", "rest", "over"))
        builder.branch(look)
        builder.position_at_end(look)
        looks = builder.phi(INT)
        looks.add_incoming(ir.Constant(INT, 0), before)
        builder.cbranch(is_over(looks), over, idle)
        builder.position_at_end(idle)
        more = builder.add(looks, ir.Constant(INT, 1))
        address = self.number("rest")
        can_rest = builder.icmp_signed("!=", address, ir.Constant(INT, 0))
        builder.cbranch(builder.and_(can_rest, self.is_after(looks, _LOOKS)), rest, look)
        looks.add_incoming(more, idle)
        builder.position_at_end(rest)
        signature = ir.FunctionType(ir.VoidType(), [_INT32])
        argument = builder.trunc(self.number("rest_argument"), _INT32)
        builder.call(builder.inttoptr(address, signature.as_pointer()), [argument])
        builder.branch(look)
        looks.add_incoming(more, rest)
        builder.position_at_end(over)


def _take_ranges(shared: _Function, kernel: Kernel) -> None:
    """
    Write to `shared` the loop of one thread: take the next range of rows and call `kernel`, until the end.

    A range has `rows_at_once` rows, the last one fewer. Fields of the job's header count: `next_thread` the
    threads, `next_row` the rows of all ranges taken, also beyond the end, and `rows_done` the finished rows.
    An argument `scratch` is passed as ``scratch + n * scratch_bytes`` by the n-th thread, from 0.
    """
    builder, function = shared.builder, kernel.module.globals[kernel.name]
    rows, at_once = shared.number("rows"), shared.number("rows_at_once")
    number = shared.add("next_thread", ir.Constant(INT, 1), "monotonic")
    own = builder.mul(number, shared.number("scratch_bytes"))
    values = {}
    for index, name in enumerate(layout(kernel)):
        if name not in _HEADER:
            values[name] = builder.load(shared.slot(index), typ=kernel.arguments[name].type)
    if "scratch" in values:
        values["scratch"] = builder.gep(values["scratch"], [own], source_etype=ir.IntType(8))
    head, body, end = (shared.function.append_basic_block(name) for name in ("head", "body", "end"))
    builder.branch(head)
    builder.position_at_end(head)
    first = shared.add("next_row", at_once, "monotonic")
    builder.cbranch(builder.icmp_signed("<", first, rows), body, end)
    builder.position_at_end(body)
    last = builder.add(first, at_once)
    last = builder.select(builder.icmp_signed("<", last, rows), last, rows)
    values |= zip(RANGE, (first, last), strict=True)
    builder.call(function, [values[name] for name in kernel.arguments])
    # Release the results of this range to the leader, which waits for the count.
    shared.add("rows_done", builder.sub(last, first), "release")
    builder.branch(head)
    builder.position_at_end(end)
    builder.ret_void()


def _code(typ: Any) -> str:
    """Code of `struct` for a field of 8 bytes of an LLVM type; a float is padded."""
    if isinstance(typ, ir.PointerType):
        return "Q"
    if isinstance(typ, ir.IntType):
        return "q"
    return "d" if isinstance(typ, ir.DoubleType) else "f4x"
