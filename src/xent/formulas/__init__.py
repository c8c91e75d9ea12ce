"""
Formulas: value, gradient and Hessian of one quantity in each file.

Each formula is written once, against the array-API namespace `xp`, which is a required argument, so the
same text serves every array library. The class axis is the last; leading axes are free; results are one
per row, in nats. Nothing is checked or dispatched here: arguments are real floating arrays of at
least 32 bits (labels: integers), and an undefined value is nan. One rule of evaluation holds: near numbers
are not subtracted, so results keep their *relative* accuracy when a probability is near 0 or 1. A module
where that is impossible says so.

May import `precision` and `arrays`; no array library, so that the text stays general.
"""
