"""
Tables whose rows come in pieces, read again in each scan: plans, encoder, target, and the reader of a fit.

Each module learns of pieces what its namesake above learns of a whole table, to the same bits.
"""
