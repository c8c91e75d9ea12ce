# Its mistakes are for the type checker, and raise when the file is run.
collect_ignore = ["losses.py"]
