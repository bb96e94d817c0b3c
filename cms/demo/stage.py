"""Where the acts are played: people by login, and what earlier steps made."""

from __future__ import annotations

from functools import cached_property

from cms.demo.models import PlayedStep
from cms.users.models import User
from records.api import ClassificationAct, Document, Expediente


class Stage:
    """Looks up what a step needs; knows how far the play has come."""

    @cached_property
    def people(self) -> dict[str, User]:
        return {person.username: person for person in User.objects.all()}

    @cached_property
    def played(self) -> dict[str, str]:
        return dict(PlayedStep.objects.values_list("key", "subject"))

    def note(self, key: str, subject: str) -> None:
        PlayedStep.objects.create(key=key, subject=subject)
        self.played[key] = subject

    def document(self, key: str) -> Document:
        return Document.objects.select_related("expediente").get(pk=self.played[f"file:{key}"])

    def act(self, key: str) -> ClassificationAct:
        return ClassificationAct.objects.select_related("document__expediente").get(pk=self.played[f"propose:{key}"])

    def expediente(self, code: str) -> Expediente:
        return Expediente.objects.get(code=code)
