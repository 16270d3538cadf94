"""Whether letters can arrive: one question after the other, each answered by what was found and what to do about it.

Nothing here writes, and no mail is sent. Only `domains`, by way of `names`, asks the DNS.
"""

from generator.doctor.answers import Answer, Condition

__all__ = ["Answer", "Condition"]
