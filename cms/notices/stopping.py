"""The link that ends alert mails: without a login; it names nobody, and serves as long as its mail is kept."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from cms.notices.models import Mail
from cms.notices.queue import KEEP
from records import api as records
from search import api as search

_SALT = "custodia.alert-mail"


def link_for(mail: Mail) -> str:
    """The whole address. It holds the id of the mail, signed: nothing of the person nor of what she saved."""
    token = signing.TimestampSigner(salt=_SALT).sign(mail.pk.hex)
    return settings.SITE_ADDRESS + reverse("stop-mail", args=[token])


def find_mail(token: str) -> Mail | None:
    """The mail of a link that still serves; None for every other, for whatever reason."""
    try:
        key = signing.TimestampSigner(salt=_SALT).unsign(token, max_age=KEEP)
        return Mail.objects.select_related("person").filter(pk=uuid.UUID(key)).first()
    except (signing.BadSignature, ValueError, ValidationError):
        return None


def stop(mail: Mail) -> None:
    """Her alerts stay at the desk; doing it twice is doing it once."""
    with transaction.atomic():
        if search.saved.stop_mail(mail.person):
            records.record("alert.stopped", actor=None, subject=mail.person, mail=mail.pk)
