"""What is wrong in a schedule's file, each fault with its place and its Spanish sentence.

The facts of a sentence are the words of the file itself, cut short, and names of our own layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise
LONGEST_FACT = 300


@dataclass(frozen=True)
class Place:
    """Where in a file. `line` (from 1, 0 where there is none) and `column` (its letter, or the path's last key)."""

    where: str = ""
    line: int = 0
    column: str = ""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or (as a notice) that is only told."""

    code: str
    place: Place = field(default_factory=Place)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.code]) % {name: shown(value) for name, value in self.facts.items()}


def shown(value: Any) -> Any:
    """A fact as a sentence may show it: one line, not endless."""
    if not isinstance(value, str):
        return value
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_FACT else f"{line[:LONGEST_FACT]}…"


SENTENCES: Mapping[str, Sentence] = {
    # The file
    "empty": _("El archivo está vacío. Revise que se haya copiado completo."),
    "too_large": _("El archivo supera los %(most)s. Una tabla de retención es mucho más pequeña."),
    "too_large_for_page": _("La tabla es demasiado grande para esta página. Cárguela con la orden load_trd."),
    "damaged": _("El archivo no se puede leer: está dañado o no es lo que dice su nombre."),
    "damaged_json": _("El texto JSON se interrumpe aquí: revise comas, comillas y llaves."),
    "encrypted": _("El archivo está cifrado con contraseña. Quite la contraseña y vuelva a cargarlo."),
    "limits": _(
        "El archivo tiene demasiadas filas, columnas o texto: se admiten 50.000 filas y 10.000 letras por celda."
    ),
    "unknown_format": _("El archivo no es CSV, XLSX ni JSON. Guárdelo en uno de esos formatos."),
    "cell_unavailable": _("No se pudo abrir el archivo en este momento. Vuelva a intentarlo."),
    "wrong_encoding": _(
        "Los acentos llegaron dañados (%(word)s). Guarde el archivo como «CSV UTF-8» y vuelva a cargarlo."
    ),
    "repeated_file": _("Ese mismo archivo ya se cargó: es la versión %(number)s."),
    # Its shape
    "no_header_row": _("La primera fila debe tener los nombres de las columnas, entre ellos «registro»."),
    "repeated_column": _("La columna «%(column)s» está dos veces. Deje una sola."),
    "missing_column": _("Falta la columna «%(column)s»."),
    "extra_column": _("La columna «%(column)s» no se usa y no se cargará.%(near)s"),
    "unknown_register": _("«%(word)s» no es un registro: use encabezado, serie, subserie, tipo o exigencia."),
    "no_register": _("La fila no dice qué es: escriba su registro. Si combinó celdas, sepárelas."),
    "unused_cell": _("«%(column)s» no se usa en una fila «%(register)s» y no se cargará."),
    "not_object": _("Aquí se espera un objeto con sus datos."),
    "not_list": _("Aquí se espera una lista."),
    "extra_key": _("La clave «%(key)s» no se usa y no se cargará."),
    "unknown_datum": _("«%(word)s» no es un dato del encabezado: use %(known)s."),
    "repeated_datum": _("El dato «%(word)s» del encabezado está dos veces. Deje uno solo."),
    "no_rows": _("No hay ninguna fila «%(register)s»."),
    # One value
    "missing": _("Falta «%(column)s»."),
    "not_text": _("«%(column)s» debe ser un texto."),
    "too_long": _("«%(column)s» tiene %(length)s letras; se admiten %(most)s."),
    "bad_code": _("«%(word)s» no sirve como código: use letras sin tilde, cifras, punto y guion, sin espacios."),
    "bad_date": _("«%(word)s» no es una fecha: escríbala como 31/01/2026."),
    "bad_years": _("«%(word)s» no es un número de años: escriba un entero de 0 a %(most)s."),
    "bad_number": _("«%(word)s» no es un número de versión: escriba un entero desde 1, o déjelo en blanco."),
    "bad_flag": _("«%(word)s» no dice sí ni no."),
    "unknown_choice": _("«%(word)s» no vale en «%(column)s»: use %(known)s."),
    "unknown_stage": _("«%(word)s» no es una etapa de %(kind)s: use %(known)s."),
    # One thing against another
    "repeated_code": _("El código %(code)s está repetido: ya está en %(first)s."),
    "unknown_parent": _("No hay %(register)s con el código «%(word)s» en este archivo."),
    "slug_mismatch": _("El código de «%(name)s» debe ser %(slug)s, que sale de su nombre."),
    "no_slug": _("Del nombre «%(name)s» no sale ningún código: escriba un nombre con letras."),
    "reasons_missing": _("Una clase %(level)s lleva su razón: use %(known)s."),
    "reasons_of_public": _("Una clase pública no lleva razones."),
    "wrong_number": _("La versión que sigue es la %(next)s; el archivo dice %(number)s. Corríjala o déjela en blanco."),
    "before_former": _(
        "La versión %(number)s rige desde el %(former)s: la nueva debe regir desde un día posterior, no el %(day)s."
    ),
    # Only told
    "kinds_without_subserie": _("No hay subserie para estos expedientes, que no podrán abrirse: %(kinds)s."),
    "kind_with_several": _("Hay %(count)s subseries para %(kind)s: al abrir se usará la de código %(code)s."),
    "not_convalidated": _(
        "El encabezado no dice la convalidación: sin ella no se elimina nada por esta tabla (Circular AGN 005 de 2012)."
    ),
    "nothing_new": _("No cambia nada de lo que dice la versión anterior, salvo desde cuándo rige."),
    "past_start": _("Rige desde un día que ya pasó: los expedientes abiertos desde entonces conservan su versión."),
}
