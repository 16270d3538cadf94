"""The database: its tables, its keys, its migrations and its copies."""
