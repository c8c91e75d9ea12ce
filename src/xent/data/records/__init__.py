"""
Folders of WFDB records, as PhysioNet distributes them, read as a table with one row for each heartbeat.

`record_folder.read_records` is the way in. Headers and signals are parsed by the library wfdb, which
``xent[ecg]`` installs; modules here check what a header claims before its files are opened, read the
annotations, and turn each fault into one line that names the file. Nothing is read from outside the folder
or from a network.
"""
