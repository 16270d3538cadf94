"""What is done before anybody gets a letter: make it, check, preview and record it, and build the site that holds it.

Nothing here knows a terminal: a use case takes values, a moment or a clock, returns what it did, and raises a
GeneratorError. What takes long also takes a callback that hears how far it is.
"""
