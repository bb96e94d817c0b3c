"""The worker's round of mails: plan the digests of the day, then send what is due, one after the other."""

from __future__ import annotations

import datetime
import logging
import smtplib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage
from django.core.validators import validate_email
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from cms.notices import queue
from cms.notices.composing import Composed, compose
from cms.notices.models import Mail
from records import api as records
from search import api as search

logger = logging.getLogger(__name__)

#: The hour of Bogotá from which the digests of a day leave.
FROM_HOUR = 6
#: Mails and searches in one round: the worker is asked to stop between two rounds.
AT_ONCE = 20
PERMANENT = 500


def step() -> bool:
    """One round: alerts at the desk, then mails. True when there may be more at once."""
    looked = search.novelty.look_at_due(records.now(), AT_ONCE)
    if not settings.MAIL_ON:
        return looked == AT_ONCE
    plan_digests()
    sent = sum(1 for _each in range(AT_ONCE) if send_next())
    return AT_ONCE in (looked, sent)


def plan_digests() -> None:
    """One mail a day for each person of whose searches one is due."""
    now = timezone.localtime(records.now())
    if now.hour < FROM_HOUR:
        return
    today = now.date()
    due = Q(saved_searches__mailed_on=None, saved_searches__alert__in=search.BY_MAIL)
    for alert, days in search.BY_MAIL.items():
        before = today - datetime.timedelta(days=days)
        due |= Q(saved_searches__alert=alert, saved_searches__mailed_on__lte=before)
    people = get_user_model().objects.filter(due, is_active=True, desk_access=True).exclude(email="").distinct()
    owed = Mail.objects.filter(kind=Mail.Kind.DIGEST, key=today.isoformat()).values("person")
    queue.owe(Mail.Kind.DIGEST, today.isoformat(), people.exclude(pk__in=owed)[:500])


def send_next() -> bool:
    """Take the next mail that is due and send it; False when there is none."""
    mail = queue.take()
    if mail is None:
        return False
    try:
        send(mail)
    except search.EngineUnavailable:
        queue.put_off(mail, "search")
    except smtplib.SMTPRecipientsRefused as fault:
        end_or_put_off(mail, max((code for code, _said in fault.recipients.values()), default=0))
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as fault:
        end_or_put_off(mail, fault.smtp_code)
    except DatabaseError:
        raise
    except Exception as fault:  # noqa: BLE001  one mail that cannot be sent never stops the others
        # The server's words may hold the address: only of which kind the fault was is kept.
        logger.warning("mail: %s", type(fault).__name__)
        queue.put_off(mail, type(fault).__name__)
    return True


def end_or_put_off(mail: Mail, code: int) -> None:
    """What the server refuses for good is not sent again; what it puts off is."""
    if code >= PERMANENT:
        queue.end(mail, Mail.State.FAILED, "refused")
    else:
        queue.put_off(mail, f"smtp {code}")


def send(mail: Mail) -> None:
    """Compose with the rights of this moment, send, mark. Raises what the engine and the server of mail raise."""
    if queue.has_had_enough(mail):
        queue.end(mail, Mail.State.NOTHING, "enough")
        return
    composed = compose(mail)
    if composed is None:
        queue.end(mail, Mail.State.NOTHING)
        return
    message = message_of(mail, composed)
    if message is None:
        queue.end(mail, Mail.State.FAILED, "address")
        return
    message.send()
    with transaction.atomic():
        composed.mark()
        queue.end(mail, Mail.State.SENT)


def message_of(mail: Mail, composed: Composed) -> EmailMessage | None:
    """Text only, to one address; None when what is kept as her address is none."""
    headers = {
        "Message-ID": f"<{mail.pk}@{urlsplit(settings.SITE_ADDRESS).hostname}>",
        "Auto-Submitted": "auto-generated",
        **composed.headers,
    }
    try:
        validate_email(mail.person.email)
        message = EmailMessage(composed.subject, composed.body, settings.DEFAULT_FROM_EMAIL, [mail.person.email])
        message.extra_headers = headers
        message.message()
    except (ValidationError, BadHeaderError, ValueError):
        return None
    return message


def state() -> str:
    """off, stuck or well: for the page that says how the service stands."""
    if not settings.MAIL_ON:
        return "off"
    return "stuck" if queue.is_stuck() else "well"


def owe_emergency(key: Any, people: Any) -> None:
    """A mail to each who answers for what an emergency opened, with the act itself."""
    if settings.MAIL_ON:
        queue.owe(Mail.Kind.EMERGENCY, str(key), [one for one in people if one.is_active and one.email])
