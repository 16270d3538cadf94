"""Rented relays that take mail by HTTP instead of SMTP."""
