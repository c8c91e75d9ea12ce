"""
The processor's kernels of softmax cross-entropy: one for each form of truth and length of row.

`compiled` chooses and compiles a kernel and is imported without llvmlite, like `kernel_arguments`; the other
modules write the kernels and are imported when the first is compiled.
"""
