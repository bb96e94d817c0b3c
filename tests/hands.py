"""`python -m tests.hands SEED TURNS`: one of several hands that file in the expediente of `tests.ground` at once.

What each turn does follows from the seed: a piece, a batch, or a piece of another expediente incorporated.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

import django


def one(actor: Any, shelf: Any, _size: int) -> None:
    from tests import factories

    factories.file_piece(actor, shelf, fresh())


def many(actor: Any, shelf: Any, size: int) -> None:
    from records.services import batches
    from tests import factories

    items = [batches.Item(factories.upload(fresh()), factories.metadata()) for _number in range(size)]
    batches.file_batch(actor=actor, expediente=shelf, items=items)


def incorporate(actor: Any, shelf: Any, size: int) -> None:
    from records.services import placements
    from tests import factories, lives

    home = factories.make_expediente(actor, f"GC-130-{random.getrandbits(64):x}")
    radicado = f"9{random.getrandbits(60):x}"
    piece = lives.piece({"archivista": actor}, home, pages=size, radicado=radicado)
    placements.place_document(actor=actor, document=piece, expediente=shelf, reason="Soporte")


def fresh() -> bytes:
    """A text like no other, whichever process makes it."""
    return f"Texto {random.getrandbits(128):x}\n".encode()


ACTS: tuple[Callable[[Any, Any, int], None], ...] = (one, many, incorporate)


def work(actor: Any, shelf: Any, choose: random.Random, turns: int) -> None:
    for turn in range(turns):
        act = ACTS[turn % len(ACTS)] if turn < len(ACTS) else choose.choice(ACTS)
        act(actor, shelf, choose.randint(1, 4))


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model

    from records.models import Expediente
    from tests.ground import EXPEDIENTE

    seed, turns = map(int, sys.argv[1:])
    actor = get_user_model().objects.get(username="archivista")
    work(actor, Expediente.objects.get(code=EXPEDIENTE), random.Random(seed), turns)


if __name__ == "__main__":
    main()
