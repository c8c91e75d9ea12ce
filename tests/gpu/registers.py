"""
Compiles the kernels for GPUs that need not be there, and prints the registers of a thread and what it spills.

``python -m tests.gpu.registers``; a process of its own, in which Triton does not interpret.
"""

import itertools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from xent.kernels.sigmoid_cross_entropy.triton.events_kernel import sigmoid_events
from xent.kernels.softmax_cross_entropy.triton.rows_kernel import softmax_rows
from xent.kernels.triton import scaling

__all__ = ["main"]

_HOPPER = GPUTarget("cuda", 90, 32)
_STATISTICS = ("log_probs", "normalisers", "entropies", "rests", "mean_distances")
_EVERYTHING = ("weights", "mask", "shares", "upstream", *_STATISTICS, "tops")
_FLOATS = ("weights", "shares", "factors", "upstream", "values", *_STATISTICS)
_OUTPUTS = ("factors", "values")
_POINTERS = dict.fromkeys(_FLOATS, "*fp32") | {"mask": "*i1", "tops": "*i64"}
# Device, dtype, labels, targets of all classes, whole rows, rows, block, warps, further tensors.
_ROWS = {
    "labels, 16,384 classes": (_HOPPER, "bf16", True, False, True, 1, 16384, 16, ()),
    "labels, longer rows": (_HOPPER, "bf16", True, False, False, 1, 4096, 8, ()),
    "labels, all statistics": (_HOPPER, "fp32", True, False, True, 1, 16384, 16, _EVERYTHING),
    "probabilities, 8,192 classes, all": (_HOPPER, "bf16", False, True, True, 1, 8192, 16, _EVERYTHING),
    "probabilities, longer rows, all": (_HOPPER, "fp32", False, True, False, 1, 4096, 8, _EVERYTHING),
    "short rows, Ampere": (GPUTarget("cuda", 80, 32), "fp16", True, True, True, 32, 128, 8, ()),
    "labels, Blackwell": (GPUTarget("cuda", 100, 32), "bf16", True, False, False, 1, 4096, 8, ()),
    "labels, MI300": (GPUTarget("hip", "gfx942", 64), "bf16", True, False, False, 1, 4096, 8, ()),
}


def compiled(kernel, device, types, constants, *, warps, aligned=()):
    """A kernel compiled for a device; arguments without a type are integers."""
    names = kernel.arg_names
    given = {name: "constexpr" if name in constants else types.get(name, "i32") for name in names}
    pointers = [name for name, kind in given.items() if kind.startswith("*")]
    attributes = {(names.index(name),): [["tt.divisibility", 16]] for name in (*pointers, *aligned)}
    source = ASTSource(kernel, signature=given, constexprs=constants, attrs=attributes)
    return triton.compile(source, target=device, options={"num_warps": warps, "enable_fp_fusion": False})


def rows_kernel(device, dtype, labels, dense, whole, rows, block, warps, further, **ones):
    """The kernel of softmax cross-entropy with a gradient; `ones` are arguments that are 1, so constants."""
    names = ("LABELS", "DENSE", "WHOLE", "ROWS", "BLOCK", "ROUNDED")
    constants = dict(zip(names, (labels, dense, whole, rows, block, False), strict=True))
    types = {name: _POINTERS[name] for name in (*_OUTPUTS, *further)} | {"z_weight": "fp32", "kept": "fp32"}
    types |= {"logits": f"*{dtype}", "gradient": f"*{dtype}", "targets": "*i64" if labels else f"*{dtype}"}
    constants |= dict.fromkeys(("inner", "logit_step", "gradient_step"), 1)
    constants |= {name: None for name in _POINTERS if name not in types} | ones
    aligned = [n for n in ("K", "logit_outer", "gradient_outer", "target_outer") if n not in ones]
    return compiled(softmax_rows, device, types, constants, warps=warps, aligned=aligned)


def further_kernels():
    """Name and code of the kernels without rows, and of one row of one class, whose sizes are constants."""
    floats = ("positive", "weights", "factor", "upstream", "upstreams", "values")
    types = dict.fromkeys(("logits", "gradient", "targets"), "*bf16") | dict.fromkeys(floats, "*fp32")
    constants = {"BLOCK": 4096, "ROUNDED": False}
    types |= {"sums": "*fp64"}
    yield "sigmoid, all", compiled(sigmoid_events, _HOPPER, types, constants, warps=8)
    types = {"numbers": "*bf16", "factor": "*fp32"}
    yield "scaling", compiled(scaling._scaled, _HOPPER, types, constants, warps=4)  # noqa: SLF001 - a kernel
    ones = dict.fromkeys(
        ("N", "K", "logit_outer", "gradient_outer", "share_step", "factor_step", "ignored"), 1
    )
    yield "one logit", rows_kernel(_HOPPER, "fp16", True, True, True, 4096, 1, 8, ("shares",), **ones)


def registers(kernel):
    """Registers of a thread, and bytes that it spills, of code for NVIDIA's devices."""
    tool = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(kernel.asm["cubin"])
        file.flush()
        shown = subprocess.run([tool, "-res-usage", file.name], capture_output=True, text=True, check=True)
    return [int(number) for number in re.search(r"REG:(\d+) STACK:(\d+)", shown.stdout).groups()]


def main():
    """Print a line of JSON for each kernel."""
    made = ((name, rows_kernel(*case)) for name, case in _ROWS.items())
    for name, kernel in itertools.chain(made, further_kernels()):
        line = json.dumps([name, *(registers(kernel) if "cubin" in kernel.asm else ["hsaco", 0])])
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
