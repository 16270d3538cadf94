"""Who is on the list, what they agreed to, and what strangers ask of it."""
