"""
Compiles the kernels for GPUs that need not be there, and prints the registers of a thread and what it spills.

``python -m tests.gpu.registers``; a process of its own, in which Triton does not interpret.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from xent.kernels.softmax_cross_entropy.triton.rows_kernel import softmax_rows

__all__ = ["main"]

_HOPPER = GPUTarget("cuda", 90, 32)
_EVERYTHING = ("weights", "mask", "shares", "upstream", "log_probs", "normalisers", "entropies", "tops")
_POINTERS = {
    "weights": "*fp32", "mask": "*i1", "shares": "*fp32", "factors": "*fp32", "upstream": "*fp32",
    "values": "*fp32", "log_probs": "*fp32", "normalisers": "*fp32", "entropies": "*fp32", "tops": "*i64",
}  # fmt: skip
# Device, dtype, labels, targets of all classes, whole rows, rows, block, warps, further tensors.
CASES = {
    "labels, 16,384 classes": (_HOPPER, "bf16", True, False, True, 1, 16384, 16, ()),
    "labels, longer rows": (_HOPPER, "bf16", True, False, False, 1, 4096, 8, ()),
    "labels, all statistics": (_HOPPER, "fp32", True, False, True, 1, 16384, 16, _EVERYTHING),
    "probabilities, 8,192 classes, all": (_HOPPER, "bf16", False, True, True, 1, 8192, 16, _EVERYTHING),
    "probabilities, longer rows, all": (_HOPPER, "fp32", False, True, False, 1, 4096, 8, _EVERYTHING),
    "short rows, Ampere": (GPUTarget("cuda", 80, 32), "fp16", True, True, True, 32, 128, 8, ()),
    "labels, Blackwell": (GPUTarget("cuda", 100, 32), "bf16", True, False, False, 1, 4096, 8, ()),
    "labels, MI300": (GPUTarget("hip", "gfx942", 64), "bf16", True, False, False, 1, 4096, 8, ()),
}


def compiled(device, dtype, labels, dense, whole, rows, block, warps, further):
    """The kernel with a gradient, compiled for a device."""
    names = ("LABELS", "DENSE", "WHOLE", "ROWS", "BLOCK", "ROUNDED")
    constants = dict(zip(names, (labels, dense, whole, rows, block, False), strict=True))
    pointers = {name: _POINTERS[name] for name in ("factors", "values", *further)}
    pointers |= {"logits": f"*{dtype}", "gradient": f"*{dtype}", "targets": "*i64" if labels else f"*{dtype}"}
    constants |= dict.fromkeys(("inner", "logit_step", "gradient_step"), 1)
    constants |= {name: None for name in _POINTERS if name not in pointers}
    names = softmax_rows.arg_names
    types = {name: "constexpr" if name in constants else pointers.get(name, "i32") for name in names}
    types |= {"z_weight": "fp32", "kept": "fp32"}
    attributes = {
        (names.index(name),): [["tt.divisibility", 16]]
        for name in (*pointers, "K", "logit_outer", "gradient_outer", "target_outer")
    }
    source = ASTSource(softmax_rows, signature=types, constexprs=constants, attrs=attributes)
    return triton.compile(source, target=device, options={"num_warps": warps, "enable_fp_fusion": False})


def registers(kernel):
    """Registers of a thread, and bytes that it spills, of code for NVIDIA's devices."""
    tool = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(kernel.asm["cubin"])
        file.flush()
        shown = subprocess.run([tool, "-res-usage", file.name], capture_output=True, text=True, check=True)
    return [int(number) for number in re.search(r"REG:(\d+) STACK:(\d+)", shown.stdout).groups()]


def main():
    """Print a line of JSON for each case."""
    for name, case in CASES.items():
        kernel = compiled(*case)
        line = json.dumps([name, *(registers(kernel) if "cubin" in kernel.asm else ["hsaco", 0])])
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
