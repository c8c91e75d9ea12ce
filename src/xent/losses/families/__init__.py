"""Abstract losses of one kind each: common parameters, checks of arguments, and formulas."""
