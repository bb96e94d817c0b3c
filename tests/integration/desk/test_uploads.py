"""Files that arrive by pieces: the protocol, what is refused before a byte is kept, and what survives a cut."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import os
import resource
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from records import clock, conf
from records.errors import RuleViolation
from records.models import Document, Draft, Expediente, LedgerEvent
from records.services import arrivals, drafts
from records.vocabulary import ExpedienteState
from tests import factories

CONTENT = "Acta de recibo a satisfacción del taller.\nBogotá D.C., 12 de junio de 2026\n".encode()
SPOKEN = {"tus-resumable": "1.0.0"}
BODY = "application/offset+octet-stream"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def announce(
    client: Client, expediente: Expediente, size: int | str = len(CONTENT), name: str = "acta.txt", **headers: str
) -> HttpResponse:
    told = {"upload-length": str(size), "upload-metadata": f"filename {b64(name)}", **SPOKEN, **headers}
    return client.post(f"/custodia/expedientes/{expediente.pk}/cargas/", headers=told)


def patch(client: Client, address: str, body: bytes, offset: int | str = 0, **headers: str) -> HttpResponse:
    told = {"upload-offset": str(offset), **SPOKEN, **headers}
    return client.patch(address, body, content_type=headers.pop("content-type", BODY), headers=told)


def offset(client: Client, address: str) -> int:
    response = client.head(address, headers=SPOKEN)
    assert response.status_code == 200
    return int(response["Upload-Offset"])


def arrive(client: Client, expediente: Expediente, content: bytes = CONTENT, name: str = "acta.txt") -> str:
    """A whole file sent in two pieces; its address."""
    address = announce(client, expediente, len(content), name)["Location"]
    half = len(content) // 2
    assert patch(client, address, content[:half]).status_code == 204
    assert patch(client, address, content[half:], half).status_code == 204
    return str(address)


def facts(client: Client, address: str) -> dict[str, Any]:
    return dict(client.get(address).json())


def file(client: Client, address: str, **fields: str) -> HttpResponse:
    said = {"tipo": "anexo_del_convenio", "date": "10/06/2026", **fields}
    return client.post(f"{address}radicar/", said, headers={"accept": "application/json"})


def kept() -> list[str]:
    return sorted(path.name for path in conf.arrivals().iterdir() if path.name != arrivals.MARK)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    """Arrivals and store of this test alone, on one file system."""
    store = {**settings.RECORDS["STORE"], "OPTIONS": {"root": tmp_path / "store"}}
    settings.RECORDS = {**settings.RECORDS, "ARRIVALS": tmp_path / "arrivals", "STORE": store}
    (tmp_path / "arrivals").mkdir(mode=0o700)
    return tmp_path / "arrivals"


# The protocol -------------------------------------------------------------------------------------


@pytest.mark.requirement("K6")
def test_a_file_comes_in_pieces_and_is_filed(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    created = announce(client, expediente)
    address = created["Location"]
    assert (created.status_code, created["Tus-Resumable"]) == (201, "1.0.0")
    assert created["Upload-Expires"].endswith("GMT")
    assert (conf.arrivals() / address.split("/")[3]).stat().st_mode & 0o777 == 0o600
    first = patch(client, address, CONTENT[:7])
    assert (first.status_code, first["Upload-Offset"]) == (204, "7")
    asked = client.head(address, headers=SPOKEN)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("7", str(len(CONTENT)))
    assert asked["Upload-Metadata"] == f"filename {b64('acta.txt')}"
    assert asked["Cache-Control"] == "no-store"
    assert patch(client, address, CONTENT[7:], 7)["Upload-Offset"] == str(len(CONTENT))
    told = file(client, address)
    assert told.status_code == 201
    assert told.json()["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert Document.objects.get().original_name == "acta.txt"
    assert kept() == []


@pytest.mark.rule("K8")
@pytest.mark.criterion(10)
def test_bytes_that_a_kill_left_of_a_filed_draft_go_when_it_is_asked_for_again(
    browse: Any, expediente: Expediente
) -> None:
    """The end came after the commit and before the removal: the sender, who had no answer, asks again."""
    client = browse("archivista")
    address = arrive(client, expediente)
    told = file(client, address)
    left = arrivals.path_of(uuid.UUID(address.split("/")[3]))
    left.write_bytes(CONTENT)
    again = file(client, address)
    assert (again.status_code, again.json()) == (201, told.json())
    assert kept() == []


@pytest.mark.rule("K8")
def test_who_still_writes_a_draft_that_was_filed_meanwhile_leaves_no_empty_file(
    browse: Any, cast: dict[str, Any], expediente: Expediente
) -> None:
    client = browse("archivista")
    address = announce(client, expediente)["Location"]
    stale = Draft.objects.get(pk=address.split("/")[3])
    patch(client, address, CONTENT)
    file(client, address)
    with pytest.raises(RuleViolation):
        drafts.receive_bytes(actor=cast["archivista"], draft=stale, stream=io.BytesIO(b"x"), offset=0, length=1)
    assert kept() == []


def test_the_server_says_what_it_speaks(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente)["Location"]
    for where in (address, f"/custodia/expedientes/{expediente.pk}/cargas/"):
        said = client.options(where)
        assert (said.status_code, said["Tus-Version"]) == (204, "1.0.0")
        assert said["Tus-Extension"] == "creation,termination,expiration"
        assert said["Tus-Max-Size"] == str(conf.max_upload_bytes())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"tus-resumable": "0.2.2"}, 412),
        ({"tus-resumable": ""}, 412),
        ({"upload-length": ""}, 400),
        ({"upload-length": "-1"}, 400),
        ({"upload-length": "1e3"}, 400),
        ({"upload-length": "٣"}, 400),
        ({"upload-length": "9" * 40}, 400),
        ({"upload-length": "9" * 18}, 413),
        ({"upload-length": "0"}, 422),
        ({"upload-metadata": ""}, 400),
        ({"upload-metadata": "filename"}, 400),
        ({"upload-metadata": "filename %%%"}, 400),
        ({"upload-metadata": "filename //79"}, 400),
        ({"upload-metadata": f"filename {b64('a' * 1001)}"}, 400),
        ({"upload-metadata": f"filename {b64('a' + chr(0) + '.txt')}"}, 400),
        ({"upload-metadata": "filename YQ== Yg== Yw=="}, 400),
    ],
)
@pytest.mark.requirement("K6")
def test_an_announcement_that_lies_or_does_not_speak_the_protocol_keeps_nothing(
    browse: Any, expediente: Expediente, headers: dict[str, str], status: int
) -> None:
    response = announce(browse("archivista"), expediente, **headers)
    assert response.status_code == status
    assert response.json()["sentence"]
    assert not Draft.objects.exists()
    assert kept() == []


@pytest.mark.requirement("K6")
def test_a_file_over_the_limit_is_refused_before_a_byte_of_it(
    browse: Any, expediente: Expediente, settings: Any
) -> None:
    settings.RECORDS = {**settings.RECORDS, "MAX_UPLOAD_BYTES": 100}
    client = browse("archivista")
    assert announce(client, expediente, 101).status_code == 413
    assert announce(client, expediente, 100).status_code == 201
    assert kept() == [str(Draft.objects.get().pk)]


def test_a_piece_must_begin_where_the_last_one_ended(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 10)["Location"]
    assert patch(client, address, b"12345").status_code == 204
    for place in (0, 4, 6, 10, 999):
        refused = patch(client, address, b"x", place)
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_offset")
    for no_place in ("", "-1", "cinco"):
        assert patch(client, address, b"x", no_place).status_code == 400
    assert offset(client, address) == 5


def test_more_than_was_announced_is_refused_whole(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 10)["Location"]
    assert patch(client, address, b"x" * 11).status_code == 413
    assert offset(client, address) == 0
    assert patch(client, address, b"x" * 10).status_code == 204
    assert patch(client, address, b"x", 10).status_code == 413
    nothing = {"CONTENT_LENGTH": "0", "CONTENT_TYPE": BODY}
    again = client.generic("PATCH", address, b"", headers={"upload-offset": "10", **SPOKEN}, **nothing)
    assert (again.status_code, again["Upload-Offset"]) == (204, "10")
    assert offset(client, address) == 10


def test_a_piece_says_what_it_is_and_how_long(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 10)["Location"]
    told = {"upload-offset": "0", **SPOKEN}
    assert client.patch(address, b"12", content_type="text/plain", headers=told).status_code == 415
    assert client.generic("PATCH", address, b"", content_type=BODY, headers=told).status_code == 411
    assert client.patch(address, b"12", content_type=BODY, headers={"upload-offset": "0"}).status_code == 412
    assert offset(client, address) == 0


def test_a_post_may_stand_for_the_methods_that_some_networks_stop(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 4)["Location"]
    told = {"upload-offset": "0", "x-http-method-override": "PATCH", **SPOKEN}
    assert client.post(address, b"1234", content_type=BODY, headers=told).status_code == 204
    assert client.get(address, headers={"x-http-method-override": "DELETE", **SPOKEN}).status_code == 200
    assert Draft.objects.get().state == "waiting"


def test_a_draft_that_is_not_wanted_goes_with_its_bytes(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 10)["Location"]
    patch(client, address, b"12345")
    assert client.delete(address, headers=SPOKEN).status_code == 204
    assert kept() == []
    for again in (client.head(address, headers=SPOKEN), patch(client, address, b"6", 5), client.get(address)):
        assert again.status_code == 404
    assert client.delete(address, headers=SPOKEN).status_code == 404


# Cuts ---------------------------------------------------------------------------------------------


class Breaking:
    """A sender who goes away after so many bytes of what was promised."""

    def __init__(self, content: bytes, size: int) -> None:
        self.content, self.size = content, size

    def read(self, size: int = -1) -> bytes:
        if not self.content:
            raise OSError("the connection was reset")
        taken = self.size if size < 0 else size
        block, self.content = self.content[:taken], self.content[taken:]
        return block

    readline = read


@pytest.mark.beyond(13)
@pytest.mark.requirement("K6")
def test_an_upload_cut_at_99_percent_goes_on_where_it_was(browse: Any, expediente: Expediente) -> None:
    client, content = browse("archivista"), b"texto " * 50_000
    address = announce(client, expediente, len(content))["Location"]
    cut = int(len(content) * 0.99)
    told = {"upload-offset": "0", **SPOKEN}
    sender = {"wsgi.input": Breaking(content[:cut], len(content)), "CONTENT_LENGTH": str(len(content))}
    client.generic("PATCH", address, b"", headers=told, CONTENT_TYPE=BODY, **sender)
    assert offset(client, address) == cut
    assert facts(client, address)["state"] == "receiving"
    assert patch(client, address, content[cut:], cut).status_code == 204
    assert file(client, address).json()["sha256"] == hashlib.sha256(content).hexdigest()


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file may grow past so many bytes: the kernel refuses the write that would, in its middle."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.criterion(11)
@pytest.mark.requirement("K6")
def test_a_full_disk_says_so_and_loses_nothing(browse: Any, expediente: Expediente) -> None:
    client, content = browse("archivista"), bytes(range(256)) * 12_000
    address = announce(client, expediente, len(content), "imagen.tiff")["Location"]
    with disk_of(2_000_000):
        refused = patch(client, address, content)
    assert refused.status_code == 507
    assert "No hay espacio" in refused.json()["sentence"]
    reached = offset(client, address)
    assert 0 < reached <= 2_000_000
    assert (conf.arrivals() / address.split("/")[3]).read_bytes() == content[:reached]
    assert patch(client, address, content[reached:], reached).status_code == 204


@pytest.mark.criterion(11)
def test_what_would_not_fit_is_not_begun(browse: Any, expediente: Expediente, settings: Any) -> None:
    settings.RECORDS = {
        **settings.RECORDS, "MAX_UPLOAD_BYTES": 10**18, "DRAFTS": {**settings.RECORDS["DRAFTS"], "MOST_BYTES": 10**18}
    }  # fmt: skip
    response = announce(browse("archivista"), expediente, 10**17)
    assert response.status_code == 507
    assert not Draft.objects.exists()
    assert kept() == []


@pytest.mark.beyond(13)
def test_a_file_chosen_again_is_compared_with_what_had_come(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 100)["Location"]
    patch(client, address, b"primera mitad")
    told = client.get(f"{address}comprobacion/").json()
    assert told == {"block": 8 * 1024**2, "digests": [hashlib.sha256(b"primera mitad").hexdigest()]}


# Who ----------------------------------------------------------------------------------------------


@pytest.mark.criterion(21)
@pytest.mark.parametrize("method", ["get", "head", "patch", "delete", "options"])
@pytest.mark.parametrize("login", ["custodia", "jefatura", "revisora", "administracion"])
def test_a_draft_is_its_owner_s_alone(browse: Any, expediente: Expediente, method: str, login: str) -> None:
    address = announce(browse("archivista"), expediente)["Location"]
    unknown, other = f"/custodia/cargas/{uuid.uuid4()}/", browse(login)
    headers = {"upload-offset": "0", **SPOKEN}
    theirs, nothing = (getattr(other, method)(where, headers=headers) for where in (address, unknown))
    assert theirs.status_code == nothing.status_code == 404
    assert (theirs.content, theirs.headers) == (nothing.content, nothing.headers)
    assert Draft.objects.get().state == "receiving"


@pytest.mark.parametrize("login", ["custodia", "jefatura", "revisora"])
@pytest.mark.parametrize("page", ["radicar/", "descartar/", "comprobacion/"])
def test_so_are_its_pages(browse: Any, expediente: Expediente, login: str, page: str) -> None:
    address = announce(browse("archivista"), expediente)["Location"]
    theirs, nothing = (browse(login).get(f"{where}{page}") for where in (address, f"/custodia/cargas/{uuid.uuid4()}/"))
    assert theirs.status_code == nothing.status_code == 404
    assert theirs.content == nothing.content


def test_who_may_not_file_announces_nothing(browse: Any, expediente: Expediente) -> None:
    for login, status in (("jefatura", 403), ("revisora", 404), ("administracion", 404)):
        assert announce(browse(login), expediente).status_code == status
    assert announce(Client(), expediente).status_code == 302
    assert kept() == []


def test_every_writing_asks_for_the_token(cast: dict[str, Any], browse: Any, expediente: Expediente) -> None:
    address = announce(browse("archivista"), expediente)["Location"]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast["archivista"])
    assert announce(strict, expediente).status_code == 403
    assert patch(strict, address, b"x").status_code == 403
    assert strict.delete(address, headers=SPOKEN).status_code == 403
    assert offset(browse("archivista"), address) == 0


def test_a_right_that_is_lost_between_two_pieces_takes_no_more(
    browse: Any, cast: dict[str, Any], expediente: Expediente
) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 10)["Location"]
    assert patch(client, address, b"12345").status_code == 204
    cast["archivista"].groups.set(cast["jefatura"].groups.all())
    assert patch(client, address, b"67890", 5).status_code == 403
    assert offset(client, address) == 5
    cast["archivista"].groups.clear()
    assert patch(client, address, b"67890", 5).status_code == 404


# How much -----------------------------------------------------------------------------------------


def limited(settings: Any, **limits: int) -> None:
    settings.RECORDS = {**settings.RECORDS, "DRAFTS": {**settings.RECORDS["DRAFTS"], **limits}}


@pytest.mark.requirement("K6")
def test_a_person_s_drafts_are_bounded_in_number_and_in_bytes(
    browse: Any, expediente: Expediente, settings: Any
) -> None:
    limited(settings, MOST=2, MOST_BYTES=100)
    client = browse("archivista")
    assert announce(client, expediente, 60).status_code == 201
    full = announce(client, expediente, 41)
    assert (full.status_code, full.json()["code"]) == (413, "too_many_draft_bytes")
    assert announce(client, expediente, 40).status_code == 201
    many = announce(client, expediente, 1)
    assert (many.status_code, many.json()["code"]) == (409, "too_many_drafts")
    assert announce(browse("custodia"), expediente, 60).status_code == 201
    client.delete(f"/custodia/cargas/{Draft.objects.filter(size=40).get().pk}/", headers=SPOKEN)
    assert announce(client, expediente, 40).status_code == 201


def test_a_closed_expediente_takes_no_announcement(browse: Any, expediente: Expediente) -> None:
    Expediente.objects.update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
    response = announce(browse("archivista"), expediente)
    assert (response.status_code, response.json()["code"]) == (409, "closed_expediente")
    assert kept() == []


def test_what_was_abandoned_goes_and_what_waits_stays_longer(
    browse: Any, expediente: Expediente, own_folder: Path
) -> None:
    client = browse("archivista")
    cut, whole = announce(client, expediente, 10)["Location"], arrive(client, expediente)
    (own_folder / arrivals.MARK).unlink()
    with clock.at(clock.now() + datetime.timedelta(days=8)):
        announce(client, expediente, 5)
    assert client.get(cut).status_code == 404
    assert facts(client, whole)["state"] == "waiting"
    (own_folder / arrivals.MARK).unlink()
    with clock.at(clock.now() + datetime.timedelta(days=31)):
        announce(client, expediente, 5)
    assert client.get(whole).status_code == 404


def test_a_file_that_is_being_filed_is_not_swept_however_old_its_bytes(
    browse: Any, expediente: Expediente, own_folder: Path
) -> None:
    client = browse("archivista")
    draft = Draft.objects.get(pk=arrive(client, expediente).split("/")[3])
    long_ago = time.time() - 10 * arrivals.SWEEP_EVERY
    os.utime(arrivals.path_of(draft.pk), (long_ago, long_ago))
    with arrivals.lent(draft.pk) as path:
        (own_folder / arrivals.MARK).unlink()
        announce(browse("custodia"), expediente, 5)
        assert (own_folder / arrivals.MARK).exists(), "it was swept"
        assert path.read_bytes() == CONTENT


def test_lent_names_that_nobody_took_go_once_they_are_old(
    browse: Any, expediente: Expediente, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = Draft.objects.get(pk=arrive(browse("archivista"), expediente).split("/")[3])
    left = own_folder / f"{draft.pk}{arrivals.LENT}abc"
    os.link(arrivals.path_of(draft.pk), left)
    assert arrivals.sweep({draft.pk}) == 0
    monkeypatch.setattr(arrivals, "SWEEP_EVERY", -1.0)
    assert arrivals.sweep({draft.pk}) == 1
    assert kept() == [str(draft.pk)]


# What a draft is told to be -------------------------------------------------------------------------


@pytest.mark.requirement("B12")
def test_what_has_come_is_described_with_its_reasons(browse: Any, expediente: Expediente) -> None:
    factories.make_tipo("acta_de_recibo_a_satisfaccion", name="Acta de recibo a satisfacción")
    told = facts(browse("archivista"), arrive(browse("archivista"), expediente, name="documento escaneado.txt"))
    assert told["state"] == "waiting"
    assert told["digest"] == hashlib.sha256(CONTENT).hexdigest()
    assert told["suggestion"] == {
        "tipo": "acta_de_recibo_a_satisfaccion",
        "tipo_name": "Acta de recibo a satisfacción",
        "tipo_why": "el texto dice «Acta de recibo a satisfacción del taller.»",
        "date": "12/06/2026",
        "date_why": "el texto dice «Bogotá D.C., 12 de junio de 2026»",
    }
    assert (told["tipo"], told["date"]) == ("", "")
    assert told["lacks"] == ["Faltan el tipo documental y la fecha del documento."]


@pytest.mark.rule("C5")
@pytest.mark.parametrize(
    ("name", "content", "says", "never"),
    [
        ("informe.pdf", b"MZ\x90\x00" + b"\0" * 80, "Contiene un programa", "Corrija el nombre"),
        ("informe.pdf", b"<!doctype html><html><script>1</script>", "Es una página web", "La extensión"),
        ("acta.pdf", b"no es un pdf", "La extensión no corresponde", "programa"),
    ],
)
def test_a_file_that_cannot_be_filed_is_set_apart_and_says_one_thing(
    browse: Any, expediente: Expediente, name: str, content: bytes, says: str, never: str
) -> None:
    client = browse("archivista")
    address = arrive(client, expediente, content, name)
    told = facts(client, address)
    assert told["state"] == "quarantined"
    assert says in told["lacks"][0]
    assert never not in told["lacks"][0]
    assert kept() == []
    assert LedgerEvent.objects.filter(action="document.refused").count() == 1
    assert file(client, address).status_code == 422
    assert not Document.objects.exists()


@pytest.mark.criterion(19)
@pytest.mark.parametrize(
    "name", ["../../etc/acta.txt", "C:\\x\\acta.txt", "acta\u202etxt.exe.txt", "<b>&\"'.txt", "…" * 300]
)
def test_a_hostile_name_is_data(browse: Any, expediente: Expediente, name: str, own_folder: Path) -> None:
    client = browse("archivista")
    address = arrive(client, expediente, name=name)
    assert Draft.objects.get().original_name == name
    assert kept() == [str(Draft.objects.get().pk)]
    for page in ("/custodia/cargas/", f"{address}radicar/", f"{address}descartar/"):
        shown = client.get(page).content.decode()
        assert "\u202e" not in shown
        assert "<b>&" not in shown
        assert "../.." not in shown
    assert file(client, address).status_code == 201
