"""Work on pieces that outlives the act that asks for it. The kernel says what is due; `records.tasks` does it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from records.events import announce

READ = "read"
RECOGNISE = "recognise"
PARTS = "parts"
SIGNATURES = "signatures"
PDFA = "pdfa"


@dataclass(frozen=True)
class WorkDue:
    """Something is to be made from these pieces: `work` is one of the codes above."""

    work: str
    document_ids: tuple[uuid.UUID, ...]


def ask(work: str, *document_ids: uuid.UUID) -> None:
    """Have it done by a worker; must run inside the transaction of what asks for it."""
    announce(WorkDue(work, document_ids))
