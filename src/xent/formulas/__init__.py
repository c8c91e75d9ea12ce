"""
The mathematics, once: value, gradient and Hessian of one quantity in each file.

Written against the array-API namespace `xp`, which is obligatory, so one text serves every array
library. The class axis is the last; leading axes are free; results are one per example, in nats. There
are no checks and no dispatch here: arguments are real floating arrays of at least 32 bits (labels
integers), and a value without meaning answers with nan. The one rule of evaluation: nothing subtracts
near numbers, so results keep their *relative* accuracy however sure a model is.

May import `precision` and `arrays`; no array library, so that the text stays general.
"""
