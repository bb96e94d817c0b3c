"""Codes of an application that were used: none opens twice while it is still valid, in whichever process."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cms.users.models import SpentCode
from records.api import digest_of

#: Longer than any code is valid.
KEPT = datetime.timedelta(minutes=10)


def spend(person: Any, code: str) -> bool:
    """Note a code as used; False when it was already. The database decides between two at once."""
    mark = digest_of(f"code:{''.join(code.split())}")
    # Machine time: what is compared is when this row was written, not a date of custody.
    SpentCode.objects.filter(at__lt=timezone.now() - KEPT).delete()  # noqa: TID251  see above
    try:
        with transaction.atomic():
            SpentCode.objects.create(person=person, mark=mark)
    except IntegrityError:
        return False
    return True
