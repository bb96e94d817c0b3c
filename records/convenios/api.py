"""Front door of convenios and projects."""

from records.convenios.models import Convenio, Project, PublicationDecision
from records.convenios.public import (
    look_again,
    look_at_convenios,
    look_at_expediente,
    look_at_projects,
    showing_decisions,
    shown_codes,
)
from records.convenios.selectors import get_project_for, list_convenios_for, list_projects_for, suppliers_of
from records.convenios.services import note_convenio, publish_project, withdraw_project

__all__ = [
    "Convenio",
    "Project",
    "PublicationDecision",
    "get_project_for",
    "list_convenios_for",
    "list_projects_for",
    "look_again",
    "look_at_convenios",
    "look_at_expediente",
    "look_at_projects",
    "note_convenio",
    "publish_project",
    "showing_decisions",
    "shown_codes",
    "suppliers_of",
    "withdraw_project",
]
