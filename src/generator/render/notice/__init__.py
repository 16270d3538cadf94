"""The notices that the service sends by email."""
