"""What the list is brought back with: back-ups, the restore of one, and what a restored list does not know."""
