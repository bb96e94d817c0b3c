"""A ground: one reason why a person reads something, with the act or the office that it rests on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from records.models import Document
from records.permissions.matrix import Levels

Keys = frozenset[uuid.UUID]
NOTHING: Keys = frozenset()


@dataclass(frozen=True)
class Ground:
    """One reason why a person reads something.

    `everywhere` it opens its levels in all custody; else in some expedientes, and of some pieces. `act` is the id of
    the grant, appointment or decision relied on, `office` the role.
    """

    rule: str
    levels: Levels
    expedientes: Keys = NOTHING
    documents: Keys = NOTHING
    everywhere: bool = False
    act: uuid.UUID | None = None
    office: str = ""

    def told(self) -> dict[str, str]:
        """As the ledger keeps it: the rule, and the act or the office relied on."""
        act = {"act": str(self.act)} if self.act else {}
        return {"rule": self.rule, **act, **({"office": self.office} if self.office else {})}

    def covers(self, document: Document, level: str) -> bool:
        """Does it open the piece, were it of this level?"""
        if level not in self.levels:
            return False
        return self.opens(document.expediente_id) or document.pk in self.documents

    def opens(self, expediente: uuid.UUID) -> bool:
        """Does it open its levels in the whole of this expediente?"""
        return self.everywhere or expediente in self.expedientes
