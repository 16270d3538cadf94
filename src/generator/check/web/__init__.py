"""Addresses: those of the site, and those of others, which a check can ask."""
