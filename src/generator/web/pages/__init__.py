"""The pages of the service, one module for each, and the files that they need."""
