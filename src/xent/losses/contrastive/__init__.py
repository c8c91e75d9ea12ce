"""Cross-entropy over similarities of embeddings."""
