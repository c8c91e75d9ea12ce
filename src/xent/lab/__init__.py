"""
Demonstrations of learning with cross-entropy against other losses.

`descent_race` minimises cross-entropy and squared error from the same start; reports show its course.
May import `models`, `solvers` and `formulas`.
"""
