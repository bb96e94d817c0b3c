"""Every address of the product: which processes serve it, of what it speaks, and what each person gets there.

A row tells the statuses of those who see the object (everybody, when there is none); the rest follows from the
prefix and holds for all rows: see `expected`. An address without a row fails `test_urls`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.urls import URLResolver, get_resolver

from tests.people import ANONYMOUS, CAST

#: What no other address of the desk takes.
NOTHING = r"custodia/^(?:.+/|documentos/[^/]+/.+|(?:recibos|lotes|llave|certificados)/.+)$"
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
#: Nobody's session: a stranger, and an account that was disabled.
NOBODY = (ANONYMOUS, "inactivo")
NO_DESK = ("editora",)

Statuses = Mapping[str, int]
CONTRACTS = "archivista custodia"
STAFF = f"{CONTRACTS} jefatura secretaria.general"
ALL: Statuses = {"*": 200}
GONE: Statuses = {"*": 404}
#: One's own account, and the form that leads to it.
OWN: Statuses = {f"{ANONYMOUS} inactivo": 302, "*": 200}
#: Pages of one's own that take no form; a stranger is sent to the login before that is looked at.
ONLY_READ: Statuses = {f"{ANONYMOUS} inactivo": 302, "*": 405}
AWAY: Statuses = {"*": 302}
NONE_HELD: Statuses = {f"{ANONYMOUS} inactivo": 302, "*": 404}
LOGIN: Statuses = {f"{ANONYMOUS} inactivo": 200, "*": 302}


@dataclass(frozen=True)
class Row:
    """One address. `get` and `post` map logins (or "*" for the rest) to statuses; none means 405.

    `about` names the kind of object in the address, `form` what is sent by POST, `options` the answer to OPTIONS.
    """

    pattern: str
    served: str
    about: str = ""
    get: Statuses = field(default_factory=dict)
    post: Statuses = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    options: Statuses = field(default_factory=lambda: {"*": 405})

    def status(self, method: str, login: str) -> int:
        statuses = {"POST": self.post, "OPTIONS": self.options}.get(method, self.get)
        return named(statuses, login) if statuses else 405


def named(statuses: Statuses, login: str) -> int:
    for logins, status in statuses.items():
        if login in logins.split():
            return status
    return statuses["*"]


def only(logins: str, status: int = 200, others: int = 403) -> Statuses:
    return {logins: status, "*": others}


MANAGER: Statuses = {"administracion": 200, "*": 403}
MANAGES: Statuses = {"administracion": 422, "*": 403}
#: Open data says by OPTIONS how it is read, to any program of any site.
SAID: Statuses = {"*": 204}
DATA_FILES = (".csv", ".json", ".xlsx", "/esquema.json", "/tabla.json")
API = ("openapi.json", "conjuntos", "proyectos", "indicadores", "convenios")
DESK = "desk all"
PUBLIC = "public editor all"
EVERYWHERE = "public desk editor all"
SAVED = "custodia/buscar/guardadas/"
PIECE, EXPEDIENTE = "custodia/documentos/<uuid:key>/", "custodia/expedientes/<uuid:key>/"

ROWS: tuple[Row, ...] = (
    # Desk: lists and forms without an object
    Row("custodia/", DESK, get=ALL),
    Row("custodia/buscar/", DESK, get=ALL, post=AWAY),
    Row("custodia/buscar/completar/", DESK, get=ALL),
    Row("custodia/buscar/sin-leer/", DESK, get=ALL),
    Row("custodia/buscar/porque/<uuid:key>/", DESK, "piece", get=ALL),
    Row("custodia/buscar/parecidos/<uuid:key>/", DESK, "piece", get=ALL),
    Row(SAVED, DESK, get=ALL),
    Row(SAVED + "nueva/", DESK, get=ALL, post={"*": 422}),
    Row(SAVED + "<uuid:key>/", DESK, "saved search", get=ALL),
    Row(SAVED + "<uuid:key>/vistas/", DESK, "saved search", post={"*": 302}),
    Row(SAVED + "<uuid:key>/cambiar/", DESK, "saved search", ALL, {"*": 422}),
    Row(SAVED + "<uuid:key>/borrar/", DESK, "saved search", ALL, {"*": 302}),
    Row("custodia/ayuda/", DESK, get=ALL),
    Row("custodia/ayuda/<slug:name>/", DESK, "guide", get=ALL),
    Row("custodia/expedientes/", DESK, get=ALL),
    Row("custodia/expedientes/nuevo/", DESK, get=only(CONTRACTS), post=only(CONTRACTS, 422)),
    Row("custodia/aprobaciones/", DESK, get=only("jefatura")),
    Row("custodia/accesos/", DESK, get=ALL),
    Row("custodia/bitacora/", DESK, get=only("auditoria")),
    Row("custodia/bitacora/bitacora.csv", DESK, get=only("auditoria")),
    Row("custodia/bitacora/verificar/", DESK, post=only("auditoria", 302)),
    Row("custodia/salud/", DESK, get=ALL, post=ALL),
    Row("custodia/integridad/", DESK, get=only(f"{CONTRACTS} auditoria")),
    Row("custodia/integridad/busqueda.json", DESK, get=only(f"{CONTRACTS} auditoria")),
    Row("custodia/integridad/busqueda.csv", DESK, get=only(f"{CONTRACTS} auditoria")),
    Row("custodia/retenciones/", DESK, get=ALL),
    Row("custodia/disposicion/", DESK, get=ALL),
    Row("custodia/disposicion.csv", DESK, get=ALL),
    Row("custodia/disposicion.xlsx", DESK, get=ALL),
    Row("custodia/salud/leer-de-nuevo/", DESK, post=only(CONTRACTS, 302)),
    Row("custodia/proyectos/", DESK, get=ALL),
    Row("custodia/convenios/", DESK, get=ALL),
    Row("custodia/trd/", DESK, get=ALL),
    Row("custodia/trd/cargar/", DESK, get=only(CONTRACTS), post=only(CONTRACTS, 422)),
    Row("custodia/trd/plantilla.csv", DESK, get=ALL),
    Row("custodia/trd/plantilla.xlsx", DESK, get=ALL),
    Row("custodia/trd/plantilla.json", DESK, get=ALL),
    Row("custodia/trd/<int:number>/", DESK, get=ALL),
    Row("custodia/trd/<int:number>/imprimir/", DESK, get=ALL),
    Row("custodia/trd/<int:number>.csv", DESK, get=ALL),
    Row("custodia/trd/<int:number>.xlsx", DESK, get=ALL),
    Row("custodia/trd/<int:number>.json", DESK, get=ALL),
    Row("custodia/estilo/", DESK, get={"*": 404}),  # a page of the demo alone
    Row(NOTHING, DESK, "nothing", GONE, GONE, options=GONE),
    # People: the administrator's alone, whoever they are about
    Row("custodia/personas/", DESK, get=MANAGER),
    Row("custodia/personas/nueva/", DESK, get=MANAGER, post=MANAGES),
    Row("custodia/personas/<uuid:key>/", DESK, "person", MANAGER),
    Row("custodia/personas/<uuid:key>/datos/", DESK, "person", MANAGER, MANAGES),
    Row("custodia/personas/<uuid:key>/cargo/", DESK, "person", MANAGER, MANAGES),
    Row("custodia/personas/<uuid:key>/cargo/<slug:role>/terminar/", DESK, "person", MANAGER, MANAGES),
    Row("custodia/personas/<uuid:key>/estado/", DESK, "person", MANAGER, MANAGES),
    Row("custodia/personas/<uuid:key>/factor/", DESK, "person", MANAGER, MANAGES),
    Row("custodia/personas/<uuid:key>/institucional/", DESK, "person", MANAGER, MANAGES),
    Row("custodia/personas/<uuid:key>/invitacion/", DESK, "person", MANAGER, MANAGES),
    # What waits for a second person: for who confirms, and for who asked
    Row("custodia/cargos/", DESK, get=only("jefatura secretaria.general")),
    Row("custodia/cargos/<uuid:key>/", DESK, "person act", ALL, {"*": 422}, form={"act": "refuse"}),
    Row("custodia/organizaciones/", DESK, get=MANAGER),
    Row("custodia/organizaciones/nueva/", DESK, get=MANAGER, post=MANAGES),
    Row("custodia/organizaciones/<uuid:key>/", DESK, "organisation", MANAGER),
    Row("custodia/organizaciones/<uuid:key>/vincular/", DESK, "organisation", MANAGER, MANAGES),
    Row("custodia/organizaciones/vinculos/<uuid:key>/terminar/", DESK, "member", MANAGER, MANAGES),
    # The desk and its expedientes
    Row(EXPEDIENTE, DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "accesos/", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "accesos/conceder/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row(EXPEDIENTE + "historia/", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "certificado/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row(EXPEDIENTE + "anexos/", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "anexos/nuevo/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "faltantes/", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "retencion/", DESK, "expediente", get=ALL, post=only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "indice/", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "indice/expedir/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 302)),
    Row(EXPEDIENTE + "indice/<int:number>/", DESK, "index", ALL, only(f"{CONTRACTS} auditoria")),
    Row(EXPEDIENTE + "indice/<int:number>/indice.xml", DESK, "index", get=ALL),
    Row(EXPEDIENTE + "indice/<int:number>/cubierta.xml", DESK, "index", get=ALL),
    Row(EXPEDIENTE + "hoja-de-control/", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "hoja-de-control.pdf", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "hoja-de-control.xlsx", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "fuid-001.docx", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "fuid-001.pdf", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "fuid-001.xlsx", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "fuid-042.docx", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "fuid-042.pdf", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "fuid-042.xlsx", DESK, "expediente", get=ALL),
    Row(EXPEDIENTE + "registrar/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS)),
    Row(EXPEDIENTE + "incorporar/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "etapa/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "soporte/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "cerrar/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row(EXPEDIENTE + "cierre-definitivo/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row(EXPEDIENTE + "suspender/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row(EXPEDIENTE + "reabrir/", DESK, "expediente", only("jefatura"), only("jefatura", 422)),
    Row(EXPEDIENTE + "radicar/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "paquete/manifiesto.csv", DESK, "expediente", get=only(CONTRACTS)),
    Row(EXPEDIENTE + "paquete/manifiesto.xlsx", DESK, "expediente", get=only(CONTRACTS)),
    Row(EXPEDIENTE + "inventario/plantilla.csv", DESK, "expediente", get=only(CONTRACTS)),
    Row(EXPEDIENTE + "inventario/plantilla.xlsx", DESK, "expediente", get=only(CONTRACTS)),
    Row(EXPEDIENTE + "paquete/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "inventario/", DESK, "expediente", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(EXPEDIENTE + "sugerencias/", DESK, "expediente", post=only(CONTRACTS)),
    # The desk and one's own files on their way in
    Row(EXPEDIENTE + "cargas/", DESK, "expediente", get=ALL, post=only(CONTRACTS, 412), options={"*": 204}),
    Row("custodia/cargas/", DESK, get=ALL),
    Row("custodia/cargas/<uuid:key>/", DESK, "draft", get=ALL, options={"*": 204}),
    Row("custodia/cargas/<uuid:key>/comprobacion/", DESK, "draft", get=ALL),
    Row("custodia/cargas/<uuid:key>/radicar/", DESK, "draft", get=ALL, post={"*": 422}),
    Row("custodia/cargas/<uuid:key>/descartar/", DESK, "draft", get=ALL, post={"*": 302}),
    # The desk and a piece
    Row(PIECE, DESK, "piece", get=ALL),
    Row(PIECE + "original", DESK, "piece", get=ALL),
    Row(PIECE + "pagina/<int:number>.png", DESK, "piece", get=ALL),
    Row(PIECE + "miniatura/<int:number>.png", DESK, "piece", get=ALL),
    Row(PIECE + "partes/<int:number>", DESK, "piece", get=GONE),  # a text has no parts, nor a copy, nor signatures
    Row(PIECE + "copias/pdfa.pdf", DESK, "piece", get=GONE),
    Row(PIECE + "copias/pdfa/", DESK, "piece", post=GONE),
    Row(PIECE + "firmas/", DESK, "piece", post=only(f"{CONTRACTS} auditoria", 404)),
    Row(PIECE + "leer/", DESK, "piece", post=only(CONTRACTS, 302)),
    Row(PIECE + "ficha/", DESK, "piece", get=ALL),
    Row(PIECE + "coincidencia/", DESK, "piece", get={"*": 302}),
    Row(PIECE + "coincidencias/", DESK, "piece", get=ALL),
    Row(PIECE + "lectura/", DESK, "piece", get=ALL),
    Row(PIECE + "cadena/", DESK, "piece", get=ALL),
    Row(PIECE + "cadena.xml", DESK, "piece", get=ALL),
    Row(PIECE + "verificar/", DESK, "piece", post=only(f"{CONTRACTS} auditoria", 302)),
    Row(PIECE + "recibo/", DESK, "piece", get=ALL),
    Row(PIECE + "recibo.json", DESK, "piece", get=ALL),
    Row(PIECE + "recibo.pdf", DESK, "piece", get=ALL),
    Row(PIECE + "certificado/", DESK, "piece", only("custodia"), only("custodia", 422)),
    Row(PIECE + "nivel/", DESK, "piece", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(PIECE + "registrar/", DESK, "piece", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(PIECE + "anular/", DESK, "piece", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(PIECE + "reemplazar/", DESK, "piece", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(PIECE + "version/", DESK, "piece", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(PIECE + "incorporar/", DESK, "piece", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(PIECE + "ubicacion/", DESK, "piece", only(CONTRACTS), only(CONTRACTS, 422)),
    Row(PIECE + "suspender/", DESK, "piece", only("custodia"), only("custodia", 422)),
    Row(PIECE + "accesos/", DESK, "piece", only("custodia"), only("custodia", 422)),
    # Desk: other objects
    Row("custodia/recibos/<uuid:batch>/", DESK, "batch", get=ALL),
    Row("custodia/recibos/<uuid:batch>.json", DESK, "batch", get=ALL),
    Row("custodia/lotes/<uuid:batch>/recibo/", DESK, "batch", get=ALL),
    Row("custodia/lotes/<uuid:batch>/recibo.json", DESK, "batch", get=ALL),
    Row("custodia/lotes/<uuid:batch>/recibo.pdf", DESK, "batch", get=ALL),
    Row("custodia/lotes/<uuid:batch>/certificado/", DESK, "batch", only("custodia"), only("custodia", 422)),
    Row("custodia/lotes/<uuid:batch>/accesos/", DESK, "batch", only("custodia", 200, 404), only("custodia", 422, 404)),
    Row("custodia/certificados/<uuid:key>/", DESK, "certificate", get=ALL),
    Row("custodia/certificados/<uuid:key>/certificado.zip", DESK, "certificate", get={"*": 409}),
    Row("custodia/cuarentena/", DESK, get=only(CONTRACTS)),
    Row("custodia/cuarentena/<uuid:key>/atender/", DESK, "quarantined", ALL, {"*": 422}),
    Row("custodia/llave/", DESK, get=ALL),
    Row("custodia/llave/<slug:key>.pem", DESK, "key", get=GONE),  # the address of a key that never was
    Row("custodia/aprobaciones/<uuid:key>/", DESK, "act", ALL, only("jefatura", 302), {"decision": "approve"}),
    Row("custodia/retencion/<uuid:key>/", DESK, "resentencing", ALL, only("jefatura", 422), {"decision": "approve"}),
    Row("custodia/retenciones/<uuid:key>/levantar/", DESK, "hold", only("jefatura"), only("jefatura", 422)),
    Row("custodia/accesos/pedir/", DESK, get=ALL, post={"*": 422}),
    Row("custodia/accesos/solicitudes/<uuid:key>/", DESK, "request", ALL, {"*": 422}),
    Row("custodia/accesos/propio/", DESK, get=ALL),
    # Of the reviewer: told to herself, to who keeps pieces and to who manages people
    Row("custodia/accesos/persona/<uuid:key>/", DESK, "person", only("revisora custodia administracion", others=404)),
    Row(PIECE + "quien/", DESK, "piece", get=only("custodia")),
    Row(EXPEDIENTE + "impedimentos/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row("custodia/impedimentos/<uuid:key>/terminar/", DESK, "recusal", ALL, {"*": 422}),
    Row("custodia/casos/", DESK, get=ALL),
    Row(PIECE + "impedimentos/", DESK, "piece", only("custodia"), only("custodia", 422)),
    Row(PIECE + "organizaciones/", DESK, "piece", only("custodia"), only("custodia", 422)),
    Row(EXPEDIENTE + "organizaciones/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row("custodia/organizaciones/<uuid:key>/retirar/", DESK, "tie", ALL, {"*": 422}),
    Row(EXPEDIENTE + "casos/nuevo/", DESK, "expediente", only("custodia"), only("custodia", 422)),
    Row("custodia/casos/<uuid:key>/", DESK, "case", get=ALL),
    Row("custodia/casos/<uuid:key>/terminar/", DESK, "case", ALL, {"*": 422}),
    Row(EXPEDIENTE + "emergencia/", DESK, "expediente", only(STAFF), only(STAFF, 422)),
    Row("custodia/emergencias/", DESK, get=ALL),
    Row("custodia/emergencias/<uuid:key>/", DESK, "emergency", ALL, {"*": 422}),
    Row("custodia/accesos/<uuid:key>/", DESK, "grant act", get=ALL),
    Row("custodia/accesos/<uuid:key>/renovar/", DESK, "grant", ALL, {"*": 422}),
    Row("custodia/accesos/convenios/<slug:number>/", DESK, "convenio", get=GONE, post=GONE),  # of no convenio
    Row("custodia/accesos/<uuid:key>/retirar/", DESK, "grant", ALL, {"*": 302}),
    Row("custodia/trabajos/", DESK, get=ALL),
    Row("custodia/trabajos/<uuid:key>/", DESK, "job", get=ALL),
    Row("custodia/trabajos/<uuid:key>/informe/", DESK, "job", get=ALL),
    Row("custodia/trabajos/<uuid:key>/csv/", DESK, "job", get=ALL),
    Row("custodia/trabajos/<uuid:key>/detener/", DESK, "job", post=only(CONTRACTS, 302)),
    Row("custodia/trabajos/<uuid:key>/reanudar/", DESK, "job", post=only("archivista", 302)),
    Row("custodia/trabajos/<uuid:key>/descartar/", DESK, "job", post=only("archivista", 302)),
    Row("custodia/proyectos/<uuid:key>/", DESK, "project", ALL, only("jefatura secretaria.general", 422)),
    # Account
    Row("cuenta/", "desk editor all", get=OWN, post=OWN, options=OWN),
    Row("cuenta/entrar/", "desk editor all", get=LOGIN, post=LOGIN, options=LOGIN),
    Row("cuenta/entrar/factor/", "desk editor all", get=AWAY, post=AWAY, options=AWAY),
    # The institution's provider: nothing of it is offered where none is named
    Row("cuenta/entrar/institucional/", "desk editor all", get=GONE),
    Row("cuenta/entrar/institucional/regreso/", "desk editor all", get=GONE),
    Row("cuenta/seguridad/institucional/", "desk editor all", get=NONE_HELD, post=NONE_HELD),
    Row("cuenta/seguridad/institucional/retirar/", "desk editor all", post=NONE_HELD),
    Row("cuenta/clave/", "desk editor all", get=OWN, post=OWN, options=OWN),
    Row("cuenta/invitacion/<slug:uidb64>/<slug:token>/", "desk editor all", "invitation", ALL, ALL, options=ALL),
    Row("cuenta/sesiones/", "desk editor all", get=OWN, post={"*": 302}, options=OWN),
    Row("cuenta/seguridad/", "desk editor all", get=OWN, post=ONLY_READ, options=OWN),
    Row("cuenta/seguridad/codigos/", "desk editor all", get=OWN, post=OWN, options=OWN),
    Row("cuenta/seguridad/codigos/imagen.svg", "desk editor all", get=OWN, post=OWN, options=OWN),
    Row("cuenta/seguridad/codigos/retirar/", "desk editor all", get=NONE_HELD, post=NONE_HELD, options=NONE_HELD),
    Row("cuenta/seguridad/llaves/", "desk editor all", get=OWN, post=OWN, options=OWN),
    Row("cuenta/seguridad/llaves/<int:pk>/retirar/", "desk editor all", "factor", NONE_HELD, NONE_HELD, options=OWN),
    Row("cuenta/seguridad/recuperacion/", "desk editor all", get=NONE_HELD, post=ONLY_READ, options=OWN),
    Row("cuenta/seguridad/recuperacion/nuevos/", "desk editor all", get=OWN, post=OWN, options=OWN),
    Row("cuenta/retomar/", "desk editor all", get=AWAY),
    Row("cuenta/salir/", "desk editor all", get=ALL, post={"*": 302}, options=ALL),
    # Ending mails without a login: a link that does not serve is one page for everybody
    Row("cuenta/avisos/cancelar/<str:token>/", DESK, "link", GONE, GONE),
    # Health
    Row("salud/", EVERYWHERE, get=ALL),
    Row("salud/listo/", EVERYWHERE, get=ALL),
    # Public
    Row("buscar/", PUBLIC, get=ALL),
    Row("buscar/atom/", PUBLIC, get=ALL),
    Row("buscar/sugerencias/", PUBLIC, get=ALL),
    Row("convenios/", PUBLIC, get=ALL),
    Row("convenios/<slug:slug>/", PUBLIC, "published", get=GONE),
    Row("banco/<slug:slug>/historia.json", PUBLIC, "published", get=GONE),
    Row("banco/<slug:slug>/historia.csv", PUBLIC, "published", get=GONE),
    Row("documentos/", PUBLIC, get=ALL),
    Row("documentos/<uuid:key>/", PUBLIC, "published", get=GONE),
    Row("documentos/<uuid:key>/archivo/", PUBLIC, "published", get=GONE),
    Row("datos/", PUBLIC, get=ALL),
    Row("datos/catalogo.jsonld", PUBLIC, get=ALL, options=SAID),
    Row("datos/datapackage.json", PUBLIC, get=ALL, options=SAID),
    *(Row(f"datos/<slug:name>{end}", PUBLIC, "dataset", get=ALL, options=SAID) for end in DATA_FILES),
    Row("imagenes/<path:name>", PUBLIC, "picture", get=GONE),
    Row("api/", PUBLIC, get=ALL),
    *(Row(f"api/v1/{name}", PUBLIC, get=ALL, options=SAID) for name in API),
    Row("api/v1/proyectos/<codigo>", PUBLIC, "code", get=GONE, options=SAID),
    Row("api/v1/<path:rest>", PUBLIC, "rest", get=GONE, options=SAID),
    Row("peticiones/", PUBLIC, get=ALL),
    Row("peticiones/<str:code>/", PUBLIC, "petition", get=GONE),
    Row("convocatorias/<slug:slug>/postular/", PUBLIC, "call", get=ALL),
    Row("atom/<slug:name>/", PUBLIC, "feed", get=ALL),
    Row("robots.txt", PUBLIC, get=ALL),
    Row("sitemap.xml", PUBLIC, get=ALL),
    Row("ayuda/", PUBLIC, get=ALL),
    Row("ayuda/buscar/", PUBLIC, get=ALL),
    Row("ayuda/edicion/", PUBLIC, get=ALL),
    Row("verificar/", PUBLIC, get=ALL, post={"*": 422}),
    Row("verificar/verify.py", PUBLIC, get=ALL),
    Row(r"^((?:[\w\-]+/)*)$", PUBLIC, "page", ALL, ALL, options=ALL),
)  # fmt: skip

#: Wagtail's admin, grouped: 180 addresses of one package that hold pages and nothing of custody (D1). Each group is
#: the first part of the address after /editor/; a package that registers a new one (a snippet, a report) is named.
#: What they show is proved by the crawl of `test_urls`, not by a status.
EDITOR_GROUPS = frozenset(
    {
        "", "^.*", "account", "api", "block-preview", "bulk", "choose-anchor-link", "choose-email-link",
        "choose-external-link", "choose-page", "choose-phone-link", "collections", "dismissibles", "documents",
        "editing-sessions", "failwhale", "groups", "images", "jsi18n", "login", "logout", "pages", "password_reset",
        "redirects", "reports", "settings", "sites", "snippets", "sprite", "tag-autocomplete", "test404", "users",
        "workflows",
    }
)  # fmt: skip

URLCONFS = ("public", "desk", "editor", "all")


def addresses(urlconf: str) -> list[str]:
    """Every pattern that a process resolves, as Django spells it."""
    return list(walk(get_resolver(f"cms.urls.{urlconf}")))


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        spelled = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, spelled)
        else:
            yield spelled


def path_of(row: Row, key: object) -> str:
    """A request path for the row; `key` fills whatever the address asks for."""
    if row.about in SAMPLES:
        return SAMPLES[row.about][row.pattern]
    filled = re.sub(r"<(?:uuid|slug):\w+>", str(key), row.pattern)
    return "/" + filled.replace("<int:number>", "1")


#: Paths of addresses that ask for something else than an object of custody.
SAMPLES: Mapping[str, Mapping[str, str]] = {
    "nothing": {NOTHING: "/custodia/documentos/no-es-un-id/"},
    "key": {"custodia/llave/<slug:key>.pem": "/custodia/llave/0123456789abcdef.pem"},
    "invitation": {"cuenta/invitacion/<slug:uidb64>/<slug:token>/": "/cuenta/invitacion/abc/abc-def/"},
    "factor": {"cuenta/seguridad/llaves/<int:pk>/retirar/": "/cuenta/seguridad/llaves/1/retirar/"},
    "link": {"cuenta/avisos/cancelar/<str:token>/": "/cuenta/avisos/cancelar/a:b:c/"},
    "guide": {"custodia/ayuda/<slug:name>/": "/custodia/ayuda/revision/"},
    "dataset": {
        **{f"datos/<slug:name>{end}": f"/datos/proyectos{end}" for end in DATA_FILES},
    },
    "feed": {"atom/<slug:name>/": "/atom/proyectos/"},
    "petition": {"peticiones/<str:code>/": "/peticiones/ABC-123/"},
    "call": {"convocatorias/<slug:slug>/postular/": "/convocatorias/delta-3-0/postular/"},
    "picture": {"imagenes/<path:name>": "/imagenes/original_images/nada.jpg"},
    "code": {"api/v1/proyectos/<codigo>": "/api/v1/proyectos/P-404"},
    "rest": {"api/v1/<path:rest>": "/api/v1/personas"},
    # Of what is not published; what is, is read by everybody alike (tests/integration/public).
    "published": {
        "banco/<slug:slug>/historia.json": "/banco/nunca-existio/historia.json",
        "banco/<slug:slug>/historia.csv": "/banco/nunca-existio/historia.csv",
        "convenios/<slug:slug>/": "/convenios/cd-1900-001/",
        "documentos/<uuid:key>/": "/documentos/00000000-0000-4000-8000-000000000001/",
        "documentos/<uuid:key>/archivo/": "/documentos/00000000-0000-4000-8000-000000000001/archivo/",
    },
    "page": {r"^((?:[\w\-]+/)*)$": "/"},
}  # fmt: skip


def expected(row: Row, method: str, login: str, *, seen: bool) -> int:
    """What the table and the rules of the prefix say together."""
    if not row.pattern.startswith("custodia/"):
        return row.status(method, login)
    if login in NOBODY:
        return 302  # to the login, whatever lies behind
    if login in NO_DESK:
        return 404
    status = row.status(method, login)
    return status if status == 405 or seen else 404


def people() -> tuple[str, ...]:
    return (*CAST, ANONYMOUS)


def listed() -> dict[str, Row]:
    return {row.pattern: row for row in ROWS}
