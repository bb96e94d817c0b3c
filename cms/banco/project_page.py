"""What editors write of one published project. It has no address of its own: the project's page shows it (ADR 55).

No fact of the project is kept here: title and address are taken from the projection, and the tie is its public code.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, cast

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester, PageViewRestriction

from cms.banco.blocks import StoriesBlock
from cms.banco.forms import NOT_OFFERED, ProjectPageForm
from cms.core.blocks.picture import PictureBlock
from cms.core.models import BasePage
from cms.core.spanish import as_sentences
from cms.publication.models import PublishedProject

LONGEST_SUMMARY = 600
SUMMARY_HELP = _(
    "Un párrafo en lenguaje claro, de hasta 600 caracteres, bajo el nombre del proyecto: qué es y a quién le sirve."
)
TAKEN = _("Ese proyecto ya tiene su página: escriba en ella.")
FIXED = _("Una página que ya se publicó no cambia de proyecto: cree otra para el otro proyecto.")


class NotCopied(PagePermissionTester):
    """A project has one page, so nobody makes a second one by copying it."""

    def can_copy(self) -> bool:
        return False


class ProjectPage(BasePage):
    """Summary, picture and stories of the project whose public code is `project_code`."""

    project_code = models.CharField(_("proyecto"), max_length=20, unique=True, error_messages={"unique": TAKEN})
    intro = models.TextField(
        _("resumen"),
        blank=True,
        max_length=LONGEST_SUMMARY,
        validators=[MaxLengthValidator(LONGEST_SUMMARY)],
        help_text=_("Un párrafo en lenguaje claro, bajo el nombre del proyecto: qué es y a quién le sirve."),
    )
    picture = StreamField([("picture", PictureBlock())], blank=True, max_num=1, verbose_name=_("imagen principal"))
    stories = StreamField(StoriesBlock(), blank=True, verbose_name=_("historias"))
    #: The words of all that, as they were last saved: search reads them for many projects at once.
    said = models.TextField(editable=False, default="")

    has_address = False
    base_form_class = ProjectPageForm
    parent_page_types: ClassVar[list[str]] = ["banco.BancoPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        FieldPanel("project_code", required_on_save=True),
        FieldPanel("intro", help_text=SUMMARY_HELP),
        FieldPanel("picture"),
        FieldPanel("stories"),
    ]
    promote_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("página de un proyecto")
        verbose_name_plural = _("páginas de proyectos")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._take_place()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        self._take_place()
        super().minimal_clean()

    def clean(self) -> None:
        super().clean()
        former = type(self).objects.filter(pk=self.pk).first()
        if former and self.project_code == former.project_code:
            return
        if former and former.was_public:
            raise ValidationError({"project_code": FIXED})
        if self._project() is None:
            raise ValidationError({"project_code": NOT_OFFERED})

    def save(self, *args: Any, **kwargs: Any) -> Any:
        self.said = self.searchable_text()
        return super().save(*args, **kwargs)

    def searchable_text(self) -> str:
        """Summary, descriptions, stories: what the project's page shows of this one."""
        told = [self.intro]
        for stream in (self.picture, self.stories):
            told += stream.stream_block.get_searchable_content(stream)
        return as_sentences(*told)

    @property
    def was_public(self) -> bool:
        """Whether citizens may have read it; first pages of a demo are live without having been published by hand."""
        return bool(self.live or self.first_published_at)

    def get_admin_display_title(self) -> str:
        project = self._project()
        return f"{self.title} · {project.name}" if project else f"{self.title} ({_('no está publicado')})"

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return NotCopied(user, self)

    def route(self, request: HttpRequest, path_components: list[str]) -> NoReturn:  # noqa: ARG002 - Wagtail's names
        """The project's address is the Banco's to answer, also while the Banco itself is not shown."""
        raise Http404

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:  # noqa: ARG002 - Wagtail's names
        """The whole page of the project with this text in it, as citizens would see it."""
        banco: Any = self.get_parent().specific
        return cast("HttpResponseBase", banco.preview_project(request, self))

    def _project(self) -> PublishedProject | None:
        return PublishedProject.objects.filter(code=self.project_code).first() if self.project_code else None

    def _take_place(self) -> None:
        project = self._project()
        if project is not None:
            self.title, self.slug = project.code, project.slug
            self.draft_title = self.title


def shown_beside(banco: Page, code: str, request: HttpRequest) -> ProjectPage | None:
    """The live page of a project, for a reader whom no wall around it keeps out. The Banco's own walls were asked."""
    walls = PageViewRestriction.objects.filter(page=OuterRef("pk"))
    live = ProjectPage.objects.child_of(banco).live().filter(project_code=code)
    found: Any = live.annotate(walled=Exists(walls)).first()
    passed = found and (not found.walled or _passes(found, request))
    return cast("ProjectPage", found) if passed else None


def _passes(page: ProjectPage, request: HttpRequest) -> bool:
    return all(wall.accept_request(request) for wall in page.get_view_restrictions())
