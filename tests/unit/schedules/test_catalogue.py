"""The schedule that ships is the reference's catalogue whole, each field of each tipo (B2)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from records import schedules, stages
from records.schedules import Schedule, TipoLine
from records.vocabulary import ExpedienteKind
from tests.unit.schedules import catalogue
from tests.unit.schedules.catalogue import Expected

SHORT = dict(zip("AD CM CD PR SE LI RE NO CO".split(), ExpedienteKind.values, strict=True))
REASONS = {"def": "defence_security", "ip": "ip", "conf": "contract_confidentiality", "pd": "personal_data"}
LEVELS = {"P": "public", "C": "restricted", "R": "reserved", "b": "public"}
#: Duties that arise only in a case.
CONDITIONS = ("when ", "where ", "on breach", "if ")
PRODUCERS = {
    "purchasing entity": "Entidad compradora",
    "unidad ejecutora / planeación": "Unidad ejecutora o de planeación",
    "VDE": "Viceministerio de Desarrollo Empresarial",
    "Grupo de Contratos": "Grupo de Contratos",
    "Planeación": "Oficina Asesora de Planeación Sectorial",
    "technical directorate / VDE": "Dirección técnica competente o VDE",
    "legal office": "Oficina jurídica",
    "Jefatura": "Jefatura de Contratos",
    "parties": "Las partes",
    "Ministry": "Ministerio",
    "Ministry (or other entity)": "Ministerio u otra entidad",
    "VDE technical dependency": "Dependencia técnica del VDE",
    "offices": "Dependencias",
    "reader/party": "Quien lee o la parte",
    "supplier + receptor": "Proveedor y receptor",
    "supplier": "Proveedor",
    "receptor": "Receptor",
    "Gerente": "Gerente",
    "supplier / Gerente": "Proveedor o Gerente",
    "Secretaría Técnica": "Secretaría Técnica",
    "member": "Integrante del comité",
    "Comité Estructurador": "Comité Estructurador",
    "Comité Asesor": "Comité Asesor",
    "supervisor + supplier": "Supervisor y proveedor",
    "supervisor": "Supervisor",
    "supplier, receptor": "Proveedor o receptor",
    "accounting": "Contabilidad",
    "almacén": "Almacén",
    "Comité de Seguimiento": "Comité de Seguimiento y Evaluación",
    "entity's planning office": "Oficina de planeación de la entidad",
    "supervisor / committee": "Supervisor o comité",
    "signatories per setting": "Firmantes según configuración",
    "citizens": "Ciudadanía",
    "convening body": "Entidad convocante",
    "firm": "Empresa",
    "Bancóldex + consultant": "Bancóldex y consultor",
    "firm + consultant": "Empresa y consultor",
    "Bancóldex": "Bancóldex",
}
TEMPLATES = {
    "–": "",
    "none listed": "",
    "model clause": "cláusula modelo",
    '"Anexo XXX"': "Anexo XXX, por expedir",
    "i–vi": "i a vi",
    "Annex 1": "Anexo 1",
    "Annex 2": "Anexo 2",
    "Annex 3": "Anexo 3",
    "consultant's": "del consultor",
}
FORMATS = {
    "PDF": {"pdf"},
    "DOCX": {"docx"},
    "XLSX/PDF": {"xlsx", "pdf"},
    "DOCX/PDF": {"docx", "pdf"},
    "PDF/DOCX": {"docx", "pdf"},
    "DOCX→PDF": {"docx", "pdf"},
    "DOCX→PDF signed": {"docx", "pdf firmado"},
    "PDF signed": {"pdf firmado"},
    "HTML/PDF": {"html", "pdf"},
    "form/PDF": {"formulario", "pdf"},
    "any": {"cualquiera"},
}


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    path = Path(settings.ROOT) / "fixtures" / "trd.json"
    parsed = schedules.parse(path, path.name)
    assert [fault.sentence for fault in parsed.faults] == []
    assert parsed.schedule
    return parsed.schedule


@pytest.fixture(scope="module")
def tipos(schedule: Schedule) -> dict[str, TipoLine]:
    return {tipo.code: tipo for tipo in schedule.tipos}


@pytest.mark.requirement("B2")
def test_the_catalogue_has_every_tipo_of_the_reference_and_no_other(tipos: dict[str, TipoLine]) -> None:
    assert sorted(tipos) == sorted(row.code for row in catalogue.rows())
    assert len(tipos) == 75


@pytest.mark.requirement("B2")
@pytest.mark.parametrize("row", list(catalogue.rows()), ids=lambda row: row.code)
def test_each_tipo_says_what_the_reference_says(tipos: dict[str, TipoLine], row: Expected) -> None:
    tipo = tipos[row.code]
    assert schedules.slug_of(tipo.name) == tipo.code
    assert set(tipo.kinds) == {SHORT[short] for short in row.expedientes}
    assert tipo.mandatory is not row.when.startswith(CONDITIONS)
    assert tipo.producer == PRODUCERS[row.producer]
    assert tipo.default_level == LEVELS[row.level[0]]
    assert set(tipo.default_reasons) >= reasons_in(row.level)
    assert tipo.template == TEMPLATES.get(row.template, row.template)
    assert set(tipo.formats.split(", ")) == FORMATS[row.format]


def reasons_in(level: str) -> set[str]:
    """Reasons of the usual class: those in the first part, before what other versions may be."""
    found = re.search(r"\(([^)]*)\)", level.split(";", maxsplit=1)[0])
    words = set(found[1].split(", ")) if found else set()
    return {REASONS[word] for word in words if word in REASONS}


@pytest.mark.requirement("B2")
@pytest.mark.parametrize("row", [row for row in catalogue.rows() if "(" in row.when], ids=lambda row: row.code)
def test_each_tipo_cites_the_article_that_asks_for_it(tipos: dict[str, TipoLine], row: Expected) -> None:
    cited = re.search(r"\(([^)]*)\)", row.when)
    assert cited
    tipo = tipos[row.code]
    told = " ".join([tipo.source, *(demand.article for demand in tipo.demands)])
    for number in re.findall(r"(?<!\w)\d+(?:\.\w+)?", cited[1]):
        assert re.search(rf"(?<![\w.]){re.escape(number)}(?!\w)", told), f"{number} in {told}"


@pytest.mark.requirement("B2", "B7")
def test_every_tipo_is_asked_for_at_a_stage_of_each_of_its_kinds(schedule: Schedule) -> None:
    for tipo in schedule.tipos:
        assert {demand.kind for demand in tipo.demands} >= set(tipo.kinds), tipo.code
        assert all(demand.stage in stages.codes(demand.kind) for demand in tipo.demands), tipo.code
        assert all(demand.article and demand.act for demand in tipo.demands), tipo.code


@pytest.mark.requirement("B1", "B2")
@pytest.mark.rule("R1")
def test_there_is_one_subserie_for_each_kind_with_its_whole_retention(schedule: Schedule) -> None:
    held = [line.kind for serie in schedule.series for line in serie.subseries]
    assert sorted(held) == sorted(ExpedienteKind.values)
    assert [serie.code for serie in schedule.series] == [str(code) for code in range(110, 191, 10)]
    for line in schedule.subseries:
        assert (line.years_management, line.years_central) == (5, 15), line.code
        assert line.disposition in ("CT", "E", "S")
        assert "se cuenta desde" in line.procedure
        assert "por confirmar" in line.procedure
