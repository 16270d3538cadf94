"""What the commands of `generate` do."""
