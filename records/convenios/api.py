"""Front door of convenios and projects."""

from records.convenios.models import Convenio, Project, PublicationDecision
from records.convenios.selectors import get_project_for, list_convenios_for, list_projects_for
from records.convenios.services import publish_project, withdraw_project

__all__ = [
    "Convenio",
    "Project",
    "PublicationDecision",
    "get_project_for",
    "list_convenios_for",
    "list_projects_for",
    "publish_project",
    "withdraw_project",
]
