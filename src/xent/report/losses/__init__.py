"""Report of one loss; may import `losses` and `drawing`."""
