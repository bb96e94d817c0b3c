"""What others did with somebody's account, told to her: nobody takes her factor or her password away unseen.

Who manages people can shut somebody out, and with a second person enter as her; neither can take these lines away.
"""

from __future__ import annotations

import datetime
from typing import Any

from records import api as records

DONE = (
    *("factor.reset", "identity.untied", "person.changed", "person.disabled", "person.enabled"),
    *("person.invitation_asked", "person.invitation_confirmed", "person.role_assigned", "person.role_ended"),
)
#: How far back they are listed, and how lately one was done that is told at entering.
LISTED, LATELY = datetime.timedelta(days=90), datetime.timedelta(days=7)
MOST = 20


def done_to(person: Any, since: datetime.timedelta = LISTED) -> list[dict[str, Any]]:
    """What and when, newest first, and the login of who did it: empty for what was done without entering."""
    about = {"object_type": "User", "object_id": str(person.pk), "action__in": DONE}
    events = records.LedgerEvent.objects.filter(**about, at__gte=records.now() - since).exclude(
        actor=person.get_username()
    )
    listed = events.order_by("-index")[:MOST]
    return [{"at": event.at, "who": event.actor, "what": records.ACTIONS[event.action]} for event in listed]
