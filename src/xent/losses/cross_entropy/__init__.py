"""Cross-entropy under a softmax or a sigmoid: the likelihood of a categorical model."""
