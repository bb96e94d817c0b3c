"""Words of one call, kept as an example of the page type: it closed years ago and says so."""

from __future__ import annotations

from cms.core.editorial import bullets, heading, notice, paragraph, questions, raw

CALL_INDEX = {
    "title": "Convocatorias",
    "slug": "convocatorias",
    "search_description": "Convocatorias para participar en programas de innovación y productividad.",
    "intro": "Quién puede participar, hasta cuándo, qué se pide y cómo se califica.",
}

DELTA = {
    "title": "DELTA I+D+i 3.0, versión 2021",
    "slug": "delta-3-0",
    "search_description": "Convocatoria cerrada: estructuración de proyectos de investigación para pymes.",
    "state": "closed",
    "organiser": "Bancóldex con iNNpulsa (Convenio 097)",
    "opens_on": "2021-04-23",
    "closes_on": "2021-06-11",
    "source": "Términos de la convocatoria, abril de 2021, régimen de derecho privado.",
    "intro": (
        "Acompaña a pymes para estructurar un proyecto de investigación y desarrollo que pueda recibir beneficios "
        "tributarios."
    ),
    "body": raw(
        notice("Convocatoria cerrada", "Se conserva como consulta. Los resultados se publican solo por código."),
        {
            "type": "requirements",
            "value": {
                "heading": "Requisitos",
                "items": [
                    "Estar legalmente constituida en Colombia.",
                    "Ser pyme según el Decreto 957 de 2019.",
                    "Declarar renta y planear inversión en investigación y desarrollo en 2021.",
                    "No haber participado en una versión anterior de DELTA.",
                    "Tener al menos una iniciativa de investigación y desarrollo para ejecutar en 2021.",
                ],
            },
        },
        {
            "type": "requirements",
            "value": {
                "heading": "Documentos para postularse",
                "items": [
                    "Formulario en línea con los datos del anexo 1.",
                    "RUT.",
                    "Certificado de existencia de no más de dos meses.",
                    "Estados financieros de 2019 y 2020.",
                    "Declaración de renta de 2019.",
                ],
            },
        },
        {
            "type": "calendar",
            "value": {
                "rows": [
                    {"when": "2021-04-23", "what": "Apertura"},
                    {"when": "2021-05-31", "what": "Último día para preguntar"},
                    {"when": "2021-06-04", "what": "Respuestas"},
                    {"when": "2021-06-11", "what": "Cierre de postulaciones, o antes si se agotan los cupos"},
                    {"when": "2021-07-13", "what": "Radicación del proyecto ante MinCiencias, 17:00"},
                ]
            },
        },
        {
            "type": "scoring",
            "value": {
                "criteria": [
                    {"criterion": "La iniciativa puede recibir beneficio tributario", "points": "cumple o no cumple"},
                    {"criterion": "Potencial de crecimiento", "points": "35"},
                    {"criterion": "Presupuesto: sin reservar 0, aprobado 20, aprobado e invertido 35", "points": "35"},
                    {"criterion": "Personal adecuado", "points": "30"},
                ],
                "rule": "Pasa quien cumple el primer criterio y suma 70 o más; los empates, por orden de llegada.",
            },
        },
        heading("Cuánto se paga"),
        paragraph(
            bullets(
                "El programa paga hasta 14.630.000 pesos por empresa.",
                "La empresa aporta 3.000.000 de pesos.",
                "Hay comisión de éxito de hasta el 3 % del valor aprobado.",
            )
        ),
        questions(
            (
                "¿Cuántas empresas participan?",
                "Hasta 22 en esta versión, además de las 25 de 2020: 47 en total. Una adenda puede aumentarlas.",
            ),
        ),
    ),
}

CALLS = (DELTA,)
