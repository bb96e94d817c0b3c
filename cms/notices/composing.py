"""What a mail says, made when it is sent and with what its person may read then.

No mail says what was searched nor what was found: no title, code, name or words, of public pieces neither, since what
is left out of a list would be told by it. It says how many and where to read on, behind the login (ADR 43).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.notices.models import Mail
from cms.notices.stopping import link_for
from records import api as records
from search import api as search


def nothing_more() -> None:
    """For mails that leave no mark but their own."""


@dataclass(frozen=True)
class Composed:
    """A mail ready to leave. `mark` is called in the transaction that says that it left."""

    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    mark: Callable[[], None] = nothing_more


def compose(mail: Mail) -> Composed | None:
    """The mail as it must be now; None when there is nothing (any more) to tell. Raises EngineUnavailable."""
    person = mail.person
    if not (person.is_active and person.desk_access and person.email):
        return None
    return KINDS[mail.kind](mail)


def digest(mail: Mail) -> Composed | None:
    """What is new in all the searches of hers that are due, in one mail."""
    now, today = records.now(), records.today()
    lines = [(saved, fresh(saved, mail.person, now)) for saved in due_of(mail.person, today)]
    told = [(saved, count) for saved, count in lines if count]
    mark = partial(mark_told, mail, lines, now, today)
    if not told:
        mark()
        return None
    stop_url = link_for(mail)
    rows = [{"count": count, "url": address("saved-search", saved.pk)} for saved, count in told]
    context = {"rows": rows, "total": sum(count for _saved, count in told), "stop_url": stop_url}
    headers = {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    subject = _("Custodia: hay novedades en lo que usted guardó")
    return Composed(subject, render_to_string("cms/notices/digest.txt", context), headers, mark)


def due_of(person: Any, today: datetime.date) -> list[search.SavedSearch]:
    """Searches of hers of which a mail is due; one too broad or not answered today is no longer of this mail."""
    hers = search.saved.list_saved(person).filter(alert__in=search.BY_MAIL)
    return [saved for saved in hers if is_due(saved, today)]


def is_due(saved: search.SavedSearch, today: datetime.date) -> bool:
    return saved.mailed_on is None or (today - saved.mailed_on).days >= search.BY_MAIL[search.Alert(saved.alert)]


def fresh(saved: search.SavedSearch, person: Any, now: datetime.datetime) -> int:
    """Looked for at this moment, with what she may read at this moment."""
    search.novelty.look(saved, person, now)
    if saved.fault == "unavailable":
        raise search.EngineUnavailable("index_unavailable")
    return 0 if saved.fault else search.novelty.count_to_mail(saved, person)


def mark_told(
    mail: Mail, lines: list[tuple[search.SavedSearch, int]], now: datetime.datetime, today: datetime.date
) -> None:
    for saved, _count in lines:
        search.novelty.mark_mailed(saved, now, today)
    counts = {str(saved.pk): count for saved, count in lines if count}
    if counts:
        records.record("alert.mailed", actor=None, subject=mail.person, mail=mail.pk, counts=counts)


def emergency(mail: Mail) -> Composed | None:
    """That an emergency opened something in her charge; what, who and why are told at the desk alone."""
    if not records.waits_for_review(mail.person, mail.key):
        return None
    context = {"url": settings.SITE_ADDRESS + "/custodia/"}
    return Composed(
        _("Custodia: un acceso de emergencia espera su revisión"),
        render_to_string("cms/notices/emergency.txt", context),
    )


KINDS: Mapping[str, Callable[[Mail], Composed | None]] = {
    Mail.Kind.DIGEST: digest,
    Mail.Kind.EMERGENCY: emergency,
}


def address(name: str, key: object) -> str:
    return settings.SITE_ADDRESS + reverse(name, args=[key])
