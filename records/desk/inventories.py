"""Sheets of an expediente on paper: its hoja de control and its inventory (FUID), from the same rows as its index."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from records import audit, clock
from records.desk.doors import READ, desk_view
from records.desk.receipts import download
from records.models import Expediente
from records.rendering import control_sheet
from records.rendering.fuid import LAYOUTS
from records.rendering.fuid import fuid as inventory_of
from records.rendering.sheets import FORMATS, Sheet
from records.selectors.expedientes import get_expediente_for, list_rows_for
from records.selectors.index_rows import office_of
from records.selectors.people import list_custodians
from records.selectors.units import producer_of, unit_for

ENDINGS = tuple(FORMATS)
__all__ = ["ENDINGS", "LAYOUTS", "control", "fuid"]


@desk_view(*READ)
def control(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponse:
    """The hoja de control, with what this reader may know."""
    expediente = get_expediente_for(request.user, key)
    responsible = [appointment.person.get_full_name() for appointment in list_custodians(expediente)]
    sheet = control_sheet.control(
        expediente,
        list_rows_for(request.user, expediente),
        at=clock.now(),
        office=office_of(expediente),
        responsible=responsible,
    )
    return given(request, expediente, sheet, "hoja-de-control", ending)


@desk_view(*READ)
def fuid(request: HttpRequest, key: uuid.UUID, layout: str, ending: str) -> HttpResponse:
    """The inventory of the expediente, in one of its two layouts."""
    expediente = get_expediente_for(request.user, key)
    units = [unit_for(request.user, expediente)]
    sheet = inventory_of(layout, producer_of(expediente), units, clock.now())
    return given(request, expediente, sheet, f"fuid-{layout}", ending)


def given(request: HttpRequest, expediente: Expediente, sheet: Sheet, name: str, ending: str) -> HttpResponse:
    """The file, once the ledger tells who took it; asking only for its head takes nothing."""
    media_type, write = FORMATS[ending]
    content = write(sheet)
    if request.method == "GET":
        with transaction.atomic():
            audit.record("inventory.downloaded", actor=request.user, subject=expediente, sheet=name, format=ending)
    return download(content, media_type, f"{name}-{plain(expediente.code)}.{ending}")


def plain(name: str) -> str:
    """A name for a header: what could end it early becomes a dash."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-._") else "-" for letter in name)
