"""Styles and scripts as production serves them: named by their digest, compressed twice."""

from __future__ import annotations

import json
from pathlib import Path

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings


def test_files_are_named_by_their_digest_and_compressed(tmp_path: Path) -> None:
    stored = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=tmp_path,
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}, "staticfiles": stored},
    ):
        call_command("collectstatic", "--noinput", verbosity=0)
        address = staticfiles_storage.url("custodia/custodia.css")

    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]["custodia/custodia.css"]
    plain, *packed = (tmp_path / f"{named}{ending}" for ending in ("", ".gz", ".br"))
    assert address == f"/static/{named}"
    assert named != "custodia/custodia.css"
    assert all(file.stat().st_size < plain.stat().st_size / 3 for file in packed)
