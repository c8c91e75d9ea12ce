"""What losses of one kind share: reading their arguments, and the formula of their problem."""
