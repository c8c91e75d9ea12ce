"""
Jobs on data that are read in batches: fit, judge and predict in memory that does not grow with the rows.

Each gives what its namesake above gives for rows in memory; passes can be computed on a Dask cluster.
"""
