"""Report of one loss; may import `drawing`."""
