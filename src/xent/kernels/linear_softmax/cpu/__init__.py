"""
The processor's kernels of the linear model's softmax cross-entropy.

`kernel_arguments` is imported without llvmlite; the other modules write kernels and are imported when the
first is compiled.
"""
