"""
Files and standard input as tables: formats, encodings, layouts of text, and their limits and faults.

`xent.data.table_files.read_table` is the way in. Modules here know bytes and cells; what a column means is
decided in the room above.
"""
