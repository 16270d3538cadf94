"""What is done with a letter that readers get: freeze it, send it, and tell what became of it.

Nothing here knows a terminal: a use case takes values and a clock, returns what came of it, and raises a
GeneratorError. What happens meanwhile is told to a callback, as one of `events`; a run ends early
when its `stop` is set.
"""
