"""When the next letter may leave: how fast the relay takes them, how long it greylists, and what a domain may get."""
