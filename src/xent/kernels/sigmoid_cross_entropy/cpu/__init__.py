"""
The processor's kernel of sigmoid cross-entropy.

`kernel_arguments` is imported without llvmlite; `sigmoid_kernel` writes the kernel and is imported when the
first is compiled.
"""
