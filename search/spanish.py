"""Data of the Spanish analysis. A change here changes the index: raise `analysis.VERSION` with it."""

from __future__ import annotations

# Articles, prepositions, pronouns, conjunctions and the commonest auxiliaries. Verb paradigms of the usual lists
# are left out on purpose: "estado", "sentido" or "tenido" carry meaning in an archive.
_STOP = """
a al algo algunas algunos ante antes aquel aquella aquellas aquellos aquello así aun aún aunque bajo cada como cómo
con contra cual cuál cuales cuáles cualquier cuando cuándo cuanto cuánto cuya cuyas cuyo cuyos de del desde después
donde dónde durante e el él ella ellas ello ellos en entre era eran eres es esa esas ese eso esos esta está estas
estás están estar este esté esto estos fue fueron ha había habían haber han has hasta hay he hemos la las le les lo
los más mas me mi mí mis mientras muy ni no nos nosotros o os otra otras otro otros para pero por porque pues que qué
quien quién quienes quiénes se sé sea sean según ser si sí sido siendo sin sino sobre solamente solo sólo son soy su
sus también tampoco tan tanto te tu tú tus u un una unas uno unos usted ustedes y ya yo además
"""

# The sign of "number" in its spellings: "Convenio N.º 123 de 2021" is 123/2021.
_STOP_NUMBER = "n nº nro núm num º ª"

# What people type without accents; the accented form is a stop word, the bare one is no other word of weight.
_STOP_BARE = "tambien segun despues ademas asi estan habia habian quienes aun"

STOP_WORDS: frozenset[str] = frozenset(f"{_STOP} {_STOP_NUMBER} {_STOP_BARE}".split())

# What the stemmer would merge with another word, though an archive must tell them apart: each is its own term
# (acta/acto, indicador/índice, minuta/minuto, objeto/objetivo, informe/información, valor/valoración …).
_APART = """
acta acto actividad activo circular minuta indicador multiplicador otrosi convenio resolucion oficio anexo folio offset
objeto objetivo informe informacion valor valoracion termino terminacion documento documentacion negocio negociacion
general generalidad pago pagina estructurador estructuracion estructura publicacion productividad producto plan plano
caso casa plazo plaza monto monte parto meta cargo carga cuenta cuento marca banca seguridad seguro titular titulo
directiva articulo orden extensionismo
"""

# What it leaves apart, though it is one word: form → the word it belongs to. Abbreviations of citations too.
_TOGETHER = """
memorandum:memorando memoranda:memorando memorando:memorando
radicado:radicado radicacion:radicado radicar:radicado
art:articulo pag:pagina res:resolucion exp:expediente expediente:expediente doc:documento
modificacion:modific notificacion:notific certificacion:certific clasificacion:clasific calificacion:calific
verificacion:verific ratificacion:ratific justificacion:justific identificacion:identific planificacion:planific
codificacion:codific unificacion:unific rectificacion:rectific especificacion:especific
quorum:quorum mypime:mipyme mipyme:mipyme cesion:cesion cesionario:cesion
supervision:supervis publicar:publicacion negociar:negociacion valorar:valoracion informar:informacion
"""

# Folded word → indexed term; plurals follow their singular.
DOMAIN: dict[str, str] = {word: word for word in _APART.split()} | dict(
    pair.split(":", 1) for pair in _TOGETHER.split()
)
