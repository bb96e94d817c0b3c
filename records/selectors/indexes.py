"""Issued indexes, as far as one person may know them.

An index tells how much an expediente holds, which only those who work in it, or verify custody, may know. Of the
pieces that one of them does not read, her copy says no more than the tab of the index does.
"""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from records import permissions
from records.errors import NotFound
from records.models import Document, Expediente, IndexIssue
from records.permissions import Actor
from records.selectors.expedientes import get_expediente_for
from records.vocabulary import Action

RELATED = ("expediente", "previous", "file", "cover", "issued_by")


def knows_issues(actor: Actor, expediente: Expediente) -> bool:
    rights = permissions.rights_of(actor)
    return rights.is_staff_of(expediente) or rights.allows(Action.VERIFY, expediente)


def list_issues_for(actor: Actor, expediente: Expediente) -> QuerySet[IndexIssue]:
    """The issues of an expediente, the last one first."""
    issues = IndexIssue.objects.filter(expediente=expediente) if knows_issues(actor, expediente) else None
    return (IndexIssue.objects.none() if issues is None else issues).select_related(*RELATED).order_by("-number")


def get_issue_for(actor: Actor, key: uuid.UUID, number: int) -> IndexIssue:
    """One issue by its number, or NotFound."""
    issue = list_issues_for(actor, get_expediente_for(actor, key)).filter(number=number).first()
    if issue is None:
        raise NotFound
    return issue


def unread_in(actor: Actor, expediente: Expediente) -> dict[str, str]:
    """Level of each piece of the expediente that this person does not read, by its id as text; no level of one that a
    recusal shuts to her, whose line is left out."""
    rights = permissions.rights_of(actor)
    here = Document.objects.filter(Q(expediente=expediente) | Q(placements__expediente=expediente))
    hidden = here.exclude(pk__in=rights.visible().order_by().values("pk")).order_by()
    known = set(rights.but_shut(hidden).values_list("pk", flat=True))
    return {str(key): level if key in known else "" for key, level in hidden.values_list("pk", "level").distinct()}
