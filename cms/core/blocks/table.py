"""A small table: caption and heads are part of it, and every row has as many cells as there are heads."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

SEPARATOR = "|"
WIDEST = 8


class TableBlock(blocks.StructBlock):
    """Rows are written one in each line, their cells between bars: `Antioquia | 12 | 4`."""

    caption = blocks.CharBlock(label=_("Título de la tabla"), max_length=200)
    heads = blocks.ListBlock(
        blocks.CharBlock(max_length=80), label=_("Títulos de las columnas"), min_num=2, max_num=WIDEST
    )
    rows = blocks.TextBlock(
        label=_("Filas"), rows=6, help_text=_("Una fila por línea, con sus celdas separadas por una barra: a | b | c")
    )
    source = blocks.CharBlock(label=_("Fuente"), max_length=200, required=False)

    class Meta:
        icon = "table"
        label = _("Tabla")
        template = "cms/blocks/table.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        wrong = [place for place, row in enumerate(cells(cleaned), 1) if len(row) != len(cleaned["heads"])]
        if wrong:
            told = _("Estas filas no tienen tantas celdas como títulos: %(rows)s.")
            fault = ValidationError(told % {"rows": ", ".join(map(str, wrong))})
            raise StructBlockValidationError(block_errors={"rows": fault})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        heads = list(value["heads"])
        context["lines"] = [list(zip(heads, row, strict=False)) for row in cells(value)]
        return context


def cells(value: Any) -> list[list[str]]:
    """The cells of each row that has any."""
    lines = [line for line in value["rows"].splitlines() if line.strip()]
    return [[cell.strip() for cell in line.strip().strip(SEPARATOR).split(SEPARATOR)] for line in lines]
