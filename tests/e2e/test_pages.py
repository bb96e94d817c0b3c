"""Every page of the desk, at a desk and on a phone: axe finds nothing in light and dark, and nothing sticks out."""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Arrive, Visit
from tests.e2e.test_journeys import EXPEDIENTE
from tests.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.requirement("A10")]

ROOMS = (
    "", "cargas/", "trabajos/", "trd/", "trd/cargar/", "cuarentena/", "llave/",
    "salud/", "integridad/", "retenciones/", "retenciones/?ver=todas", "disposicion/",
)  # fmt: skip
OF_AUDITOR = (
    *("bitacora/", "bitacora/?sistema=solo&desde=ayer", "bitacora/?persona=custodia", "bitacora/?resultado=refused"),
    *("bitacora/?documento=nada", "salud/", "integridad/"),
)
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
OF_CUSTODIAN = ("cerrar/", "accesos/conceder/", "suspender/", "certificado/", "indice/expedir/")
OF_CUSTODIAN_PIECE = ("certificado/", "suspender/", "cadena/")


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
    keeper = arrive("custodia", phone=phone)
    for page in OF_CUSTODIAN_PIECE:
        keeper.go(address + page)


def test_a_suspension_from_its_order_to_its_lifting(arrive: Arrive, *, phone: bool) -> None:
    visit = arrive("custodia", phone=phone)
    address = piece_of(visit, expediente_of(visit))
    visit.go(address + "suspender/")
    visit.page.get_by_role("button", name="Suspender la disposición").click()
    visit.looked_at.clear()  # the same address, with what is to be mended
    visit.look()
    visit.page.locator("main select[name=hold_kind]").select_option(index=1)
    visit.page.locator("main [name=authority]").fill("Contraloría General, oficio 2026EE0012345")
    visit.page.locator("main textarea[name=reason]").fill("Indagación sobre el convenio")
    visit.page.get_by_role("button", name="Suspender la disposición").click()
    visit.page.wait_for_url(f"**{address}")
    expect(visit.page.locator("main")).to_contain_text("Disposición suspendida")
    head = arrive("jefatura", phone=phone)
    head.go("/custodia/retenciones/")
    head.click("Levantar")
    head.page.locator("main [name=authority]").fill("Contraloría General, auto de archivo")
    head.page.locator("main textarea[name=reason]").fill("Terminó la indagación")
    head.page.get_by_role("button", name="Levantar la suspensión").click()
    head.page.wait_for_url("**/custodia/retenciones/**")
    head.go("/custodia/retenciones/?ver=todas")
    expect(head.page.locator("main")).to_contain_text("Levantada")


@pytest.mark.criterion(13)
def test_the_closed_desk(arrive: Arrive, town: Installation, *, phone: bool) -> None:
    """A head outside that the database does not know closes the desk; the public site goes on."""
    visit = arrive("archivista", phone=phone)
    with a_later_head_outside(town):
        answers(visit, "/custodia/", 503)
        visit.looked_at.clear()
        visit.look()
        expect(visit.page.locator("h1")).to_have_text("Custodia está cerrada")
        visit.click("Ir al sitio público")
    answers(visit, "/custodia/", 200)
    visit.complaints[:] = [one for one in visit.complaints if "503" not in one]


def answers(visit: Visit, path: str, status: int) -> None:
    """Until the site has looked again, which it does every quarter of a minute."""
    for _attempt in range(120):
        response = visit.page.goto(visit.town.address + path)
        if response is not None and response.status == status:
            return
        visit.page.wait_for_timeout(500)
    pytest.fail(f"{path} does not answer {status}")


@contextlib.contextmanager
def a_later_head_outside(town: Installation) -> Iterator[None]:
    heads = town.home / "witness" / "checkpoints.jsonl"
    with (heads.parent / ".lock").open("wb") as lock:  # as whoever adds one
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = heads.read_bytes()
        last = json.loads(known.splitlines()[-1])
        last["checkpoint"] |= {"size": last["checkpoint"]["size"] + 1000, "root": "ab" * 32}
        heads.write_bytes(known + json.dumps(last).encode() + b"\n")
    try:
        yield
    finally:
        heads.write_bytes(known)
