"""What machines read about the sets: Table Schema and Data Package (Frictionless), JSON Schema 2020-12, DCAT-AP 3."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cms.core.identity import Identity
from cms.publication import open_data
from cms.publication.formats import FORMATS
from cms.publication.open_data import AMOUNT, COUNT, DATE, MOMENT, TEXT, Column, Dataset

#: Whoever reuses the data says where they come from, and nothing else is asked.
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Atribución 4.0 Internacional (CC BY 4.0)",
    "path": "https://creativecommons.org/licenses/by/4.0/deed.es",
}
LANGUAGE = "http://publications.europa.eu/resource/authority/language/SPA"
COUNTRY = "http://publications.europa.eu/resource/authority/country/COL"
THEME = "http://publications.europa.eu/resource/authority/data-theme/ECON"

Json = dict[str, Any]

_TABLE: dict[str, Json] = {
    TEXT: {"type": "string"},
    AMOUNT: {"type": "number", "decimalChar": "."},
    COUNT: {"type": "integer"},
    DATE: {"type": "date", "format": "%Y-%m-%d"},
    MOMENT: {"type": "datetime", "format": "any"},
}
_JSON: dict[str, Json] = {
    TEXT: {"type": "string"},
    AMOUNT: {"type": "string", "pattern": r"^-?\d+\.\d{2}$"},
    COUNT: {"type": "integer", "minimum": 0},
    DATE: {"type": "string", "format": "date"},
    MOMENT: {"type": "string", "format": "date-time"},
}
#: Kinds whose absent value is an empty text, not null.
_NEVER_NULL = (TEXT, COUNT)


def table_schema(dataset: Dataset) -> Json:
    """Frictionless Table Schema of the CSV file."""
    return {
        "fields": [
            {
                "name": name,
                "title": str(column.meaning),
                **_TABLE[column.kind],
                "constraints": {"required": column.always},
            }
            for name, column in dataset.columns.items()
        ],
        "missingValues": [""],
    }


def json_schema(dataset: Dataset, base: str) -> Json:
    """JSON Schema of the JSON file: a list of rows, each with all its fields and no other."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base}/datos/{dataset.name}/esquema.json",
        "title": str(dataset.title),
        "description": str(dataset.about),
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: _field(column) for name, column in dataset.columns.items()},
            "required": list(dataset.columns),
            "additionalProperties": False,
        },
    }


def _field(column: Column) -> Json:
    said = _JSON[column.kind]
    may_lack = not (column.always or column.kind in _NEVER_NULL)
    return {**said, "type": [said["type"], "null"] if may_lack else said["type"], "description": str(column.meaning)}


def shown() -> list[Dataset]:
    """The sets that have something in them."""
    return [dataset for dataset in open_data.DATASETS.values() if dataset.count()]


def data_package(base: str, identity: Identity) -> Json:
    """Frictionless Data Package: every CSV with its schema, and the licence of all."""
    return {
        "profile": "tabular-data-package",
        "name": "banco-de-proyectos-offset",
        "title": identity.said_name,
        "homepage": f"{base}/datos/",
        "licenses": [LICENCE],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": dataset.name,
                "title": str(dataset.title),
                "description": str(dataset.about),
                "path": f"{base}/datos/{dataset.name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "licenses": [LICENCE],
                "schema": table_schema(dataset),
            }
            for dataset in shown()
        ],
    }


_CONTEXT: Json = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalogue(base: str, identity: Identity) -> Json:
    """The catalogue as DCAT-AP in JSON-LD. `base` is scheme and host of this site."""
    changed = open_data.last_change()
    dated = {"dct:modified": {"@type": "xsd:dateTime", "@value": _iso(changed)}} if changed else {}
    publisher = {"@id": f"{base}/#entidad", "@type": "foaf:Agent", "foaf:name": identity.publisher}
    return {
        "@context": _CONTEXT,
        "@id": f"{base}/datos/",
        "@type": "dcat:Catalog",
        "dct:title": _said(_("Datos abiertos · %(site)s") % {"site": identity.said_name}),
        "dct:description": _said(_("Lo mismo que muestran las páginas públicas, para analizar y volver a publicar.")),
        "dct:publisher": publisher,
        "dct:language": {"@id": LANGUAGE},
        "dct:license": {"@id": LICENCE["path"]},
        "foaf:homepage": {"@id": f"{base}/"},
        **dated,
        "dcat:dataset": [_dataset(base, dataset, publisher["@id"], dated) for dataset in shown()],
    }


def _dataset(base: str, dataset: Dataset, publisher: str, dated: Json) -> Json:
    about = f"{base}/datos/#{dataset.name}"
    return {
        "@id": about,
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": _said(str(dataset.title)),
        "dct:description": _said(str(dataset.about)),
        "dct:publisher": {"@id": publisher},
        "dct:license": {"@id": LICENCE["path"]},
        "dct:language": {"@id": LANGUAGE},
        "dct:spatial": {"@id": COUNTRY},
        "dct:conformsTo": {"@id": f"{base}/datos/{dataset.name}/esquema.json"},
        "dcat:landingPage": {"@id": about},
        "dcat:theme": {"@id": THEME},
        "dcat:keyword": [_said(word) for word in ("Offset", dataset.name)],
        **dated,
        "dcat:distribution": [_distribution(base, dataset, ending) for ending in FORMATS],
    }


def _distribution(base: str, dataset: Dataset, ending: str) -> Json:
    address = f"{base}/datos/{dataset.name}.{ending}"
    media = FORMATS[ending].media.partition(";")[0]
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _said(f"{dataset.title} ({FORMATS[ending].label})"),
        "dcat:accessURL": {"@id": f"{base}/datos/"},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
        "dct:format": {"@id": f"http://publications.europa.eu/resource/authority/file-type/{ending.upper()}"},
        "dct:license": {"@id": LICENCE["path"]},
    }


def _said(text: str) -> Json:
    return {"@language": "es", "@value": text}


def _iso(value: Any) -> str | None:
    return open_data.Column("", lambda row: row, MOMENT).value(value)  # type: ignore[no-any-return]
