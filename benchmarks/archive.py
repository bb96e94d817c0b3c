"""An invented archive of any size, spun by seed from sentences of others, and 500 readers who may read more or less.

60 of a hundred documents are public, 30 restricted, 10 reserved. A document has 1 to 9 pages, 5 on average, of about
290 words; among the sentences stand convenios, articles, money and codes as records have them. The rows are written
as the product keeps them, without its acts: what is measured reads them and never changes them.
"""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.spanish import Sentences

LEVELS = {"public": 60, "restricted": 30, "reserved": 10}
TIPOS = ("Acta de inicio", "Acta de recibo", "Informe de supervisión", "Contrato", "Resolución", "Anexo técnico",
         "Circular", "Memorando", "Garantía", "Oferta", "Concepto jurídico", "Certificación")  # fmt: skip
SENTENCES_TO_A_PAGE = 17
PAGES = range(1, 10)
PER_EXPEDIENTE = 80
#: Readers by breadth: all that is public and restricted; three expedientes besides the public; one piece besides.
BROAD, MIDDLE, NARROW = 50, 150, 300
_FIRST_DAY, _DAYS = datetime.date(2018, 1, 1), 3_000
_BATCH = 2_000


@dataclass(frozen=True)
class Piece:
    """One document before it is a row."""

    number: int
    expediente: int
    title: str
    tipo: str
    level: str
    date: datetime.date
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Readers:
    """Logins by breadth."""

    broad: tuple[str, ...]
    middle: tuple[str, ...]
    narrow: tuple[str, ...]


def convenio_of(expediente: int) -> str:
    """The convenio whose expediente it is: four expedientes have one in common."""
    return f"CD-{2018 + expediente % 8}-{expediente // 4 + 1:03}"


def pieces(pages: int, sentences: Sentences, seed: int = 46) -> Iterator[Piece]:
    """Documents until they have so many pages; the same for the same seed and sentences, however many are asked."""
    chance = random.Random(seed)
    made = number = 0
    while made < pages:
        piece = _piece(number, chance, sentences.listed)
        made, number = made + len(piece.pages), number + 1
        yield piece


def _piece(number: int, chance: random.Random, listed: Sequence[str]) -> Piece:
    expediente, tipo = number // PER_EXPEDIENTE, chance.choice(TIPOS)
    level = chance.choices(list(LEVELS), list(LEVELS.values()))[0]
    date = _FIRST_DAY + datetime.timedelta(days=chance.randrange(_DAYS))
    pages = tuple(_page(expediente, chance, listed) for _ in range(chance.choice(PAGES)))
    subject = " ".join(chance.choice(listed).split()[:7]).rstrip(".,:;")
    return Piece(number, expediente, f"{tipo} {number}: {subject}"[:290], tipo, level, date, pages)


def _page(expediente: int, chance: random.Random, listed: Sequence[str]) -> str:
    said = [*chance.choices(listed, k=SENTENCES_TO_A_PAGE), *_facts(expediente, chance)]
    chance.shuffle(said)
    return "\n".join(said)


def _facts(expediente: int, chance: random.Random) -> Iterator[str]:
    """What records say between their sentences."""
    own = chance.random() < 0.3
    place = expediente if own else chance.randrange(4_000)
    year, number = 2018 + place % 8, place // 4 + 1
    forms = (f"Convenio {number} de {year}.", f"Véase el convenio derivado N.º {number}/{year}.", convenio_of(place))
    yield chance.choice(forms)
    if chance.random() < 0.2:
        yield f"Según el artículo {chance.randrange(1, 90)}.{chance.randrange(1, 9)} del contrato."
    if chance.random() < 0.2:
        nit = chance.randrange(8 * 10**8, 9 * 10**8)
        yield f"Por valor de ${chance.randrange(1, 900)}.{chance.randrange(1_000):03}.000 al NIT {nit}."


# The rows -------------------------------------------------------------------------------------------------


def fill(pages: int, sentences: Sentences) -> Readers:
    """The installation of this process gets its people, its expedientes, and so many pages."""
    from tests import factories
    from tests.people import make_cast

    cast = make_cast()
    tipos = {name: factories.make_tipo(f"tipo_{n}", name=name) for n, name in enumerate(TIPOS)}
    writer = _Rows(cast, tipos)
    batch: list[Piece] = []
    for piece in pieces(pages, sentences):
        batch.append(piece)
        if len(batch) == _BATCH:
            writer.write(batch)
            batch = []
    writer.write(batch)
    return _let_in(cast)


class _Rows:
    """Writes pieces as rows, a batch at a time."""

    def __init__(self, cast: dict[str, Any], tipos: dict[str, Any]) -> None:
        from records.models import Blob

        self.cast, self.tipos, self.expedientes = cast, tipos, dict[int, Any]()
        self.moment = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
        self.blob = Blob.objects.create(digest="0" * 64, size=1, stored_at=self.moment)
        self.folios: dict[int, int] = {}

    def write(self, batch: Sequence[Piece]) -> None:
        from records.models import Document, PageText, Reading

        self._open({piece.expediente for piece in batch})
        rows = [self._row(piece) for piece in batch]
        Document.objects.bulk_create(rows, batch_size=500)
        Reading.objects.bulk_create(
            [Reading(document=row, state="read", pages=row.pages) for row in rows], batch_size=500
        )
        texts = [
            PageText(document=row, number=number, text=text)
            for row, piece in zip(rows, batch, strict=True)
            for number, text in enumerate(piece.pages, 1)
        ]
        PageText.objects.bulk_create(texts, batch_size=500)

    def _open(self, numbers: set[int]) -> None:
        from records.models import Expediente
        from tests import factories

        some = next(iter(self.tipos.values()))
        missing = sorted(numbers - self.expedientes.keys())
        new = [
            Expediente(
                code=f"GC-130-{convenio_of(number)}-{number:05}", title=f"Expediente {number}", kind="derived",
                trd=some.trd, office="GC", opened_on=_FIRST_DAY, convenio_number=convenio_of(number),
                opened_by=self.cast["archivista"], created_at=self.moment,
            )
            for number in missing
        ]  # fmt: skip
        for number, row in zip(missing, Expediente.objects.bulk_create(new), strict=True):
            self.expedientes[number] = row
            if number < 4 * MIDDLE:
                factories.appoint_custodian(row, self.cast["custodia"])

    def _row(self, piece: Piece) -> Any:
        from records.models import Document

        first = self.folios.get(piece.expediente, 0) + 1
        last = self.folios[piece.expediente] = first + len(piece.pages) - 1
        return Document(
            id=uuid.UUID(int=random.Random(piece.number).getrandbits(128), version=4),
            expediente=self.expedientes[piece.expediente], tipo=self.tipos[piece.tipo],
            order=piece.number % PER_EXPEDIENTE + 1, folio_first=first, folio_last=last,
            radicado=f"2026-{piece.number:07}", title=piece.title, date=piece.date, author="Grupo de Contratos",
            filed_by=self.cast["archivista"], filed_at=self.moment, blob=self.blob, original_name="pieza.pdf",
            media_type="application/pdf", extension="pdf", pages=len(piece.pages), inspected=True, level=piece.level,
            state="registered",
        )  # fmt: skip


def _let_in(cast: dict[str, Any]) -> Readers:
    """500 accounts with the password of the cast, and what opens more or less to them."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.db import transaction

    from records.models import Document, Expediente
    from records.services import access
    from tests import factories

    people = [_account(get_user_model(), cast["ajeno"], n) for n in range(BROAD + MIDDLE + NARROW)]
    get_user_model().objects.bulk_create(people)
    broad, middle, narrow = people[:BROAD], people[BROAD : BROAD + MIDDLE], people[BROAD + MIDDLE :]
    Group.objects.get(name=cast["archivista"].groups.get().name).user_set.add(*broad)
    held = list(Expediente.objects.filter(appointments__isnull=False).order_by("code")[: 3 * MIDDLE])
    own = list(Document.objects.filter(expediente__in=held[:100], level="restricted").order_by("radicado")[:NARROW])
    given = [(one, held[(3 * n + step) % len(held)]) for n, one in enumerate(middle) for step in range(3)]
    given += [(one, own[n % len(own)]) for n, one in enumerate(narrow)]
    with transaction.atomic():
        for person, target in dict.fromkeys(given):
            access.grant_access(
                actor=cast["custodia"], target=target, person=person, until=factories.FAR, reason="Medida"
            )
    return readers()


def _account(model: Any, like: Any, number: int) -> Any:
    return model(
        username=f"lectora{number}", email=f"lectora{number}@example.invalid", password=like.password,
        full_name=f"Lectora {number}", desk_access=True, is_active=True,
    )  # fmt: skip


def readers() -> Readers:
    names = tuple(f"lectora{n}" for n in range(BROAD + MIDDLE + NARROW))
    return Readers(names[:BROAD], names[BROAD : BROAD + MIDDLE], names[BROAD + MIDDLE :])
