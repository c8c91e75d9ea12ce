"""
Rows that are signals or images: the samples of a heartbeat, and columns that are samples in order.

Readers and the generator of heartbeats take the names of their columns from here; a report asks here which
columns of any table it may draw as a curve or as pixels.
"""
