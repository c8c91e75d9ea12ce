"""
Kernels inside programs that XLA compiles on a processor: JAX under `jit`, and its derivatives.

XLA's foreign function interface calls a function of C with the addresses of a program's arrays, so a kernel
reads and writes them without copies. `call_frame.py` reads these calls by ctypes, `calls.py` registers the
kernels and makes calls of them, `fused.py` gives a formula whose value and gradient are such calls. The call
takes the lock of the interpreter for about 50 microseconds and gives it back while the kernel runs.

May import the kernels beside it, and jax, which is loaded when a formula first gets an array of JAX.
"""
