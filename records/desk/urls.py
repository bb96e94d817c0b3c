"""Addresses of the desk (screens §1). Unclaimed ones under /custodia/ answer as an unknown piece does."""

from __future__ import annotations

from django.urls import path, re_path

from records.desk import (
    access,
    bandeja,
    doors,
    expedientes,
    filing,
    health,
    jobs,
    ledger,
    levels,
    projects,
    receipts,
    style,
    viewer,
)

app_name = "desk"
urlpatterns = [
    path("", bandeja.bandeja, name="bandeja"),
    path("expedientes/", expedientes.expedientes, name="expedientes"),
    path("expedientes/nuevo/", expedientes.new_expediente, name="new-expediente"),
    path("expedientes/<uuid:key>/", expedientes.documents, name="documents"),
    path("expedientes/<uuid:key>/accesos/", expedientes.access, name="expediente-access"),
    path("expedientes/<uuid:key>/accesos/conceder/", access.expediente_grant, name="expediente-grant"),
    path("expedientes/<uuid:key>/historia/", expedientes.history, name="expediente-history"),
    path("expedientes/<uuid:key>/radicar/", filing.file_pieces, name="file"),
    path("expedientes/<uuid:key>/sugerencias/", filing.suggestions, name="suggestions"),
    path("documentos/<uuid:key>/", viewer.document, name="document"),
    path("documentos/<uuid:key>/original", viewer.original, name="original"),
    path("documentos/<uuid:key>/pagina/<int:number>.png", viewer.page, name="page-image"),
    path("documentos/<uuid:key>/coincidencia/", viewer.hit, name="hit"),
    path("documentos/<uuid:key>/lectura/", viewer.reading, name="reading"),
    path("documentos/<uuid:key>/verificar/", viewer.verify, name="verify"),
    path("documentos/<uuid:key>/recibo/", receipts.receipt, name="receipt"),
    path("documentos/<uuid:key>/recibo.json", receipts.receipt_json, name="receipt-json"),
    path("documentos/<uuid:key>/nivel/", levels.propose, name="propose"),
    path("documentos/<uuid:key>/accesos/", access.document_access, name="document-access"),
    path("recibos/<uuid:batch>/", receipts.batch, name="batch"),
    path("recibos/<uuid:batch>.json", receipts.batch_json, name="batch-json"),
    path("aprobaciones/", levels.acts, name="acts"),
    path("aprobaciones/<uuid:key>/", levels.act, name="act"),
    path("accesos/", access.grants, name="grants"),
    path("accesos/<uuid:key>/retirar/", access.withdraw, name="withdraw"),
    path("bitacora/", ledger.ledger, name="ledger"),
    path("salud/", health.health, name="health"),
    path("trabajos/", jobs.jobs, name="jobs"),
    path("trabajos/<uuid:key>/", jobs.job, name="job"),
    path("trabajos/<uuid:key>/detener/", jobs.stop, name="job-stop"),
    path("trabajos/<uuid:key>/reanudar/", jobs.resume, name="job-resume"),
    path("trabajos/<uuid:key>/descartar/", jobs.discard, name="job-discard"),
    path("trabajos/<uuid:key>/informe/", jobs.report, name="job-report"),
    path("trabajos/<uuid:key>/csv/", jobs.export, name="job-csv"),
    path("proyectos/", projects.projects, name="projects"),
    path("proyectos/<uuid:key>/", projects.project, name="project"),
    path("convenios/", projects.convenios, name="convenios"),
    path("estilo/", style.style, name="style"),
    # With a slash at the end, or under one piece or one receipt: what nobody above claimed.
    re_path(r"^(?:.+/|documentos/[^/]+/.+|recibos/.+)$", doors.missing, name="missing"),
]
