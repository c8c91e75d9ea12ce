"""
Parts of the processor's kernels that no operation owns.

- Where kernels run, and in which threads: `processor`, `first_use`, `thread_pool`, `helper_threads`,
  `forked_process`, `rows_kernel`.
- Arguments of a kernel by name, and their place in memory: `arguments`, `job`.
- Building blocks of kernels, written in `xent.kernels.vector_code`: `blocks`, `row_chunks`, `transposition`,
  `exponential`, `logarithm`, `sigmoid_terms`, `exact_difference`.

May import `errors`, NumPy and `xent.kernels.vector_code`; knows no operation. The building blocks import
llvmlite, so they are imported when the first kernel is written; the other modules must import without it.
"""
