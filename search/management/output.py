"""What the room's commands print: one JSON document, and how they refuse."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn, Protocol


class Out(Protocol):
    """Where a command prints."""

    def write(self, msg: str) -> Any:
        """Writes one text."""


def print_json(out: Out, document: Any) -> None:
    """One JSON document; ASCII escapes, so that it passes any terminal's encoding."""
    out.write(json.dumps(document, ensure_ascii=True, indent=2))


def refuse(out: Out, code: str, message: str) -> NoReturn:
    """Prints the refusal of a whole command and ends with exit status 1."""
    print_json(out, {"ok": False, "error": {"code": code, "message": message}})
    sys.exit(1)
