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
from generator.model.weeks import Language, Week, weeks_in

__all__ = [
    "Archive",
    "Artifact",
    "Aspect",
    "Assessment",
    "Certainty",
    "ChecklistItem",
    "Edition",
    "Email",
    "Fact",
    "Image",
    "Issue",
    "Language",
    "Page",
    "Playbook",
    "Problem",
    "Release",
    "Section",
    "Severity",
    "Style",
    "Thought",
    "Week",
    "weeks_in",
]
