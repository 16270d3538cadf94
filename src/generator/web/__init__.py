"""The service that readers meet: subscribe, confirm, preferences, my data, unsubscribe. The only user of Starlette."""
