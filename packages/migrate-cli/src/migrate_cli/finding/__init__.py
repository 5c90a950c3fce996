"""What `migrate init` finds by reading source, and what it brings."""
