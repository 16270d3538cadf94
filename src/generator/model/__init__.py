"""The words of this product as frozen values.

Nothing here reads, writes or knows a library. A value that exists is right: whoever makes one has checked it.
"""

from generator.model.artifacts import Artifact
from generator.model.deliveries import (
    Delivery,
    Due,
    Event,
    Kind,
    Mailing,
    Personal,
    Progress,
    Settled,
    Tally,
    Window,
)
from generator.model.letters import Archive, Edition, Email, Image, Issue
from generator.model.playbook import (
    MONTHS,
    Aspect,
    Assessment,
    Certainty,
    ChecklistItem,
    Draft,
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
    "MONTHS",
    "Archive",
    "Artifact",
    "Asking",
    "Aspect",
    "Assessment",
    "Certainty",
    "ChecklistItem",
    "Consent",
    "Delivery",
    "Draft",
    "Due",
    "Edition",
    "Email",
    "Event",
    "Fact",
    "Image",
    "Issue",
    "Kind",
    "Language",
    "Mailing",
    "Notice",
    "Page",
    "Personal",
    "Playbook",
    "Posting",
    "Problem",
    "Progress",
    "Release",
    "Section",
    "Settled",
    "Severity",
    "Status",
    "Step",
    "Style",
    "Subscriber",
    "Tally",
    "Thought",
    "Week",
    "Window",
    "Wish",
    "Wording",
    "weeks_in",
]
