"""What the commands of `newsletter` do with a letter: freeze it, send it, and say what became of it."""
