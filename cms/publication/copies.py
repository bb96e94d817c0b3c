"""Where the public copy of public bytes lies: a folder by digest, all that the public process needs to serve them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from cms.publication.models import PublishedDocument


def folder() -> Path:
    return Path(settings.PUBLISHED_FILES)


def path_of(digest: str) -> Path:
    return folder() / digest[:2] / digest


def forget_later(digests: Collection[str]) -> None:
    """Remove these copies once the act is certain; what an end in between leaves, `settle` removes."""
    transaction.on_commit(partial(forget, frozenset(digests)))


def forget(digests: Collection[str]) -> None:
    still = set(PublishedDocument.objects.filter(digest__in=digests).values_list("digest", flat=True))
    for digest in set(digests) - still:
        with contextlib.suppress(OSError):
            path_of(digest).unlink(missing_ok=True)
