"""Custody that an outsider can check, through a browser: a certificate from its wizard to a citizen's own machine, and
the auditor's way through the ledger.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Arrive, Visit
from tests.e2e.test_journeys import open_expediente
from tests.e2e.test_keyboard import tab_into

pytestmark = pytest.mark.e2e


@pytest.mark.requirement("A6", "B6")
@pytest.mark.beyond(12)
def test_a_certificate_convinces_an_outsider_until_a_byte_changes(arrive: Arrive, tmp_path: Path) -> None:
    certificate, key = issued(arrive("custodia"), tmp_path)
    citizen = arrive()
    checked_on_the_page(citizen, certificate)
    expect(citizen.page.locator("main")).to_contain_text("Todo coincide")
    expect(citizen.page.locator("main")).to_contain_text("No se comprueba aquí")
    assert key in citizen.page.locator("main").inner_text()
    with citizen.page.expect_download() as program:
        citizen.page.get_by_role("link", name=re.compile("verify.py")).click()
    program.value.save_as(tmp_path / "verify.py")
    assert "Todo coincide." in checked_at_home(tmp_path, certificate, key, status=0)
    assert "NO COINCIDE" in checked_at_home(tmp_path, certificate, "0" * 64, status=1)
    name = flip_a_byte_of_a_piece(certificate)
    assert re.search(rf"^MAL +{re.escape(name)}: ", checked_at_home(tmp_path, certificate, key, status=1), re.M)
    checked_on_the_page(citizen, certificate)
    expect(citizen.page.get_by_role("alert")).to_contain_text("No coincide: 1 hallazgo")
    expect(citizen.page.locator("main table").first).to_contain_text(name)


def issued(keeper: Visit, folder: Path) -> tuple[Path, str]:
    """The certificate of an expediente as its custodian takes it away, and the fingerprint that she reads aloud."""
    open_expediente(keeper)
    keeper.click("Certificado")
    page = keeper.page
    page.get_by_role("button", name="Expedir el certificado").click()
    expect(page.locator(".errorsummary")).to_contain_text("Qué lleva")
    page.get_by_label(re.compile("Con los bytes")).check()
    page.get_by_role("button", name="Expedir el certificado").click()
    page.wait_for_url(re.compile("/custodia/(certificados|trabajos)/"))
    if "/trabajos/" in page.url:
        page.get_by_role("link", name=re.compile("ertificado")).first.click()
    keeper.look()
    key = page.locator("dd.digest").last.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Descargar el ZIP").click()
    download.value.save_as(folder / "certificado.zip")
    return folder / "certificado.zip", key


def checked_on_the_page(citizen: Visit, certificate: Path) -> None:
    citizen.go("/verificar/")
    citizen.page.locator("input[type=file]").set_input_files(str(certificate))
    citizen.page.get_by_role("button", name="Comprobar").click()
    expect(citizen.page.get_by_role("heading", name="Resultado")).to_be_visible()
    citizen.looked_at.clear()  # the same address, with a result
    citizen.look()


def checked_at_home(folder: Path, certificate: Path, key: str, *, status: int) -> str:
    """What `verify.py` says, run with nothing but Python in a folder of the outsider's own."""
    command = [sys.executable, "-I", "verify.py", str(certificate), "--key", key]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def flip_a_byte_of_a_piece(certificate: Path) -> str:
    with zipfile.ZipFile(certificate) as opened:
        piece = next(one for one in opened.infolist() if one.filename.startswith("documentos/"))
    content = bytearray(certificate.read_bytes())
    content[piece.header_offset + 30 + len(piece.filename) + piece.file_size // 2] ^= 1
    certificate.write_bytes(content)
    return piece.filename


@pytest.mark.requirement("A6")
@pytest.mark.rule("U1", "U2")
def test_the_auditor_follows_one_document_and_proves_the_ledger(arrive: Arrive) -> None:
    visit = arrive("auditoria")
    page = visit.page
    page.locator("nav").get_by_role("link", name="Bitácora").first.click()
    visit.look()
    page.get_by_label("Acto", exact=True).select_option("document.filed")
    visit.click("Filtrar", "button")
    page.locator("main tbody tr").last.get_by_role("link").last.click()
    page.wait_for_url("**documento=*")
    visit.looked_at.clear()
    visit.look()
    expect(page.locator("h1")).to_have_text("Vida de un objeto")
    acts = page.locator("main tbody td[data-label=Acto]").all_inner_texts()
    assert acts[-1].startswith("Radicó el documento")
    visit.click("Verificar la bitácora", "button")
    expect(page.locator("main")).to_contain_text("completos, en orden y como se escribieron")
    visit.look()
    visit.go("/custodia/bitacora/")
    expect(page.locator("main")).to_contain_text("La última verificación la encontró completa y en orden")
    visit.go("/custodia/integridad/")
    expect(page.get_by_role("heading", name="Almacén principal")).to_be_visible()
    expect(page.locator("main")).to_contain_text("comprobados en su plazo")


@pytest.mark.requirement("A10")
@pytest.mark.parametrize("width", [1280, 390])
def test_a_certificate_is_issued_and_taken_away_by_keyboard(arrive: Arrive, width: int) -> None:
    visit = arrive("custodia")
    open_expediente(visit)
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    tab_into(page, "a[href$='/certificado/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/certificado/")
    tab_into(page, "input[type=radio][name=contents]")
    page.keyboard.press("Space")
    tab_into(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/custodia/certificados/**")
    tab_into(page, "a[href$='/certificado.zip']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".zip")
