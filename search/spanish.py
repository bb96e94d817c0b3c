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

# Folded singular → indexed term. Pins words of the archive that the stemmer would merge with others
# (indicador/índice, minuta/minuto, multiplicador/múltiple) or leave apart (memorando/memorándum).
DOMAIN: dict[str, str] = {
    "acta": "acta",
    "acto": "acto",
    "circular": "circular",
    "memorando": "memorando",
    "memorandum": "memorando",
    "memoranda": "memorando",
    "minuta": "minuta",
    "indicador": "indicador",
    "multiplicador": "multiplicador",
    "radicado": "radicado",
    "radicacion": "radicado",
    "otrosi": "otrosi",
    "convenio": "convenio",
    "resolucion": "resolucion",
    "oficio": "oficio",
    "anexo": "anexo",
    "folio": "folio",
    "offset": "offset",
}
