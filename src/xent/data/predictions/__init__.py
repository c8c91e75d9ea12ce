"""Tables of predictions as input: their columns and spaces, and what cuts or weighs rows."""
