"""Public addresses over published rows."""

from __future__ import annotations

from django.urls import path

from cms.publication import certificates, views

urlpatterns = [
    path("buscar/", views.search, name="public_search"),
    path("convenios/", views.convenios, name="public_convenios"),
    path("datos/", views.datasets, name="datasets"),
    path("datos/<slug:name>.csv", views.dataset_csv, name="dataset_csv"),
    path("datos/<slug:name>.json", views.dataset_json, name="dataset_json"),
    path("verificar/", certificates.verify_page, name="verify"),
    path("verificar/verify.py", certificates.program, name="verify_program"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
]
