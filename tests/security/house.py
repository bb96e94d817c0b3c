"""A house to look into from outside: the whole cast, two expedientes, a piece of each level in both.

Pieces are named by expediente and level: A.P, A.C, A.R, A.S and the same in B, for Pública, Clasificada,
Reservada and Sin clasificar. Each carries unique words (canaries) in its title, its name and its text.
"""

from __future__ import annotations

import io
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from records import clock, storage
from records.models import Blob, Document, Expediente, PageText, Reading
from records.vocabulary import ExpedienteKind, Level, Role
from tests import factories
from tests.people import ANONYMOUS, make_cast

LETTERS: Mapping[str, str] = {"P": Level.PUBLIC, "C": Level.RESTRICTED, "R": Level.RESERVED, "S": Level.UNCLASSIFIED}
NAMES = tuple(f"{place}.{letter}" for place in "AB" for letter in LETTERS)
#: In the text of every piece, and in nothing else.
COMMON = "inventariocomun"


@dataclass
class House:
    """People by login, expedientes by letter, pieces by name."""

    cast: dict[str, Any]
    expedientes: dict[str, Expediente]
    pieces: dict[str, Document]
    #: The grant that all worlds share, where there is one.
    granted: object = None

    def person(self, login: str) -> Any:
        """The person as the database has them now, with nothing remembered from before."""
        if login == ANONYMOUS:
            return AnonymousUser()
        return type(self.cast[login])._default_manager.get(pk=self.cast[login].pk)

    def piece(self, name: str) -> Document:
        return Document.objects.select_related("expediente").get(pk=self.pieces[name].pk)

    def name_of(self, key: object) -> str:
        return next(name for name, piece in self.pieces.items() if str(piece.pk) == str(key))


def canaries(name: str) -> dict[str, str]:
    """The words that stand nowhere but in one piece: in its title, its original name and its text."""
    tail = name.replace(".", "").lower()
    return {part: f"canario{part}{tail}" for part in ("titulo", "nombre", "texto")}


def build(texts: Mapping[str, str] | None = None) -> House:
    """The house with all its pieces, filed by the archivist; `texts` gives some another text and title.

    Those of one expediente were filed in one gesture: their batch is the identity of the expediente's letter.
    """
    cast = make_cast()
    house = House(cast, {}, {})
    for place in "AB":
        add_place(house, place)
    for name in NAMES:
        text = (texts or {}).get(name)
        add_piece(house, name, **({} if text is None else {"text": text, "title": text}))
    return house


def add_place(house: House, letter: str, **fields: Any) -> Expediente:
    """An expediente as a row, the same in every world."""
    columns: dict[str, Any] = {
        "id": identity(f"expediente {letter}"), "code": f"GC-130-{letter}-2026-001", "title": f"Expediente {letter}",
        "kind": ExpedienteKind.DERIVED, "office": Role.CONTRACTS_GROUP, "opened_on": factories.DAY,
        "opened_by": house.cast["archivista"], "created_at": clock.now(),
    }  # fmt: skip
    house.expedientes[letter] = Expediente.objects.create(**{**columns, **fields})
    return house.expedientes[letter]


def add_piece(house: House, name: str, filer: str = "archivista", **fields: Any) -> Document:
    """A piece as rows and bytes, everything about it told by its name alone; `fields` change what they name."""
    place, letter = name[0], name[2]
    words, expediente = canaries(name), house.expedientes[place]
    content = fields.pop("text", f"{COMMON} {words['texto']}\n")
    order = fields.pop("order", 1 + "PCRS".index(letter))
    piece = Document.objects.create(
        id=fields.pop("id", identity(name)), expediente=expediente, tipo=factories.make_tipo(), order=order,
        folio_first=order, folio_last=order, radicado=f"2026-{zlib.crc32(name.encode())}",
        title=fields.pop("title", f"Pieza {words['titulo']}"), original_name=f"{words['nombre']}.txt",
        date=factories.DAY, author="Grupo de Contratos", filed_by=house.cast[filer], filed_at=expediente.created_at,
        blob=kept(content.encode(), expediente), media_type="text/plain", extension="txt", pages=1, inspected=True,
        level=LETTERS[letter], batch=identity(place), **fields,
    )  # fmt: skip
    Reading.objects.create(document=piece, state="read")
    PageText.objects.create(document=piece, number=1, text=content, words=b"")
    house.pieces[name] = piece
    return piece


def identity(name: str) -> uuid.UUID:
    """The same id for the same name in every world."""
    return uuid.UUID(int=uuid.uuid5(uuid.NAMESPACE_URL, name).int, version=4)


def kept(content: bytes, expediente: Expediente) -> Blob:
    staged = storage.store().stage(io.BytesIO(content), limit=10_000)
    storage.store().keep(staged)
    defaults = {"size": staged.size, "stored_at": expediente.created_at}
    return Blob.objects.get_or_create(digest=staged.digest, defaults=defaults)[0]
