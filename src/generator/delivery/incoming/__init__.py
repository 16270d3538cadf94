"""Mail that comes in: bounces, complaints, and requests to unsubscribe."""
