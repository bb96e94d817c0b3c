"""Dates of a call, in order."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class CalendarRowBlock(blocks.StructBlock):
    when = blocks.DateBlock(label=_("Fecha"))
    what = blocks.CharBlock(label=_("Qué ocurre"), max_length=240)


class CalendarBlock(blocks.StructBlock):
    rows = blocks.ListBlock(CalendarRowBlock(), label=_("Fechas"), min_num=1)

    class Meta:
        icon = "calendar"
        label = _("Calendario")
        template = "cms/blocks/calendar.html"
