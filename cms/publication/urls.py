"""Public addresses over published rows."""

from __future__ import annotations

from django.urls import path

from cms.publication import certificates, data_views, feed, feeds, history_files, reading, views, waiting
from cms.publication.api import page, v1
from cms.publication.formats import FORMATS

urlpatterns = [
    path("buscar/", views.search, name="public_search"),
    path("buscar/sugerencias/", views.completions, name="public_completions"),
    path("buscar/atom/", feed.feed, name="public_search_feed"),
    path("banco/<slug:slug>/historia.json", history_files.as_json, name="history_json"),
    path("banco/<slug:slug>/historia.csv", history_files.as_csv, name="history_csv"),
    path("convenios/", reading.convenios, name="public_convenios"),
    path("convenios/<slug:slug>/", reading.convenio, name="public_convenio"),
    path("documentos/", reading.documents, name="public_documents"),
    path("documentos/<uuid:key>/", reading.document, name="public_document"),
    path("documentos/<uuid:key>/archivo/", reading.download, name="public_file"),
    path("datos/", data_views.datasets, name="datasets"),
    path("datos/catalogo.jsonld", data_views.catalogue, name="data_catalogue"),
    path("datos/datapackage.json", data_views.data_package, name="data_package"),
    *(path(f"datos/<slug:name>.{end}", data_views.dataset_file, {"ending": end}, f"dataset_{end}") for end in FORMATS),
    path("datos/<slug:name>/esquema.json", data_views.json_schema, name="dataset_schema"),
    path("datos/<slug:name>/tabla.json", data_views.table_schema, name="dataset_table"),
    path("api/", page.explained, name="api_page"),
    *v1.addresses(),
    path("verificar/", certificates.verify_page, name="verify"),
    path("verificar/verify.py", certificates.program, name="verify_program"),
    path("peticiones/", waiting.petitions, name="petitions"),
    path("peticiones/<str:code>/", waiting.petition, name="petition"),
    path("convocatorias/<slug:slug>/postular/", waiting.apply, name="call_apply"),
    path("atom/<slug:name>/", feeds.feed, name="feed"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
]
