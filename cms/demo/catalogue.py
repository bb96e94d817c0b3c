"""The demo's retention schedule, loaded as any other: its file, through the loader."""

from __future__ import annotations

import datetime

from cms.demo import fixtures
from cms.users.models import User
from records.api import TrdVersion, load_schedule

FILE = "trd.json"
LOADER = "archivista"
IN_FORCE_FROM = datetime.date(2025, 1, 1)


def load() -> str:
    """Load the schedule once; nothing changes when a version is there. Returns the version's number."""
    present = TrdVersion.objects.order_by("-number").first()
    if present is None:
        content = (fixtures.folder() / FILE).read_bytes()
        present = load_schedule(actor=User.objects.get(username=LOADER), content=content, name=FILE)
    return str(present.pk)
