"""Words of the programmes, with the figures of the yearly report of 2022 exactly as it gave them."""

from __future__ import annotations

from cms.core.editorial import figures, heading, notice, paragraph, raw, results

SOURCE = "Informe de Colombia Productiva, 2022"

PROGRAMME_INDEX = {
    "title": "Programas",
    "slug": "programas",
    "search_description": "Programas de productividad, transferencia, calidad, encadenamientos y sofisticación.",
    "intro": (
        "Los programas con los que el sector acompaña a las empresas, por ejes, con los resultados que publicó su "
        "ejecutor. Un proyecto Offset puede apoyarse en ellos."
    ),
    "body": raw(
        heading("Metas del Plan Nacional de Desarrollo 2018–2022"),
        results(
            "Metas y resultados del cuatrienio",
            SOURCE,
            (
                "Intervenciones de Fábricas de Productividad",
                "4.000",
                "5.627",
                "El plan sectorial fijó otra meta: 4.500.",
            ),
            (
                "Variación promedio de la productividad de esas empresas",
                "8 %",
                "32,59 %",
                "El texto del informe dice 32,5 %.",
            ),
            ("Empresas atendidas con estrategias de encadenamiento", "600", "638", ""),
        ),
        notice(
            "Cifras que no coinciden entre sí",
            "Algunas cifras del informe se contradicen. Se publican como aparecen en él, con su nota.",
        ),
    ),
}

FABRICAS = {
    "title": "Fábricas de Productividad",
    "slug": "fabricas-de-productividad",
    "axis": 1,
    "period": "2022",
    "headline_value": "1.702",
    "headline_label": "intervenciones en 1.586 unidades productivas",
    "source": SOURCE,
    "intro": "Hasta 60 horas de asistencia técnica para que una empresa mejore cómo produce.",
    "body": raw(
        results(
            "Resultados",
            SOURCE,
            ("Intervenciones en empresas", "1.500", "1.702", "Meta y resultado de 2022."),
            ("Diagnósticos de empresas que ingresan", "1.500", "2.009", "Meta y resultado de 2022."),
            ("Personas formadas en extensionismo tecnológico", "40", "65", "Meta y resultado de 2022."),
            ("Intervenciones en cuatro años", "4.500", "5.627", "Meta y resultado de 2019 a 2022."),
        ),
    ),
}

CAPACITATE = {
    "title": "Capacítate",
    "slug": "capacitate",
    "axis": 2,
    "period": "2022",
    "headline_value": "16.578",
    "headline_label": "personas formadas",
    "source": SOURCE,
    "intro": "Sesiones de formación abiertas sobre los temas que más piden las empresas.",
    "body": raw(
        figures(
            SOURCE,
            ("24.000", "personas, más, entre 2018 y 2022"),
            ("140", "sesiones entre 2018 y 2022"),
        ),
        heading("Los temas con más participantes"),
        results(
            "Participantes por tema",
            SOURCE,
            ("Colombia Turismo Sostenible", "", "2.000", ""),
            ("Empaque y rotulado de alimentos (Resolución 810 de 2021)", "", "1.322", ""),
            ("Mercadeo digital en redes sociales", "", "808", ""),
            ("Cómo atender una visita sanitaria del Invima", "", "619", ""),
            ("Cultura ágil", "", "544", ""),
        ),
    ),
}

CALIDAD = {
    "title": "Calidad para Exportar",
    "slug": "calidad-para-exportar",
    "axis": 3,
    "period": "cuatro años, hasta 2022",
    "headline_value": "55",
    "headline_label": "empresas beneficiadas; la meta era 51",
    "source": SOURCE,
    "intro": "Cofinancia hasta el 70 % de lo que cuesta certificar un producto para venderlo afuera.",
    "body": raw(
        paragraph("El apoyo llega hasta 130 millones de pesos por empresa. En 2022 se beneficiaron 5 empresas."),
    ),
}

COMPRA = {
    "title": "Compra Lo Nuestro",
    "slug": "compra-lo-nuestro",
    "axis": 4,
    "period": "2022",
    "headline_value": "51.983",
    "headline_label": "empresas atendidas; la meta era 50.000",
    "source": SOURCE,
    "intro": "Conecta a quien produce en Colombia con quien compra: ruedas de negocios, catálogo y códigos de barras.",
    "body": raw(
        figures(
            SOURCE,
            ("15", "ruedas de negocios"),
            ("22.077", "citas entre 2.303 compradores y 6.990 proveedores"),
            ("261.722", "códigos de barras para 2.326 empresas"),
        ),
        notice(
            "Tres cifras que cuentan cosas distintas",
            "51.983 son las empresas atendidas en 2022, 118.429 las de cuatro años y 102.081 las registradas.",
        ),
    ),
}

CLUSTER = {
    "title": "Clúster Más Pro",
    "slug": "cluster-mas-pro",
    "axis": 5,
    "period": "2022",
    "headline_value": "40",
    "headline_label": "clústeres beneficiados; la meta era 25",
    "source": SOURCE,
    "intro": "Apoya proyectos de empresas que compiten mejor juntas que separadas.",
    "body": raw(
        paragraph(
            "La primera ronda reunió 19 proyectos de 21 clústeres en 11 departamentos, con 5.878 millones de pesos, "
            "de ellos 4.324 de recursos propios. Otra apoyó 15 iniciativas en 7 departamentos con 750 millones.",
        ),
    ),
}

PROGRAMMES = (FABRICAS, CAPACITATE, CALIDAD, COMPRA, CLUSTER)
