"""The list: who reads by email, what they agreed to, and what strangers ask of it. The only user of SQLAlchemy."""
