"""Reports of `xent entropy`, `xent divergence` and `xent code`; may import `drawing`."""
