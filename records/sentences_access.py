"""What refusals of access, roles, recusals and emergencies say; `records.sentences` makes the sentences of them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: One sentence per code of a refusal.
REFUSALS: Mapping[str, str | Promise] = {
    "too_many_requests": _("Usted ya pidió acceso muchas veces hoy. Vuelva a intentarlo mañana."),
    "already_answered": _("Esa solicitud ya fue atendida."),
    "already_reads": _("Usted ya puede leer esa pieza: no hace falta un acceso de emergencia."),
    "glass_lapsed": _("El acceso de emergencia ya no se puede confirmar: pídalo otra vez."),
    "glass_needless": _("Quien lo pidió ya puede leer esa pieza: no hace falta abrirla."),
    "glass_confirmed": _("Ese acceso de emergencia ya fue confirmado."),
    "glass_unconfirmed": _("Ese acceso de emergencia no fue confirmado: no abrió nada."),
    "glass_open": _("El acceso de emergencia sigue abierto. Revíselo cuando termine."),
    "emergency_by_two": _("Un acceso de emergencia no se renueva: se pide otra vez y otra persona lo confirma."),
    "glass_reviewed": _("Ese acceso de emergencia ya fue revisado."),
    "already_ended": _("Eso ya había terminado."),
    "second_person": _("Un cargo rige cuando otra persona lo confirma."),
    "second_person_exists": _("En la mesa hay quien lo confirme: no hace falta un operador."),
    "role_waits": _("Ese cargo ya está pedido y espera a quien lo confirme."),
    "person_act_decided": _("Eso ya fue decidido."),
    "person_act_lapsed": _("Nadie lo confirmó a tiempo: pídalo otra vez."),
    "role_not_held": _("La persona no tiene ese rol."),
    "appointment_over": _("Esa designación ya terminó."),
    "grant_changed": _("Otra persona cambió esa concesión mientras tanto. Revise cómo quedó."),
    "marked_only": _("Usted lee esta pieza para un caso: se le entrega solo su copia marcada."),
    "no_marked_copy": _("De esta pieza no se puede hacer copia marcada. Léala en pantalla o hable con el custodio."),
    "case_over_grant": _(
        "Esa persona ya lee alguna de esas piezas por una concesión a su nombre. Retírela primero, o deje fuera la "
        "pieza."
    ),
    "member_stands": _("Esa persona ya obra por esa organización. Termine primero ese vínculo si va a cambiarlo."),
    "tie_stands": _("Eso ya está registrado y sigue vigente."),
    "case_ended": _("Ese caso ya terminó."),
    "grant_over": _("Esa concesión ya terminó: haga una nueva."),
}
#: What may be missing from an act, as the phrase that completes "Indique …".
MISSING: Mapping[str, str | Promise] = {
    "reference": _("la referencia de lo que pide"),
    "purpose": _("para qué lo necesita"),
    "minutes": _("cuántos minutos, de 1 a 60"),
    "starts_on": _("desde cuándo"),
    "person": _("la persona"),
    "organisation": _("la organización"),
    "recusal_of_oneself": _("otra persona: el propio impedimento lo registra y lo termina alguien más"),
    "unknown_role": _("un rol de la matriz de acceso"),
    "other": _("otra persona: nadie se invita a sí mismo"),
    "act": _("el acto que lo dispone"),
    "person_disabled": _("una persona con la cuenta activa"),
    "role_to_oneself": _("otra persona: nadie se da un rol a sí mismo"),
    "until_before_start": _("una fecha de fin que no sea anterior al comienzo"),
    "grant_until": _("hasta cuándo rige el acceso"),
    "until_beyond_most": _("una fecha de fin más cercana: %(most)s días como máximo"),
    "case_number": _("el número del caso"),
    "holder": _("a quién se concede: una persona o una dependencia"),
    "one_holder": _("una persona o una dependencia, no las dos"),
    "grant_to_oneself": _("otra persona: nadie se concede acceso a sí mismo"),
    "person_no_custody": _("una persona que no administre cuentas: quien las administra no consulta custodia"),
    "office_unknown": _("una dependencia que exista y consulte custodia"),
    "reserved_by_name": _("una persona por su nombre: lo reservado no se abre a dependencias"),
    "package_strict": _("un paquete sin piezas reservadas ni sin clasificar: ábralas una a una, por su nombre"),
    "renewal_later": _("un comienzo inmediato: ya rige una concesión y esta la renueva"),
    "basis": _("con qué fundamento se abre el caso"),
    "case_authority": _("la autoridad que lo pide"),
    "official": _("quién lo firma y con qué cargo"),
    "instrument": _("el oficio, la orden o el acto, con su número"),
    "instrument_on": _("la fecha de ese oficio, orden o acto, que no puede ser futura"),
    "pieces": _("al menos una pieza, con nivel decidido y de este expediente"),
    "pieces_by_name": _("documentos señalados uno a uno y una persona: así se abre para un caso"),
}
