"""
Parts that the Triton kernels of all operations share: exact differences, exponential, logarithm, launches.

The functions here run inside a kernel, on tiles in registers; `launches.py` runs on the host. Triton compiles
a kernel at its first launch for a dtype. May import PyTorch and Triton, which only the modules below import,
so that `import xent.torch` needs no Triton. With ``TRITON_INTERPRET=1`` in the environment before Triton is
imported, kernels run on CPU tensors, interpreted by NumPy: slow, for tests.
"""
