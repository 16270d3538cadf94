"""A letter as an email: HTML, plain text, and the MIME message with both."""
