"""`check [--deploy] [--database NAME]`: Django's own, which also tells what would keep this house from starting.

The other commands do not ask: some of them are there to mend what is told here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.core.management.commands import check


class Command(check.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        import_module("cms.checks")  # which registers them
        return super().execute(*args, **options)
