"""
Statistics of the softmax of each row, and their gradient from a row's numbers, which is written in place.

`fused.py` holds the two functions for NumPy arrays, `cpu` the kernels. The reference is the formula
`xent.formulas.losses.entropy_of_softmax`.
"""

from xent.kernels.softmax_statistics.fused import RowNumbers, gradient_in_place, row_numbers

__all__ = ["RowNumbers", "gradient_in_place", "row_numbers"]
