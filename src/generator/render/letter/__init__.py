"""A letter as mail: HTML, plain text, and the message that holds both."""
