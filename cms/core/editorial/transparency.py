"""Words of the transparency page."""

from __future__ import annotations

from cms.core.editorial import bullets, heading, notice, numbered, paragraph, raw

TRANSPARENCY = {
    "title": "Transparencia",
    "slug": "transparencia",
    "search_description": "Qué se publica de los proyectos Offset, qué se reserva y cómo solicitar información.",
    "intro": (
        "Todo se presume público. Lo que se reserva tiene una razón escrita, una norma, un plazo y un responsable, y "
        "cuando puede decirse que existe, se dice."
    ),
    "body": raw(
        heading("Lo que siempre encuentra aquí"),
        paragraph(
            bullets(
                "De cada proyecto: nombre, fase, objetivo, lugar, área de interés, proveedor y receptor, "
                "beneficiarios, indicadores y convenio.",
                "De cada convenio: número, partes, objeto y créditos acordados y ejecutados.",
                "El balance general de créditos y los totales de indicadores.",
                "La política, sus normas y sus anexos.",
            )
        ),
        heading("Los niveles de acceso"),
        paragraph(
            bullets(
                "<b>Pública.</b> La ve cualquier persona.",
                "<b>Clasificada.</b> Protege derechos de personas o empresas: propiedad intelectual, secretos "
                'comerciales, datos personales (<a href="/normas/ley-1712-de-2014/#art-18">Ley 1712 de 2014, '
                "artículo 18</a>).",
                "<b>Reservada.</b> Protege la defensa y la seguridad nacional "
                '(<a href="/normas/ley-1712-de-2014/#art-19">artículo 19</a>).',
            )
        ),
        notice(
            "Lo que no se publica",
            "Los valores y multiplicadores de cada actividad, las ofertas, los datos personales y los secretos "
            "industriales de los proveedores.",
            kind="withheld",
        ),
        heading("Cómo solicitar información", "solicitar"),
        paragraph(
            numbered(
                "Diga qué documento o dato necesita. Si es de un proyecto, cite su código, por ejemplo P-001.",
                "Radique la petición en los canales de atención del Ministerio, sin necesidad de explicar para qué "
                "la quiere.",
                "Si parte de lo que pide está reservada, recibirá la parte que no lo está, con la razón de la "
                "reserva del resto.",
                "Si no está de acuerdo con una reserva, puede pedir que se revise.",
            )
        ),
        heading("Cómo se hizo este sitio"),
        paragraph(
            "Los datos de los proyectos salen del expediente en custodia por medio de una decisión que los publica. "
            "Cada dato lleva la fecha de esa decisión; retirar un proyecto también es una decisión y tiene efecto "
            "inmediato.",
        ),
    ),
}
