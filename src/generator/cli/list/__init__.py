"""What the commands of `newsletter subscribers` do, and those that make the list, its keys and its copies."""
