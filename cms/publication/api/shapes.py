"""What the API takes and gives, as its OpenAPI document tells it. Rows are made of the tables of the open data."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, create_model

from cms.publication.api.reading import MOST, USUAL
from cms.publication.descriptions import LICENCE
from cms.publication.open_data import AMOUNT, COUNT, DATASETS, DATE, MOMENT, TEXT, Column, Dataset

#: No NUL: PostgreSQL refuses one even in a question.
Text = Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")]
Amount = Annotated[str, Field(pattern=r"^-?\d+\.\d{2}$")]
_TYPES: dict[str, Any] = {TEXT: str, AMOUNT: Amount, COUNT: int, DATE: datetime.date, MOMENT: datetime.datetime}


class Paged(Schema):
    limite: int = Field(USUAL, ge=1, le=MOST, description=f"Cuántos renglones, hasta {MOST}.")
    despues: Text = Field("", description="El «siguiente» de la página anterior.")


class ProjectsAsked(Paged):
    fase: Text = Field("", description="structuring, review, execution o closing.")
    apuesta: Text = Field("", description="Código de la apuesta, como en la dirección del Banco.")
    departamento: Text = Field("", description="Nombre del departamento.")
    area: Text = Field("", description="Código del área de interés.")
    clase: Text = Field("", description="direct o indirect.")
    poblacion: Text = Field("", description="Código del criterio diferencial.")
    convenio: Text = Field("", description="Número del convenio derivado.")
    impacto: Text = Field("", description="Código de la clase de impacto, como en la dirección del Banco.")
    anio: Text = Field("", description="Año de entrada al Banco, con cuatro cifras.")


class IndicatorsAsked(Paged):
    proyecto: Text = Field("", description="Código del proyecto.")


def _row(name: str, dataset: Dataset, **more: Any) -> type[Schema]:
    fields: dict[str, Any] = {field: _field(column) for field, column in dataset.columns.items()}
    return create_model(name, __base__=Schema, **fields, **more)


def _field(column: Column) -> tuple[Any, Any]:
    kind = _TYPES[column.kind]
    may_lack = not (column.always or column.kind in (TEXT, COUNT))
    return (kind | None if may_lack else kind), Field(..., description=str(column.meaning))


Indicator = _row("Indicador", DATASETS["indicadores"])
Notice = _row("Reserva", DATASETS["reservas"])
Convenio = _row("Convenio", DATASETS["convenios"])
Project = _row("Proyecto", DATASETS["proyectos"])
WholeProject = _row(
    "ProyectoCompleto",
    DATASETS["proyectos"],
    indicadores=(list[Indicator], Field(..., description="Sus indicadores.")),  # type: ignore[valid-type]
    reservas=(list[Notice], Field(..., description="Lo que se reserva de él, y por qué.")),  # type: ignore[valid-type]
)


def _page_of(row: type[Schema]) -> type[Schema]:
    return create_model(
        f"Pagina{row.__name__}",
        __base__=Schema,
        total=(int, Field(..., ge=0, description="Cuántos renglones hay con esos filtros.")),
        siguiente=(str | None, Field(..., description="Dirección de la página siguiente, o nada.")),
        datos=(list[row], Field(..., max_length=MOST)),  # type: ignore[valid-type]
    )


ProjectPage, IndicatorPage, ConvenioPage = (_page_of(row) for row in (Project, Indicator, Convenio))


class Set(Schema):
    nombre: str
    titulo: str
    descripcion: str
    renglones: int = Field(..., ge=1)
    licencia: str = Field(..., description=LICENCE["title"])
    archivos: list[str]
    esquema: str
