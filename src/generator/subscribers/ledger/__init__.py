"""What became of each letter for each reader, and of what came back."""
