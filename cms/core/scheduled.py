"""Pages that an editor set a moment for: put on the site, and taken off it, once that moment has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from wagtail.models import Page, Revision

logger = logging.getLogger(__name__)


def publish_due() -> None:
    """Takes off and publishes what is due now, each page in a transaction of its own; one that cannot be published
    is logged and holds up no other. Raises DatabaseError where the database cannot be used.

    As Wagtail's own command does it, which stops at the first page that fails. The moment is the database's: no
    demo moves the clock of the screens where editors set it.
    """
    for page in list(Page.objects.live().filter(expire_at__lt=Now()).specific()):
        _try(page.pk, partial(page.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled"))
    for revision in list(Revision.objects.filter(approved_go_live_at__lt=Now()).order_by("approved_go_live_at")):
        _try(revision.object_id, partial(revision.publish, log_action="wagtail.publish.scheduled"))


def _try(page: object, act: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        raise
    except Exception as fault:  # noqa: BLE001 whatever is wrong with one page, the next must not wait for it
        logger.warning("page %s could not change at its moment: %s", page, type(fault).__name__)
