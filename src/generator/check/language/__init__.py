"""What is known of a text: its language, its figures, and how easy it reads."""
