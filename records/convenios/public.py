"""What of custody is public beside a shown project: its signed convenios, their public pieces, what is withheld.

It follows the acts of the convenios, in their transaction: one that is signed after the decision is told from then on.

A piece is public by the act that gave it its level, which two people made (D12); it is shown while a project of its
convenio is. Of what is classified only the number by ground is told; what is reserved or unclassified is not counted
(Ley 1712 de 2014, arts. 18, 19 and 21).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from records.api import (
    ActState,
    ClassificationAct,
    ConvenioCard,
    ConveniosChanged,
    ConveniosLooked,
    Document,
    DocumentState,
    Level,
    PieceCard,
    PiecesLooked,
    ProjectTold,
    announce,
    stage_label,
)
from records.convenios.models import Convenio, Project, PublicationDecision
from records.models import PageText

#: Letters of a piece's text that citizens may search; a longer one is found by its beginning.
MOST_TEXT = 200_000


def shown_projects() -> QuerySet[Project]:
    """Projects that citizens see now: those whose last decision published them."""
    last = PublicationDecision.objects.filter(project=OuterRef("pk")).order_by("-decided_at")
    shown = Project.objects.annotate(published=Subquery(last.values("published")[:1])).filter(published=True)
    return shown.order_by().select_related("convenio__expediente", "convenio__framework__expediente")


def shown_codes() -> dict[uuid.UUID, str]:
    """Projects that citizens must see now, with their codes."""
    return dict(shown_projects().values_list("pk", "code"))


def showing_decisions(project_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Decisions that showed one of these projects, each with its project."""
    rows = PublicationDecision.objects.filter(project__in=project_ids, published=True).order_by()
    return dict(rows.values_list("pk", "project"))


def look_again(document_ids: Collection[uuid.UUID]) -> None:
    """Tell, in the transaction of what happened to these pieces, which of them are public and what is withheld."""
    touched = Document.objects.filter(pk__in=document_ids).exclude(expediente__convenio_number="").order_by()
    numbers = touched.values("expediente__convenio_number")
    of_them = Q(convenio__number__in=numbers) | Q(convenio__framework__number__in=numbers)
    projects = list(shown_projects().filter(of_them))
    public = cards_of(public_pieces(numbers_of(projects)).filter(pk__in=document_ids)) if projects else ()
    announce(PiecesLooked(tuple(document_ids), public, {project.pk: withheld_of(project) for project in projects}))


def look_at_expediente(expediente_id: uuid.UUID) -> None:
    """The convenios that lie in this expediente are in another state of their course."""
    numbers = tuple(Convenio.objects.filter(expediente=expediente_id).order_by().values_list("number", flat=True))
    if numbers:
        announce(ConveniosChanged(numbers))


def look_at_convenios(numbers: Collection[str], naming: Collection[uuid.UUID] = ()) -> None:
    """Tell, in the transaction of what happened to these convenios, what shown projects tell of them now.

    `naming`: projects that name one of them where citizens read, whatever they are tied to by now.
    """
    of_them = Q(convenio__number__in=numbers) | Q(convenio__framework__number__in=numbers) | Q(pk__in=naming)
    announce(looked(shown_projects().filter(of_them), numbers))


def look_at_projects(project_ids: Collection[uuid.UUID], numbers: Collection[str]) -> ConveniosLooked:
    """What those of these projects that are shown tell of their convenios now, and which of `numbers` none may name."""
    return looked(shown_projects().filter(pk__in=project_ids), numbers)


def looked(projects: Iterable[Project], numbers: Collection[str]) -> ConveniosLooked:
    found = list(projects)
    pieces = cards_of(public_pieces(numbers_of(found))) if found else ()
    return ConveniosLooked(tuple(map(told_of, found)), pieces, unsigned(numbers))


def told_of(project: Project) -> ProjectTold:
    derived = only_signed(project.convenio)
    marco = only_signed(project.convenio.framework) if project.convenio else None
    return ProjectTold(
        project_id=project.pk,
        convenio_number=derived.number if derived else "",
        framework_number=marco.number if marco else "",
        credits_agreed=derived.credits_agreed if derived else None,
        convenios=convenio_cards(project),
        withheld=withheld_of(project),
    )


def unsigned(numbers: Collection[str]) -> frozenset[str]:
    """Those of these numbers that no signed convenio has."""
    signed_ones = Convenio.objects.filter(number__in=numbers, signed_on__isnull=False).order_by()
    return frozenset(numbers) - frozenset(signed_ones.values_list("number", flat=True))


def numbers_of(projects: Iterable[Project]) -> set[str]:
    return {convenio.number for project in projects for convenio in signed(project.convenio)}


def signed(convenio: Convenio | None) -> tuple[Convenio, ...]:
    """The convenio and its marco, as far as they are signed: what is being drafted or negotiated is nobody's."""
    both = (convenio, convenio.framework) if convenio else ()
    return tuple(filter(None, map(only_signed, both)))


def only_signed(convenio: Convenio | None) -> Convenio | None:
    """This convenio if it is signed: else not even its number or what is offered in it is told."""
    return convenio if convenio and convenio.signed_on else None


def convenio_cards(project: Project) -> tuple[ConvenioCard, ...]:
    return tuple(convenio_card(convenio, project) for convenio in signed(project.convenio))


def convenio_card(convenio: Convenio, project: Project) -> ConvenioCard:
    place, marco = convenio.expediente, only_signed(convenio.framework)
    return ConvenioCard(
        number=convenio.number,
        kind="derived" if convenio.framework_id else "framework",
        framework_number=marco.number if marco else "",
        title=convenio.title,
        supplier=convenio.supplier,
        recipient=project.recipient if convenio.framework_id else "",
        signed_on=convenio.signed_on,
        stage=stage_label(place.kind, place.stage),
        currency=convenio.currency,
        credits_agreed=convenio.credits_agreed,
    )


def public_pieces(numbers: Collection[str]) -> QuerySet[Document]:
    lying = Document.objects.filter(expediente__convenio_number__in=numbers, level=Level.PUBLIC)
    return lying.exclude(state=DocumentState.ANNULLED)


def pieces_of(project: Project) -> tuple[PieceCard, ...]:
    return cards_of(public_pieces(numbers_of([project])))


def cards_of(pieces: QuerySet[Document]) -> tuple[PieceCard, ...]:
    """A card for each piece whose level an approved act gave; four questions, however many they are."""
    rows = list(pieces.select_related("blob", "tipo", "expediente").order_by("date", "order"))
    keys = [piece.pk for piece in rows]
    in_force = ClassificationAct.objects.filter(document__in=keys, level=Level.PUBLIC, state=ActState.IN_FORCE)
    acts, texts = dict(in_force.values_list("document_id", "pk")), texts_of(keys)
    return tuple(card_of(piece, acts[piece.pk], texts.get(piece.pk, "")) for piece in rows if piece.pk in acts)


def card_of(piece: Document, act: uuid.UUID, text: str) -> PieceCard:
    return PieceCard(
        document_id=piece.pk,
        convenio_number=piece.expediente.convenio_number,
        title=piece.title,
        tipo=piece.tipo.name,
        date=piece.date,
        digest=piece.blob_id,
        size=piece.blob.size,
        media_type=piece.media_type,
        extension=piece.extension,
        pages=piece.pages,
        version=piece.version,
        decision_id=act,
        text=text,
    )


def texts_of(keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    pages: dict[uuid.UUID, list[str]] = {}
    rows = PageText.objects.filter(document__in=keys).order_by("document", "number")
    for key, text in rows.values_list("document_id", "text"):
        pages.setdefault(key, []).append(text)
    return {key: " ".join(" ".join(texts).split())[:MOST_TEXT] for key, texts in pages.items()}


def withheld_of(project: Project) -> tuple[Mapping[str, Any], ...]:
    """How many pieces of the project's convenio are classified, by ground, and until when at the latest.

    Of one that is not signed none is counted, also where its marco is: the number would tell that it is negotiated.
    """
    convenio = only_signed(project.convenio)
    if convenio is None:
        return ()
    acts = ClassificationAct.objects.filter(
        state=ActState.IN_FORCE,
        level=Level.RESTRICTED,
        document__level=Level.RESTRICTED,
        document__expediente__convenio_number=convenio.number,
    ).exclude(document__state=DocumentState.ANNULLED)
    grounds = acts.order_by("norm", "article", "literal").values("norm", "article", "literal")
    counted = grounds.annotate(count=Count("document_id", distinct=True), until=Max("until"))
    return tuple({**row, "until": iso(row["until"])} for row in counted)


def iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""
