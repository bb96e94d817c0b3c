"""Every page of the desk, at a desk and on a phone: axe finds nothing in light and dark, and nothing sticks out."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import Arrive, Visit
from tests.e2e.test_journeys import EXPEDIENTE

pytestmark = [pytest.mark.e2e, pytest.mark.requirement("A10")]

ROOMS = (
    "", "cargas/", "trabajos/", "trd/", "trd/cargar/", "cuarentena/", "llave/",
    "salud/", "integridad/", "retenciones/", "disposicion/",
)  # fmt: skip
OF_AUDITOR = ("bitacora/", "bitacora/?sistema=solo&desde=ayer", "bitacora/?persona=custodia", "salud/", "integridad/")
OF_EXPEDIENTE = (
    "", "anexos/", "anexos/nuevo/", "faltantes/", "indice/", "indice/?completo", "registrar/", "incorporar/", "etapa/",
    "soporte/", "historia/", "historia/?sistema=mostrar", "indice/expedir/", "radicar/", "paquete/",
    "inventario/", "retencion/",
)  # fmt: skip
OF_PIECE = (
    "", "ficha/", "recibo/", "nivel/", "anular/", "reemplazar/", "version/", "incorporar/", "ubicacion/",
    "cadena/",
)  # fmt: skip
#: What only the named custodian opens.
OF_CUSTODIAN = ("cerrar/", "accesos/conceder/", "suspender/", "certificado/")


@pytest.fixture(params=[False, True], ids=["desktop", "phone"])
def phone(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def expediente_of(visit: Visit) -> str:
    """The address of the worked example's expediente, under /custodia/."""
    visit.page.goto(f"{visit.town.address}/custodia/expedientes/")
    row = visit.page.get_by_role("row").filter(has_text=EXPEDIENTE).first
    return str(row.get_by_role("link").first.get_attribute("href"))


def piece_of(visit: Visit, expediente: str) -> str:
    """The address of a piece of it that this person reads."""
    visit.page.goto(visit.town.address + expediente)
    links = visit.page.locator("main table a[href^='/custodia/documentos/']")
    found = re.match(r"/custodia/documentos/[0-9a-f-]+/", str(links.first.get_attribute("href")))
    assert found
    return found[0]


def test_the_rooms(arrive: Arrive, *, phone: bool) -> None:
    visit = arrive("archivista", phone=phone)
    for room in ROOMS:
        visit.go(f"/custodia/{room}")
    visit.go("/custodia/trd/")
    paper = visit.page.locator("a[href$='/imprimir/']").first.get_attribute("href")
    visit.go(str(paper))


def test_the_pages_of_the_auditor(arrive: Arrive, *, phone: bool) -> None:
    visit = arrive("auditoria", phone=phone)
    for page in OF_AUDITOR:
        visit.go(f"/custodia/{page}")


def test_the_pages_of_an_expediente(arrive: Arrive, *, phone: bool) -> None:
    visit = arrive("archivista", phone=phone)
    address = expediente_of(visit)
    for page in OF_EXPEDIENTE:
        visit.go(address + page)
    keeper = arrive("custodia", phone=phone)
    for page in OF_CUSTODIAN:
        keeper.go(address + page)


def test_the_pages_of_a_piece(arrive: Arrive, *, phone: bool) -> None:
    visit = arrive("archivista", phone=phone)
    address = piece_of(visit, expediente_of(visit))
    for page in OF_PIECE:
        visit.go(address + page)
