"""What custody can tell a reader of beside her searches, in the search room's words; and what the desk shows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.notices import sending
from records import api as records
from records.desk.sockets import NewsLine, OtherCheck
from search import api as search


class ReserveEnds:
    """Pieces she reads whose reserve or classification ends within thirty days."""

    name = "reserve_ends"

    def find(self, viewer: Any) -> set[str]:
        return {str(key) for key in records.list_levels_ending_for(viewer).order_by().values_list("pk", flat=True)}

    def present(self, keys: Iterable[str], viewer: Any) -> Mapping[str, search.Card]:
        pieces = records.list_levels_ending_for(viewer).filter(pk__in=list(keys))
        return {str(piece.pk): self.card_of(piece) for piece in pieces}

    def card_of(self, piece: Any) -> search.Card:
        return search.Card(
            key=str(piece.pk),
            title=piece.title,
            url=f"/custodia/documentos/{piece.pk}/",
            level=piece.level,
            container=piece.expediente.code,
            note=_("vence el %(day)s") % {"day": date_format(piece.due).lower()},
        )


class Complete:
    """Expedientes in her charge that lack nothing at their stage."""

    name = "complete"

    def find(self, viewer: Any) -> set[str]:
        return records.find_complete_for(viewer)

    def present(self, keys: Iterable[str], viewer: Any) -> Mapping[str, search.Card]:
        places = records.list_in_charge_for(viewer, keys)
        return {
            str(place.pk): search.Card(
                key=str(place.pk),
                title=place.title,
                url=f"/custodia/expedientes/{place.pk}/faltantes/",
                container=place.code,
                note=_("completo"),
            )
            for place in places
        }


ALL: Sequence[search.Happening] = (ReserveEnds(), Complete())


def news_of(person: Any) -> list[NewsLine]:
    """Each of her saved searches in which something is new, by name."""
    fresh = search.novelty.count_news(person)
    if not fresh:
        return []
    hers = search.saved.list_saved(person).filter(pk__in=fresh)
    return [NewsLine(one.name, reverse("saved-search", args=[one.pk]), fresh[one.pk]) for one in hers]


#: What is said of the mail, by how it stands.
MAIL: Mapping[str, tuple[bool, Any]] = {
    "off": (True, gettext_lazy("Esta instalación no envía correo: los avisos quedan en la bandeja.")),
    "well": (True, gettext_lazy("Sale con los avisos que cada persona pidió.")),
    "stuck": (
        False,
        gettext_lazy("Hay correos que no han podido salir. Lo avisado está también en la bandeja."),
    ),
}


def mail_check(_person: Any) -> OtherCheck:
    well, said = MAIL[sending.state()]
    return OtherCheck(_("Correo"), well, said)
