"""Words of the normograma. Every norm is summed up in words of our own; the official text is the one that counts."""

from __future__ import annotations

from cms.core.editorial import article, bullets, chapter, heading, notice, numbered, paragraph, raw

NORM_INDEX = {
    "title": "Normas",
    "slug": "normas",
    "search_description": "Normograma de los Acuerdos de Cooperación Industrial y Social (Offset).",
    "intro": (
        "La política Offset y las normas en que se apoya. Cada artículo tiene su propia dirección, para que pueda "
        "citarse y compartirse. Los resúmenes son nuestros: el texto oficial es el que vale."
    ),
    "body": raw(
        heading("Otras normas en que se apoya la política"),
        {
            "type": "references",
            "value": {
                "caption": "Normograma",
                "rows": [
                    {
                        "norm": "Constitución Política, artículo 208",
                        "subject": "Los ministros dirigen la política de su sector.",
                    },
                    {"norm": "Ley 489 de 1998, artículo 59, numeral 6", "subject": "Funciones de los ministerios."},
                    {"norm": "Ley 1437 de 2011", "subject": "Procedimiento administrativo."},
                    {"norm": "Ley 1955 de 2019, artículo 163", "subject": "Plan Nacional de Desarrollo 2018–2022."},
                    {"norm": "Ley 2024 de 2020", "subject": "Pago en plazos justos."},
                    {
                        "norm": "Decreto 1074 de 2015",
                        "subject": "Decreto único del sector Comercio, Industria y Turismo.",
                    },
                    {"norm": "Decreto 1081 de 2015", "subject": "Participación ciudadana en proyectos de norma."},
                    {"norm": "Decreto 957 de 2019", "subject": "Tamaño de las mipymes."},
                    {
                        "norm": "Decreto 1001 de 2025",
                        "subject": "Reglamenta la transferencia de tecnología del artículo 257 de la Ley 2294 de 2023.",
                    },
                    {
                        "norm": "CONPES 3522 de 2008",
                        "subject": "Lineamientos de las compensaciones industriales y sociales.",
                    },
                    {"norm": "CONPES 4129 de 2023", "subject": "Política Nacional de Reindustrialización."},
                    {
                        "norm": "Resolución MDN 0062 de 2024",
                        "subject": "Manual de la política Offset del sector defensa.",
                    },
                ],
            },
        },
    ),
}

OFFSET_POLICY = {
    "title": "Política sectorial Offset (proyecto de resolución)",
    "slug": "politica-offset",
    "search_description": "Proyecto de resolución de la política sectorial Offset, resumido artículo por artículo.",
    "kind": "resolution",
    "status": "draft",
    "issuer": "Ministerio de Comercio, Industria y Turismo",
    "source": "Proyecto de resolución sin número, fecha ni firma, de 45 artículos; se resumen los principales.",
    "intro": (
        "El proyecto con el que el Ministerio adoptaría su política Offset: quién propone, quién estudia, quién "
        "firma, cómo se miden los créditos y qué debe ver la ciudadanía."
    ),
    "body": raw(
        chapter("Objeto, principios y definiciones"),
        article(
            "2",
            "Objetivos",
            "La política busca transferir conocimiento y tecnología; fortalecer la base industrial y las cadenas de "
            "valor; impulsar la innovación, la reindustrialización y la transición energética; e incluir a las "
            "regiones y a más sectores productivos.",
        ),
        article(
            "4",
            "Principios",
            "Transparencia, eficiencia, sostenibilidad, innovación, pertinencia tecnológica, cooperación entre lo "
            "público y lo privado, y fortalecimiento del tejido empresarial.",
        ),
        article(
            "6",
            "Áreas de interés",
            "Como mínimo, las siguientes, definidas en coordinación con el Ministerio de Defensa Nacional:",
            bullets(
                "transferencia de tecnología y conocimiento;",
                "formación y cualificación de talento humano;",
                "encadenamientos productivos con mipymes;",
                "inversión en ciencia, tecnología e innovación;",
                "sostenibilidad ambiental y transición energética.",
            ),
        ),
        article(
            "7",
            "Definiciones",
            "Define, entre otros, el crédito Offset, el valor nominal, el multiplicador, el Offset directo y el "
            "indirecto, el receptor nacional, el acta de recibo a satisfacción y la acreditación. Un contrato "
            "posterior desde 1.000.000 de dólares con un proveedor que ya tiene convenio marco da lugar a una adición.",
        ),
        chapter("Quién decide"),
        article(
            "10",
            "Comité Estructurador de Proyectos Offset",
            "Órgano colegiado de consulta, evaluación y decisión. Sus decisiones son obligatorias para aprobar un "
            "proyecto.",
        ),
        article(
            "11",
            "Integrantes del comité",
            "Tres delegados del Viceministerio de Desarrollo Empresarial, uno de los cuales preside; el Gerente de "
            "Proyecto; un delegado de planeación y un director según la naturaleza del proyecto. La secretaría "
            "técnica la ejerce la Dirección de Productividad y Competitividad.",
            note="La lista salta un literal: el texto no dice si los puestos son seis o siete.",
        ),
        article(
            "12",
            "Sesiones",
            "Una ordinaria al mes, por lo menos, convocada con cinco días hábiles, orden del día y soportes. Las "
            "extraordinarias las pide quien preside o tres miembros con voto. De cada sesión queda un acta firmada "
            "por la presidencia y la secretaría técnica.",
            note="No fija con cuánta anticipación se convoca una sesión extraordinaria.",
        ),
        article(
            "13",
            "Funciones del comité",
            "Revisa propuestas y su coherencia con las políticas, pide ajustes, emite concepto de viabilidad, "
            "recomienda aprobar, modificar o rechazar, aprueba la entrada al Banco de Proyectos y presenta informes.",
        ),
        article(
            "14",
            "Quórum y decisión",
            "Cuatro miembros con voto, entre ellos quien preside o su delegado. Decide la mayoría simple de los "
            "presentes; si hay empate, dirime la presidencia.",
        ),
        article(
            "15",
            "Conflictos de interés",
            "Se declaran antes. Quien está impedido se retira de la deliberación y del voto de ese punto.",
        ),
        chapter("Convenios"),
        article(
            "16",
            "Contenido del convenio marco",
            numbered(
                "partes, objeto y obligaciones generales;",
                "monto de créditos Offset;",
                "áreas de interés;",
                "condiciones para presentar, evaluar y aprobar proyectos;",
                "cesión, adiciones y modificaciones;",
                "supervisión, control y seguimiento;",
                "multas y cláusulas penales;",
                "plazo y terminación.",
            ),
        ),
        article(
            "17",
            "Cómo se estructura y se firma un convenio marco",
            numbered(
                "<b>Estructuración inicial.</b> Estudios previos: justificación, contrato de compra, créditos, "
                "conveniencia y áreas preliminares.",
                "<b>Minuta.</b> La proyecta el Grupo de Contratos, con cláusulas y anexos obligatorios.",
                "<b>Revisión de planeación.</b> Se comprueba que siga la política del sector.",
                "<b>Validación del comité.</b> Consistencia técnica, jurídica, financiera y administrativa.",
                "<b>Firma.</b> La Secretaría General, con los conceptos favorables.",
                "<b>Registro y custodia.</b> El Grupo de Contratos guarda el convenio firmado y todos sus anexos.",
            ),
            note="Pide un concepto jurídico favorable, pero no dice en qué paso ni quién lo emite.",
        ),
        article(
            "18",
            "Convenio derivado",
            "Por regla general, uno por proyecto aprobado: objetivos y alcance, actividades y cronograma, "
            "indicadores, valores y créditos, obligaciones y supervisión, propiedad intelectual, comercio exterior y "
            "registro contable, multas y causales de terminación.",
        ),
        article(
            "19",
            "Vistos buenos del convenio derivado",
            "De la dependencia técnica, de planeación y de la Jefatura de Contratos. Firma la Secretaría General.",
        ),
        article(
            "20",
            "Liquidación",
            "La proyecta el supervisor. Se acompaña de:",
            bullets(
                "informe final de supervisión;",
                "copia del convenio, sus adiciones y modificaciones;",
                "actas de recibo y acreditaciones;",
                "registros contables y de almacén, cuando correspondan;",
                "documentos que prueben el cumplimiento completo.",
            ),
        ),
        chapter("Proyectos y créditos"),
        article(
            "21",
            "Contenido de un proyecto",
            "Generalidades, justificación, componentes técnicos y componente económico y financiero.",
        ),
        article(
            "22",
            "Créditos Offset",
            "El proveedor estima el valor nominal de cada actividad; se le aplica un multiplicador entre 1 y 5; el "
            "producto son los créditos, una unidad que no es dinero.",
        ),
        article(
            "23",
            "Aprobación de proyectos",
            "El proveedor lo presenta, de acuerdo con el receptor nacional; lo revisa la dependencia técnica; el "
            "Comité Estructurador emite concepto; el Comité Asesor recomienda; la Secretaría General firma.",
        ),
        article(
            "25",
            "Banco de Proyectos Offset",
            "De consulta libre. Muestra cada proyecto por fase —estructuración, revisión, ejecución o cierre— y sus "
            "indicadores por clase de impacto.",
        ),
        chapter("Seguimiento"),
        article(
            "28",
            "Supervisión",
            "El convenio marco y cada derivado tienen supervisor, que puede ser compartido con otro ministerio.",
        ),
        article(
            "29",
            "Funciones de la supervisión",
            "Seguimiento técnico, administrativo y financiero; verificación y acreditación de lo entregado; alertas, "
            "recomendaciones y proyecto de liquidación. No dirige ni modifica el contrato.",
        ),
        article(
            "31",
            "Comité de Seguimiento y Evaluación",
            "Consolida los informes mensuales de supervisión y presenta uno cada dos meses y otro cada semestre.",
        ),
        article(
            "34",
            "Evaluación",
            "Cada proyecto se evalúa por pertinencia, impacto tecnológico e industrial, efectividad y sostenibilidad. "
            "El comité emite concepto antes de toda liquidación.",
            note="No fija cada cuánto sesiona el comité: el número quedó en blanco.",
        ),
        chapter("Inclusión, transparencia y reserva"),
        article(
            "37",
            "Criterios diferenciales",
            "Mipymes y encadenamientos; mujeres y jóvenes en la formación; enfoque territorial; sostenibilidad y "
            "economía circular.",
        ),
        article(
            "38",
            "Transparencia",
            "La información de la política es pública, salvo la que la ley reserva. Lo reservado se dice y se explica.",
        ),
        article(
            "39",
            "Confidencialidad",
            "El proveedor y quienes intervienen guardan la información que la ley o el convenio protegen.",
        ),
        article(
            "41",
            "Medición del impacto",
            "Indicadores tecnológicos, industriales, sociales y territoriales, entre ellos el empleo generado y los "
            "municipios alcanzados.",
        ),
        article(
            "42",
            "Incumplimiento",
            "El incumplimiento grave o repetido puede impedir nuevos convenios con ese proveedor.",
        ),
        article(
            "43",
            "Manual Operativo",
            "Métodos, criterios técnicos, procedimientos de acreditación y formatos.",
        ),
        article(
            "44",
            "Anexos técnicos",
            "Estudios previos, minutas del marco y del derivado, informes de supervisión, actas de liquidación y "
            "métodos de valoración de créditos. Se actualizan por acto general.",
        ),
    ),
}

TRANSPARENCY_LAW = {
    "title": "Ley 1712 de 2014, de transparencia y acceso a la información",
    "slug": "ley-1712-de-2014",
    "search_description": "Qué dice la ley de transparencia sobre lo público, lo clasificado y lo reservado.",
    "kind": "law",
    "status": "in_force",
    "issuer": "Congreso de la República",
    "source": "Resumen propio de los artículos que más se citan en este sitio.",
    "intro": (
        "Todo documento se presume público. Esta ley dice qué puede reservarse, por qué, por cuánto tiempo y cómo se "
        "entrega la parte que sí puede verse."
    ),
    "body": raw(
        article(
            "18",
            "Información clasificada",
            "Protege derechos de personas: su intimidad, su vida y seguridad, y los secretos comerciales, "
            "industriales y profesionales. Negarla exige un motivo escrito.",
        ),
        article(
            "19",
            "Información reservada",
            "Protege intereses públicos, entre ellos la defensa y la seguridad nacional. La reserva también se motiva "
            "por escrito y tiene un plazo.",
        ),
        article(
            "21",
            "Entrega parcial",
            "Si solo una parte está reservada, se entrega una versión pública sin ella. La reserva alcanza al "
            "contenido, no necesariamente a decir que existe.",
        ),
    ),
}

DEVELOPMENT_PLAN_LAW = {
    "title": "Ley 2294 de 2023, Plan Nacional de Desarrollo",
    "slug": "ley-2294-de-2023",
    "search_description": "El mínimo de transferencia de tecnología y conocimiento en las compras de defensa.",
    "kind": "law",
    "status": "in_force",
    "issuer": "Congreso de la República",
    "source": "Resumen propio, según lo recuerdan los considerandos del proyecto de política sectorial.",
    "intro": "De ella viene el mínimo de transferencia de tecnología en toda compra militar o de defensa.",
    "body": raw(
        article(
            "257",
            "Transferencia de tecnología y conocimiento",
            "Toda compra militar o de defensa incluye al menos un 10 % de transferencia de tecnología y conocimiento. "
            "El Gobierno reglamenta sus clases, los esquemas entre lo público y lo privado, los umbrales y la "
            "evaluación de su efectividad; lo hizo con el Decreto 1001 de 2025.",
        ),
    ),
}

DEFENCE_POLICY = {
    "title": "Política Offset del sector defensa (Resolución 4322 de 2023)",
    "slug": "resolucion-mdn-4322-de-2023",
    "search_description": "Umbrales y cláusula de la política Offset del Ministerio de Defensa Nacional.",
    "kind": "resolution",
    "status": "in_force",
    "issuer": "Ministerio de Defensa Nacional",
    "issued_on": "2023-10-23",
    "source": "Resumen propio a partir de un boletín técnico del Ejército de septiembre de 2025.",
    "intro": "Fija desde qué valor se pacta Offset en las compras de la Fuerza Pública y por cuánto.",
    "body": raw(
        paragraph(
            bullets(
                "Se puede pedir a toda firma extranjera proveedora, directamente o por medio de su representante "
                "exclusivo, filial o subsidiaria.",
                "Obliga desde 3.000.000 de dólares en un solo contrato con sus adiciones.",
                "La obligación es de al menos el 100 % del contrato, en créditos Offset.",
                "Cada mes las unidades ejecutoras informan los contratos firmados, y la Oficina Enlace Offset los "
                "consolida.",
            )
        ),
        notice("Su manual", "La Resolución 0062 del 15 de enero de 2024 adoptó el manual de esta política."),
    ),
}

REINDUSTRIALISATION = {
    "title": "Política de Reindustrialización",
    "slug": "politica-de-reindustrializacion",
    "search_description": "Objetivos, apuestas, medidas e instrumentos de la Política Nacional de Reindustrialización.",
    "kind": "policy",
    "status": "policy",
    "issuer": "Ministerio de Comercio, Industria y Turismo",
    "source": "Resumen propio del documento de política.",
    "intro": (
        "Propone pasar de una economía extractiva a una basada en el conocimiento, productiva y sostenible. Todo "
        "proyecto Offset se alinea con ella."
    ),
    "body": raw(
        chapter("Cuatro objetivos"),
        paragraph(
            numbered(
                "Cerrar las brechas de productividad.",
                "Fortalecer los encadenamientos productivos.",
                "Diversificar y sofisticar la oferta interna y exportable.",
                "Profundizar la integración con América Latina y el Caribe, Asia y África.",
            )
        ),
        chapter("Cinco apuestas"),
        paragraph(
            bullets(
                "Transición energética justa.",
                "Agroindustrialización y soberanía alimentaria.",
                "Sector salud.",
                "Defensa y vida: de la industria militar a los astilleros, las aeropartes y el desarrollo de "
                "proveedores.",
                "Territorios y tejido empresarial, la apuesta de las regiones.",
            )
        ),
        chapter("Cómo se pone en marcha"),
        paragraph(
            "Reúne 21 instrumentos en cuatro factores: capital y financiamiento, capacidades humanas, tecnología, e "
            "infraestructura funcional y conectividad. Se construyó con 14 encuentros regionales y 344 organizaciones.",
        ),
    ),
}

NORMS = (OFFSET_POLICY, REINDUSTRIALISATION, DEFENCE_POLICY, DEVELOPMENT_PLAN_LAW, TRANSPARENCY_LAW)
