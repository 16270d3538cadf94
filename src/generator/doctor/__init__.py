"""Whether letters can arrive: each examination answers with what it found, and what to do about it.

Nothing here writes, and no mail is sent. Only `domains`, and what it calls, asks the DNS, through `names`; only
`hooks` sends anything, to our own service.
"""

from generator.doctor.answers import Answer, Condition

__all__ = ["Answer", "Condition"]
