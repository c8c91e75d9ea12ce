"""Times of passes on a cluster, from a model whose numbers are measured on one machine."""
