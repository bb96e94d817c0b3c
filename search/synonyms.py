"""Words of the programme that say the same, as data: abbreviations and their names, spellings, names of one paper.

Used when asking, never when indexing: a change here needs no rebuild. What is alike in law only at first sight
(contrato and convenio, supervisor and interventor, prórroga and adición) is not here on purpose.
"""

from __future__ import annotations

VERSION = "1"
DATED = "2026-11-21"
"""Day of this version."""

GROUPS: tuple[tuple[str, ...], ...] = (
    ("MinCIT", "Ministerio de Comercio, Industria y Turismo"),
    ("MDN", "MinDefensa", "Ministerio de Defensa Nacional"),
    ("MinCiencias", "Ministerio de Ciencia, Tecnología e Innovación"),
    ("VDE", "Viceministerio de Desarrollo Empresarial"),
    ("CTeI", "ciencia, tecnología e innovación"),
    ("TRD", "tabla de retención documental"),
    ("NDA", "acuerdo de confidencialidad", "compromiso de confidencialidad"),
    ("RUT", "registro único tributario"),
    ("NIT", "número de identificación tributaria"),
    ("PGN", "presupuesto general de la nación"),
    ("visto bueno", "vistos buenos", "VoBo"),
    ("mipyme", "mipymes", "pyme", "micro, pequeñas y medianas empresas"),
    ("estudios previos", "estudio previo"),
    ("memorando", "memo"),
    ("acta de recibo a satisfacción", "acta de recibo", "recibo a satisfacción"),
    ("acreditación offset", "acreditación de créditos", "acreditación de créditos offset"),
    ("propiedad intelectual", "derechos de propiedad intelectual"),
    ("transferencia de tecnología", "transferencia tecnológica"),
    ("Comité Estructurador", "Comité Estructurador de Proyectos Offset"),
    ("Comité de Seguimiento", "Comité de Seguimiento y Evaluación"),
    ("Banco de Proyectos", "Banco de Proyectos Offset"),
    ("offset", "compensación industrial"),
    ("otrosí", "modificación del convenio"),
    ("proveedor extranjero", "contratista extranjero"),
    ("receptor nacional", "beneficiario nacional"),
    ("voto dirimente", "voto de calidad"),
    ("área receptora", "dependencia receptora"),
    ("informe semestral", "informe de seis meses"),
    ("encadenamiento productivo", "encadenamientos productivos"),
    ("know-how", "saber hacer"),
)
