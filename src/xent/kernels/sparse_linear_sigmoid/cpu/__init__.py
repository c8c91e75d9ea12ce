"""
The processor's kernels of a linear model's sigmoid cross-entropy on sparse rows.

`kernel_arguments` is imported without llvmlite; `sparse_linear_sigmoid_kernel` writes the kernels and is
imported when the first is compiled.
"""
