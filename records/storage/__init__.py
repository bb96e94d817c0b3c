"""The configured store of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.module_loading import import_string

from records import conf
from records.storage.base import BlobStore, Staged

__all__ = ["BlobStore", "Staged", "made", "store"]


def store() -> BlobStore:
    """The store that settings name: {"BACKEND": dotted path, "OPTIONS": constructor's arguments}."""
    return made(conf.setting("STORE"))


def made(chosen: Mapping[str, Any]) -> BlobStore:
    """A store as settings describe one."""
    return _made(chosen["BACKEND"], tuple(sorted(chosen.get("OPTIONS", {}).items())))


@lru_cache(maxsize=8)
def _made(backend: str, options: tuple[tuple[str, Any], ...]) -> BlobStore:
    made: BlobStore = import_string(backend)(**dict(options))
    return made
