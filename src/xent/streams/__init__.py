"""
Rows that are read again in every pass: in files, frames or functions that hand out batches.

`sources` splits a source into fragments, `fragments` reads one, `readers` makes numbers and labels of what
was read, `blocks` makes blocks of a fixed number of rows of these. `survey` is the first scan; `pass_sums` is
the work of a pass on some fragments, which may be done anywhere; `ordered_map` hands it out and returns
results in the order of the data, and `summation_tree` adds them, so that no bit depends on who did the work,
nor on how many fragments a task has. `objective` is the objective of these passes, `minimum` its minimum,
`journal` the file from which an interrupted fit goes on, `unfinished` the writing of files that are whole or
not there.

May import `arrays`, `solvers` and `kernels`; libraries that read files are imported where they are used.
"""
