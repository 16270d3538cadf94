"""The mails that the service sends by itself."""
