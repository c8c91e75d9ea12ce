"""Arguments of losses, read and checked: logits, labels, targets, weights, masks, embeddings."""
