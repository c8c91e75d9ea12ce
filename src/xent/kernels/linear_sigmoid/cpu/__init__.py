"""
The processor's kernel of the linear model's sigmoid cross-entropy.

`kernel_arguments` is imported without llvmlite; `linear_sigmoid_kernel` writes the kernel and is imported
when the first is compiled.
"""
