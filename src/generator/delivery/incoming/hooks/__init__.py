"""Web hooks: what relays report about letters, believed only with their signature and with our own tag."""
