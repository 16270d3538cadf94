"""What stands around every page: connections, limits, threads and the worker."""
