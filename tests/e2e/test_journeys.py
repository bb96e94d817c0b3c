"""The journeys of the people served, through a real browser against a real installation (A6).

Every page met is looked at by axe in light and dark, and the browser may complain of nothing: no script fault, no
breach of the content policy, no request to another host.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PATIENCE, Arrive, Visit
from tests.e2e.files import make_files
from tests.installation import Installation

pytestmark = pytest.mark.e2e

EXPEDIENTE = "GC-130-CD-2026-001"
PROBE = "zarzaluna7741"  # in PI-A2.1, which only its custodian, the office and the reviewer read
NOTHING = "Nada de lo que usted puede ver contiene esas palabras"


# The archivist --------------------------------------------------------------------------------------------


@pytest.mark.requirement("A6", "B12")
@pytest.mark.rule("C2")
def test_the_archivist_files_several_at_once_and_holds_their_receipts(arrive: Arrive, tmp_path: Path) -> None:
    files = make_files(tmp_path, "recorrido")
    visit = arrive("archivista")
    open_expediente(visit)
    page = visit.page
    page.locator("[data-choose]").set_input_files([str(path) for path in files.values()])
    describe_each(page, len(files))
    visit.look()
    page.locator("[data-send]").click()
    expect(page.locator(".filing-row.is-filed")).to_have_count(len(files))
    assert all(re.search(r"\d{4}-\d{6}", words) for words in page.locator(".filing-row.is-filed").all_inner_texts())
    visit.looked_at.clear()  # the rows have changed: the same address is looked at anew
    visit.look()
    page.locator("[data-receipt-link]").click()
    page.wait_for_url("**/custodia/recibos/*/")
    visit.look()
    holds_receipts(visit, files)


def open_expediente(visit: Visit) -> None:
    visit.page.locator("nav").get_by_role("link", name="Expedientes").first.click()
    visit.look()
    row = visit.page.get_by_role("row").filter(has_text=EXPEDIENTE).first
    row.get_by_role("link").first.click()
    visit.page.wait_for_url("**/custodia/expedientes/*/")
    visit.look()
    put_aside(visit.page)


def put_aside(page: Page) -> None:
    """What a journey that failed left half filed: it is not counted by the next."""
    left = page.locator(".filing-row [data-remove]")
    for remaining in range(left.count(), 0, -1):
        left.first.click()
        expect(left).to_have_count(remaining - 1)


def describe_each(page: Page, count: int) -> None:
    """A tipo and a date for each file, as the archivist decides them."""
    rows = page.locator(".filing-row")
    expect(rows).to_have_count(count)
    for number in range(count):
        rows.nth(number).locator("[data-tipo]").select_option("anexo_del_convenio")
        rows.nth(number).locator("[data-date]").fill("10/06/2026")


def holds_receipts(visit: Visit, files: dict[str, Path]) -> None:
    """The receipts tell the SHA-256 of the very bytes that were dropped, radicados in a row, pages and time."""
    answer = visit.page.request.get(visit.page.url.rstrip("/") + ".json")
    signed = json.loads(answer.body())["receipt"]["receipts"]
    receipts = {one["receipt"]["name"]: one["receipt"] for one in signed}
    for path in files.values():
        receipt = receipts[path.name]
        assert receipt["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (receipt["bytes"], receipt["pages"]) == (path.stat().st_size, 1)
        assert receipt["filed_at"]
        assert receipt["radicado"] in visit.page.content()
    numbers = sorted(int(one["radicado"].split("-")[1]) for one in receipts.values())
    assert numbers == list(range(numbers[0], numbers[0] + len(files)))


@pytest.mark.requirement("J1", "J8")
def test_what_was_filed_is_read_and_found_while_the_worker_runs(
    arrive: Arrive, town: Installation, tmp_path: Path
) -> None:
    files = make_files(tmp_path, "hallable")
    town.command("file_documents", *map(str, files.values()), "--expediente", EXPEDIENTE, "--as", "archivista",
                 "--tipo", "anexo_del_convenio", "--date", "2026-06-10")  # fmt: skip
    visit = arrive("archivista")
    for kind in ("pdf", "docx", "txt"):
        eventually_found(visit, f"hallable{kind}")
    visit.go("/custodia/buscar/?q=escaneado+hallable")
    visit.page.locator("article.hit h3 a").click()
    visit.look()
    # Without a recogniser it has no text; with one, what it says was recognised.
    expect(visit.page.locator("aside.panel")).to_contain_text(re.compile("Sin texto|reconocimiento óptico"))


def eventually_found(visit: Visit, word: str) -> None:
    for _attempt in range(PATIENCE // 250):
        visit.go(f"/custodia/buscar/?q={word}")
        if visit.page.locator("article.hit").count() == 1:
            return
        visit.page.wait_for_timeout(250)
    pytest.fail(f"{word} is not found")


@pytest.mark.requirement("K6")
def test_a_refused_file_says_why_and_the_others_are_filed(arrive: Arrive, tmp_path: Path) -> None:
    wrong, right = tmp_path / "informe.pdf", tmp_path / "nota.txt"
    wrong.write_bytes(b"\x7fELF" + bytes(200))
    right.write_text("Nota del rechazo parcial.\n")
    visit = arrive("archivista")
    open_expediente(visit)
    visit.page.locator("[data-choose]").set_input_files([str(wrong), str(right)])
    describe_each(visit.page, 2)
    visit.page.locator("[data-send]").click()
    expect(visit.page.locator(".filing-row.is-filed")).to_have_count(1)
    expect(visit.page.locator(".filing-row.is-refused")).to_contain_text("No se radicó")


# The reviewer ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("A6", "J2")
@pytest.mark.rule("P2")
def test_the_reviewer_stands_on_the_page_in_two_clicks(arrive: Arrive) -> None:
    visit = arrive("revisora")
    visit.go("/custodia/buscar/")
    page = visit.page
    page.locator("main input[type=search], main input[name=q]").first.fill(PROBE)
    page.locator("main form[role=search] button, main .searchbox button").first.click()  # the first click
    page.wait_for_url(f"**/custodia/buscar/?q={PROBE}*")
    visit.look()
    assert page.locator("article.hit").count() == 1
    assert page.locator("article.hit mark").first.inner_text().lower() == PROBE
    page.locator("article.hit h3 a").click()  # the second
    page.wait_for_url(re.compile("/custodia/documentos/"))
    visit.look()
    image = page.locator(".sheet img").first
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    expect(page.locator(".sheet-marks rect").first).to_be_attached()
    expect(page).to_have_url(re.compile("pagina=4"))
    assert PROBE in page.locator(".page-text").text_content().lower()  # type: ignore[union-attr]


def answered(visit: Visit, word: str) -> str:
    """The page of an answer but for the word asked and the form's token, which is another in every page."""
    visit.go(f"/custodia/buscar/?q={word}")
    page = visit.page.locator("main").inner_html()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(word, "")


@pytest.mark.requirement("J3", "I8")
def test_others_find_nothing_as_of_a_word_that_exists_nowhere(arrive: Arrive) -> None:
    visit = arrive("supervisor.cd001")
    hidden = answered(visit, PROBE)
    expect(visit.page.locator("main")).to_contain_text(NOTHING)
    assert answered(visit, "palabrainexistente") == hidden


@pytest.mark.requirement("J4", "I3")
def test_withdrawing_the_grant_empties_the_next_answer(arrive: Arrive, town: Installation) -> None:
    document = town.command("search", PROBE, "--as", "revisora")["hits"][0]["document"]
    reviewer = arrive("revisora")
    reviewer.go(f"/custodia/buscar/?q={PROBE}")
    assert reviewer.page.locator("article.hit").count() == 1
    withdraw_on_screen(arrive("custodia"), document)
    reviewer.go(f"/custodia/buscar/?q={PROBE}")
    expect(reviewer.page.locator("main")).to_contain_text(NOTHING)
    reviewer.go(f"/custodia/documentos/{document}/", status=404)
    town.command("grant", "--document", document, "--to", "revisora", "--until", "2030-01-01",
                 "--reason", "Se repone", "--as", "custodia")  # fmt: skip
    reviewer.go(f"/custodia/documentos/{document}/")


def withdraw_on_screen(visit: Visit, document: str) -> None:
    visit.go(f"/custodia/documentos/{document}/accesos/")
    visit.page.locator("main").get_by_role("link", name=re.compile("Retirar")).first.click()
    visit.look()
    visit.page.locator("main textarea[name=reason]").fill("Terminó la revisión")
    visit.page.locator("main form button[type=submit]").last.click()
    visit.page.wait_for_url("**/custodia/accesos/")
    visit.look()


# The custodian and the approver ---------------------------------------------------------------------------


@pytest.mark.requirement("A6", "I5")
@pytest.mark.rule("A5")
def test_a_level_is_proposed_by_one_and_approved_by_another(arrive: Arrive, town: Installation, tmp_path: Path) -> None:
    source = tmp_path / "plan de formación por clasificar.txt"
    source.write_text("Plan de formación por clasificar, mirlo3391.\n")
    (row,) = town.command("file_documents", str(source), "--expediente", EXPEDIENTE, "--as", "archivista",
                          "--tipo", "anexo_del_convenio", "--date", "2026-06-10")  # fmt: skip
    document = row["document"]
    keeper = arrive("custodia")
    keeper.go(f"/custodia/documentos/{document}/")
    keeper.click("Proponer nivel")
    propose_restricted(keeper.page)
    keeper.page.wait_for_url(f"**/custodia/documentos/{document}/")
    expect(keeper.page.locator("main")).to_contain_text("por aprobar")
    head = arrive("jefatura")
    head.go("/custodia/aprobaciones/")
    head.click("plan de formación por clasificar")
    expect(head.page.locator("main")).to_contain_text("Ponderación")
    head.page.get_by_role("button", name=re.compile("^Aprobar")).click()
    head.page.wait_for_url("**/custodia/aprobaciones/")
    head.look()
    told = town.command("explain_access", "--document", document, "--as", "jefatura")
    assert told["allowed"]["view"]
    assert not town.command("explain_access", "--document", document, "--as", "revisora")["allowed"]["view"]


def propose_restricted(page: Page) -> None:
    page.locator("input[name=level][value=restricted]").check()
    for name, value in {
        "literal": "c", "harm_present": "Revela el proceso.", "harm_probable": "Hay competidores.",
        "harm_specific": "Afecta al proveedor.", "balance": "El daño supera el interés público.",
        "generated": "10/06/2026", "until": "10/06/2036", "safe_title": "Plan de formación",
    }.items():  # fmt: skip
        page.locator(f"main [name={name}]").fill(value)
    page.locator("select[name=article]").select_option("18")
    page.locator("select[name=extent]").select_option("total")
    page.locator("select[name=responsible]").select_option("custodia")
    page.locator("main form button[type=submit]:not([name=rehearse])").last.click()


# Citizens -------------------------------------------------------------------------------------------------

TALLER = "/banco/taller-regional-de-aeropartes-en-compuestos/"
PUBLIC = ("/", "/banco/", TALLER, f"{TALLER}historia/?de=1&a=6", f"{TALLER}al/2027-05-25/", "/convenios/",
          "/convenios/cm-2026-001/", "/convenios/cd-2026-002/", "/documentos/", "/buscar/", "/datos/", "/normas/",
          "/programas/", "/convocatorias/", "/transparencia/", "/verificar/", "/cuenta/entrar/")  # fmt: skip


@pytest.mark.requirement("A6", "A10", "L1", "L2")
def test_the_citizen_understands_a_project_and_finds_it(arrive: Arrive) -> None:
    visit = arrive()
    visit.go("/")
    visit.page.locator("header, nav").get_by_role("link", name=re.compile("Banco")).first.click()
    visit.look()
    visit.page.get_by_role("link", name=re.compile("Taller regional de aeropartes")).first.click()
    visit.look()
    project = visit.page.url
    expect(visit.page.locator("main")).to_contain_text("Antioquia")
    visit.go("/buscar/?q=aeropartes")
    visit.page.locator("main").get_by_role("link", name=re.compile("Taller regional")).first.click()
    expect(visit.page).to_have_url(project)


@pytest.mark.requirement("J9")
def test_public_search_tells_nothing_of_custody(arrive: Arrive) -> None:
    visit = arrive()
    for word in (PROBE, "quimbaya5520"):
        visit.go(f"/buscar/?q={word}")
        assert visit.page.locator("a[href*='/custodia/']").count() == 0
        assert visit.page.locator("article.hit").count() == 0


@pytest.mark.requirement("A10")
@pytest.mark.rule("P7")
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_public_page_is_accessible_and_fits(arrive: Arrive, *, phone: bool) -> None:
    visit = arrive(phone=phone)
    for path in PUBLIC:
        visit.go(path)
    visit.go("/documentos/")
    visit.page.locator(".filelist a").first.click()
    visit.look()


@pytest.mark.requirement("A10")
def test_the_keyboard_alone_reaches_a_project(arrive: Arrive) -> None:
    """Tab by tab: the skip link first, every stop visible, and Enter follows."""
    visit = arrive()
    visit.go("/")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.getAttribute('href')").startswith("#")
    tab_to(visit.page, "/banco/")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/banco/")
    tab_to(visit.page, "/banco/taller-regional")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/banco/taller-regional*/")
    expect(visit.page.locator("h1")).not_to_be_empty()


def tab_to(page: Page, address: str) -> None:
    """Press Tab until the focus is on a link that leads there; each stop shows where it is."""
    for _stop in range(80):
        page.keyboard.press("Tab")
        leads, shown = page.evaluate(
            """() => { const here = document.activeElement, box = here.getBoundingClientRect();
                       const marked = (one) => getComputedStyle(one).outlineStyle !== 'none' ||
                                               getComputedStyle(one).boxShadow !== 'none';
                       const shown = box.width > 0 && box.height > 0 && (marked(here) || marked(here.parentElement));
                       return [here.getAttribute('href') || here.outerHTML.slice(0, 200),
                               here === document.body || shown]; }"""
        )
        assert shown, f"the focus is not visible on {leads!r}"
        if leads.startswith(address):
            return
    pytest.fail(f"the keyboard does not reach {address}")


# Without scripts, and on a phone --------------------------------------------------------------------------


@pytest.mark.requirement("A10")
def test_the_sites_work_without_scripts(arrive: Arrive, tmp_path: Path) -> None:
    citizen = arrive(scripts=False)
    for path in PUBLIC:
        citizen.go(path)
    citizen.go("/buscar/?q=aeropartes")
    assert citizen.page.get_by_role("link", name=re.compile("Taller regional")).count() >= 1
    archivist = arrive("archivista", scripts=False)
    open_expediente(archivist)
    archivist.page.get_by_role("link", name="Radicar documentos").first.click()
    source = tmp_path / "sin guiones.txt"
    source.write_text("Radicado sin guiones, tangara8812.\n")
    archivist.page.locator("input[type=file]").first.set_input_files(str(source))
    archivist.page.locator("select[name$=tipo]").first.select_option("anexo_del_convenio")
    archivist.page.locator("input[name$=date]").first.fill("10/06/2026")
    archivist.page.locator("main form button[type=submit]").last.click()
    archivist.page.wait_for_url("**/custodia/recibos/*/")
    assert hashlib.sha256(source.read_bytes()).hexdigest() in archivist.page.content()
    reviewer = arrive("revisora", scripts=False)
    reviewer.go(f"/custodia/buscar/?q={PROBE}")
    reviewer.page.locator("article.hit h3 a").click()
    expect(reviewer.page.locator(".sheet-marks rect").first).to_be_attached()


ROOMS = ("expedientes/", "buscar/", f"buscar/?q={PROBE}", "accesos/", "proyectos/", "convenios/", "salud/", "ayuda/")
OWN_ROOMS = {"jefatura": ("aprobaciones/",), "auditoria": ("bitacora/",), "archivista": ("expedientes/nuevo/",)}


@pytest.mark.requirement("A10")
@pytest.mark.parametrize("login", ["archivista", "custodia", "jefatura", "auditoria", "revisora"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_room_of_the_desk_is_accessible_and_fits(arrive: Arrive, login: str, *, phone: bool) -> None:
    visit = arrive(login, phone=phone)
    for room in (*ROOMS, *OWN_ROOMS.get(login, ())):
        visit.go(f"/custodia/{room}")
    link = visit.page.goto(f"{visit.town.address}/custodia/expedientes/")
    assert link is not None
    rows = visit.page.get_by_role("row").filter(has_text=EXPEDIENTE)
    if rows.count():
        rows.first.get_by_role("link").first.click()
        visit.look()
        for tab in ("Accesos", "Historia"):
            visit.page.get_by_role("link", name=tab, exact=True).last.click()
            visit.look()
