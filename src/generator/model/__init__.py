"""The words of this product as frozen values.

Nothing here reads, writes or knows a library. A value that exists is right: whoever makes one has checked it.
"""

from generator.model.artifacts import Artifact
from generator.model.letters import Archive, Edition, Email, Image, Issue
from generator.model.playbook import (
    Aspect,
    Assessment,
    Certainty,
    ChecklistItem,
    Fact,
    Page,
    Playbook,
    Section,
    Thought,
)
from generator.model.problems import Problem, Severity
from generator.model.releases import Release
from generator.model.style import Style
from generator.model.subscribers import (
    Asking,
    Consent,
    Notice,
    Posting,
    Status,
    Step,
    Subscriber,
    Wish,
    Wording,
)
from generator.model.weeks import Language, Week, weeks_in

__all__ = [
    "Archive",
    "Artifact",
    "Asking",
    "Aspect",
    "Assessment",
    "Certainty",
    "ChecklistItem",
    "Consent",
    "Edition",
    "Email",
    "Fact",
    "Image",
    "Issue",
    "Language",
    "Notice",
    "Page",
    "Playbook",
    "Posting",
    "Problem",
    "Release",
    "Section",
    "Severity",
    "Status",
    "Step",
    "Style",
    "Subscriber",
    "Thought",
    "Week",
    "Wish",
    "Wording",
    "weeks_in",
]
