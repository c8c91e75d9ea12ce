"""Reports of `xent score`, `xent compare` and `xent calibrate`; may import `drawing` and `report.fit`."""
