"""Settings of the records room, read at use so that tests may override them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings


def setting(name: str) -> Any:
    return settings.RECORDS[name]


def max_upload_bytes() -> int:
    return int(setting("MAX_UPLOAD_BYTES"))


def page_cache() -> Path:
    return Path(setting("PAGE_CACHE"))
