"""Every door at which custody answers who reads what; each gives the names of the pieces it opens to a person."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from records import permissions
from records.errors import NotFound, RenditionUnavailable, RuleViolation
from records.explain import explain
from records.selectors.documents import get_document_for, list_documents_for
from records.selectors.expedientes import get_expediente_for, list_expedientes_for, list_rows_for
from records.services import marked, parts, renditions, viewing
from records.vocabulary import Action
from search import api as search
from tests.security.house import COMMON, House

Door = Callable[[House, Any], set[str]]


def by_check(house: House, person: Any) -> set[str]:
    return {name for name in house.pieces if permissions.allows(person, Action.VIEW, house.piece(name))}


def by_download_check(house: House, person: Any) -> set[str]:
    return {name for name in house.pieces if permissions.allows(person, Action.DOWNLOAD, house.piece(name))}


def by_list(house: House, person: Any) -> set[str]:
    return named(house, permissions.visible_to(person))


def by_selector(house: House, person: Any) -> set[str]:
    return named(house, list_documents_for(person))


def by_one(house: House, person: Any) -> set[str]:
    return {name for name in house.pieces if opens(lambda name=name: get_document_for(person, house.pieces[name].pk))}


def by_rows(house: House, person: Any) -> set[str]:
    """Lines of the expedientes with a title, in every expediente this person knows."""
    open_rows: set[str] = set()
    for place in house.expedientes.values():
        if opens(lambda place=place: get_expediente_for(person, place.pk)):
            rows = list_rows_for(person, place)
            open_rows |= {house.name_of(row.document) for row in rows if row.document}
    return open_rows


def by_counts(house: House, person: Any) -> dict[str, int]:
    return {place.code: place.visible for place in list_expedientes_for(person) if place.visible}


def by_explanation(house: House, person: Any) -> set[str]:
    return {name for name in house.pieces if explain(person, house.piece(name)).allowed[Action.VIEW]}


def by_page(house: House, person: Any) -> set[str]:
    return {
        name
        for name in house.pieces
        if opens(lambda name=name: viewing.view_document(actor=person, document=house.piece(name)))
    }


def by_bytes(house: House, person: Any) -> set[str]:
    return {name for name in house.pieces if opens(lambda name=name: bytes_of(person, house.piece(name)))}


def bytes_of(person: Any, piece: Any) -> None:
    """As they leave: for who reads for a case as a copy that says so, where one can be made of the piece."""
    if marked.mark_for(person, piece):
        with contextlib.suppress(RuleViolation):  # the pieces of the house have no pages, and may not be read yet
            marked.open_copy(actor=person, document=piece)
        return
    viewing.open_original(actor=person, document=piece).close()


def by_image(house: House, person: Any) -> set[str]:
    """That a page has no image is told to who reads the piece alone."""
    return {
        name
        for name in house.pieces
        if opens(lambda name=name: viewing.page_image(actor=person, document=house.piece(name), number=1))
    }


def by_thumbnail(house: House, person: Any) -> set[str]:
    return {
        name
        for name in house.pieces
        if opens(lambda name=name: viewing.thumbnail(actor=person, document=house.piece(name), number=1))
    }


def by_part(house: House, person: Any) -> set[str]:
    return {
        name
        for name in house.pieces
        if opens(lambda name=name: parts.open_part(actor=person, document=house.piece(name), index=0))
    }


def by_copy(house: House, person: Any) -> set[str]:
    return {
        name
        for name in house.pieces
        if opens(lambda name=name: renditions.open_pdfa(actor=person, document=house.piece(name)))
    }


def by_search(house: House, person: Any) -> set[str]:
    """Hits, which must agree with their own total and facets."""
    answer = search.search(person, COMMON, facets=True)
    hits = {house.name_of(hit.document) for hit in answer.hits}
    assert answer.total == len(answer.hits) == len(hits)
    assert sum(answer.facets.get("level", {}).values()) == answer.total
    return hits


def named(house: House, documents: Any) -> set[str]:
    return {house.name_of(key) for key in documents.order_by().values_list("pk", flat=True)}


def opens(act: Callable[[], object]) -> bool:
    try:
        act()
    except NotFound:
        return False
    except RenditionUnavailable:  # nothing of that kind was made: said after the right to the piece was asked
        return True
    return True


DOORS: Mapping[str, Door] = {
    "allows view": by_check,
    "allows download": by_download_check,
    "visible_to": by_list,
    "list_documents_for": by_selector,
    "get_document_for": by_one,
    "rows": by_rows,
    "explain": by_explanation,
    "viewer": by_page,
    "bytes": by_bytes,
    "page image": by_image,
    "thumbnail": by_thumbnail,
    "part": by_part,
    "archival copy": by_copy,
}
#: The one that tells of every piece at once.
DECIDING: Mapping[str, Door] = {"visible_to": by_list}
