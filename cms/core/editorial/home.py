"""Words of the home page, of the Banco's page and of «¿Qué es Offset?»."""

from __future__ import annotations

from cms.core.editorial import bullets, figures, heading, links, notice, numbered, paragraph, questions, raw

HOME = {
    "title": "Inicio",
    "slug": "inicio",
    "seo_title": "Lo que el país recibe a cambio de sus compras de defensa",
    "search_description": (
        "Banco de Proyectos de los Acuerdos de Cooperación Industrial y Social (Offset): qué es cada proyecto, dónde "
        "está, cómo avanza y qué se reserva."
    ),
    "heading": "Lo que el país recibe a cambio de sus compras de defensa",
    "intro": (
        "Cada gran compra obliga al proveedor a invertir en Colombia: tecnología, formación, encadenamientos. Aquí "
        "está cada proyecto, cómo avanza y qué se reserva, y por qué."
    ),
    "body": raw(
        {
            "type": "route",
            "value": {
                "heading": "De la compra al resultado",
                "steps": [
                    {
                        "title": "La compra crea la obligación",
                        "text": (
                            "Un contrato de defensa con un proveedor extranjero, desde cierto valor, obliga a "
                            "compensar al menos el 100 % en créditos Offset."
                        ),
                    },
                    {
                        "title": "El convenio marco la recoge",
                        "text": "El Ministerio y el proveedor acuerdan el monto de créditos, las áreas y las reglas.",
                    },
                    {
                        "title": "Cada proyecto tiene su convenio",
                        "text": (
                            "Un comité estudia cada proyecto; si lo aprueba, un convenio derivado fija actividades, "
                            "metas y créditos."
                        ),
                    },
                    {
                        "title": "Se acredita y se liquida",
                        "text": (
                            "Lo entregado se recibe con acta y se acredita. Al final se comparan los créditos "
                            "planeados con los ejecutados."
                        ),
                    },
                ],
            },
        },
        links(
            ("¿Qué es Offset?", "/que-es-offset/", "La explicación en una página, con ejemplos."),
            ("Normas", "/normas/", "La política, artículo por artículo, y las normas en que se apoya."),
            ("Datos abiertos", "/datos/", "Los mismos datos de estas páginas, para analizar y reutilizar."),
            ("Transparencia", "/transparencia/", "Qué se publica, qué se reserva y cómo solicitar información."),
        ),
    ),
}

BANCO = {
    "title": "Banco de Proyectos Offset",
    "slug": "banco",
    "search_description": "Listado público de los proyectos Offset por fase, apuesta, departamento y población.",
    "intro": (
        "El listado completo de los proyectos cuya entrada al Banco se aprobó y cuya publicación se decidió. Los "
        "datos vienen del expediente; se actualizan con cada decisión y llevan su fecha."
    ),
    "body": raw(
        heading("Las cuatro fases"),
        paragraph(
            bullets(
                "<b>Estructuración.</b> El proyecto se propuso y se prepara con su receptor nacional.",
                "<b>Revisión.</b> Se estudia su viabilidad, se negocian sus créditos y decide el comité.",
                "<b>Ejecución.</b> Su convenio derivado está suscrito y las actividades se entregan y acreditan.",
                "<b>Cierre.</b> Se liquida el convenio: lo ejecutado se compara con lo planeado.",
            )
        ),
    ),
}

WHAT_IS_OFFSET = {
    "title": "¿Qué es Offset?",
    "slug": "que-es-offset",
    "search_description": "Qué son los Acuerdos de Cooperación Industrial y Social (Offset), con ejemplos.",
    "intro": (
        "Offset es el nombre corto de los Acuerdos de Cooperación Industrial y Social: lo que un proveedor "
        "extranjero de defensa se compromete a dejar en el país, además de lo que vende."
    ),
    "body": raw(
        heading("La idea, en una frase"),
        paragraph(
            "Cuando el Estado compra equipos de defensa en el exterior, una parte del esfuerzo vuelve: tecnología "
            "transferida, personas formadas, empresas nacionales que entran en cadenas de producción."
        ),
        heading("Directo e indirecto"),
        paragraph(
            bullets(
                "<b>Directo:</b> está ligado al bien que se compra. Por ejemplo, la capacidad de mantener en "
                "Colombia los helicópteros adquiridos.",
                "<b>Indirecto:</b> no está ligado a ese bien. Por ejemplo, capacidades de ciberdefensa a cambio de "
                "una compra de radares.",
            )
        ),
        heading("Cuándo nace la obligación"),
        paragraph(
            numbered(
                "El comprador es la Fuerza Pública, con recursos del presupuesto nacional, y adquiere bienes, "
                "equipos o sistemas militares.",
                "El proveedor es extranjero, directamente o por medio de un representante exclusivo, filial o "
                "subsidiaria.",
                "Un solo contrato, con sus adiciones, llega a 3.000.000 de dólares o su equivalente.",
                "El compromiso es de al menos el 100 % del contrato, medido en créditos Offset.",
            ),
            "Con un convenio marco ya vigente, un contrato posterior desde 1.000.000 de dólares aumenta la "
            "obligación por medio de una adición.",
        ),
        figures(
            "Política Offset del sector defensa y proyecto de política sectorial",
            ("3.000.000", "dólares: contrato desde el que se pacta un convenio marco nuevo"),
            ("100 %", "del contrato, al menos, en créditos Offset"),
            ("10 %", "mínimo de transferencia de tecnología y conocimiento (Ley 2294 de 2023, art. 257)"),
        ),
        heading("Qué es un crédito Offset"),
        paragraph(
            "No es dinero. Es el valor nominal de una actividad, que estima el proveedor y negocia el Ministerio, "
            "multiplicado por un factor entre 1 y 5 que premia la transferencia de tecnología, la innovación, los "
            "encadenamientos, las mipymes y el territorio.",
        ),
        notice(
            "Un ejemplo inventado",
            "Una actividad de 100.000,00 con multiplicador 2,5 genera 250.000,00 créditos. Se cuentan como "
            "ejecutados cuando el supervisor acredita que la actividad se entregó y se recibió a satisfacción.",
        ),
        heading("Preguntas frecuentes"),
        questions(
            (
                "¿Encarece la compra?",
                "El valor nominal lo estima el proveedor y lo negocia el Ministerio; se guarda cada oferta.",
            ),
            (
                "¿Por qué no veo todos los documentos?",
                "Algunos se reservan. Cuando puede decirse, la página del proyecto lo dice, con norma y plazo.",
            ),
        ),
    ),
}
