"""Mail that leaves: letters by a run of senders, and the notices of the service."""
