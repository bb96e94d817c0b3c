"""First pages of the site and the rights of page editors. Idempotent: what an editor changed stays changed."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.banco.models import BancoPage
from cms.calls.models import CallIndexPage, CallPage
from cms.core.editorial import calls, home, norms, programmes, transparency
from cms.home.models import ContentPage, HomePage
from cms.norms.models import NormIndexPage, NormPage
from cms.programmes.models import ProgrammeIndexPage, ProgrammePage
from cms.publication import search_source
from cms.transparency.models import TransparencyPage

EDITOR_GROUP, APPROVER_GROUP = "page_editor", "page_approver"
EDITOR_RIGHTS = ("add", "change", "publish")
PICTURES, PICTURE_RIGHTS = "Sitio público", ("add", "change", "choose")
#: What only who approves may do besides: (app, rights).
APPROVER_RIGHTS = (
    ("wagtailredirects", ("add_redirect", "change_redirect", "delete_redirect")),
    ("core", ("change_identity",)),
)
WORKFLOW, TASK = "Revisión de páginas", "Aprobación"
SITE_NAME = "Banco de Proyectos Offset"
#: Names that a site has before somebody gives it one: ours, and that of Wagtail's migrations.
OURS = ("127.0.0.1", "localhost")
#: Wagtail's own first page, made by its migrations: (slug, depth).
WELCOME = {"slug": "home", "depth": 2}

#: Page, its words, and the pages under it.
Branch = tuple[type[Page], dict[str, Any], tuple[Any, ...]]
TREE: tuple[Branch, ...] = (
    (BancoPage, home.BANCO, ()),
    (ContentPage, home.WHAT_IS_OFFSET, ()),
    (NormIndexPage, norms.NORM_INDEX, tuple((NormPage, words, ()) for words in norms.NORMS)),
    (ProgrammeIndexPage, programmes.PROGRAMME_INDEX, tuple((ProgrammePage, w, ()) for w in programmes.PROGRAMMES)),
    (CallIndexPage, calls.CALL_INDEX, tuple((CallPage, words, ()) for words in calls.CALLS)),
    (TransparencyPage, transparency.TRANSPARENCY, ()),
)


@transaction.atomic
def ensure_site(port: int) -> HomePage:
    """Makes the tree, the site on 127.0.0.1:`port` unless it has a name, and the editors' rights.

    Pages are made only where there is no home page yet: what editors rename or delete later stays so.
    Returns the home page. Needs the migrations applied; a second call changes nothing but the port.
    """
    page = HomePage.objects.first() or _make_tree()
    _ensure_address(page, port)
    _drop_welcome()
    ensure_editor_rights(page)
    return page


def _make_tree() -> HomePage:
    page = _add(Page.get_first_root_node(), HomePage, home.HOME)
    _add_branches(page, TREE)
    return cast("HomePage", page)


def _add_branches(parent: Page, branches: tuple[Branch, ...]) -> None:
    for model, words, below in branches:
        _add_branches(_add(parent, model, words), below)


def _add(parent: Page, model: type[Page], words: dict[str, Any]) -> Page:
    """A live page without a revision: its history begins with its first editor."""
    page: Page = parent.add_child(instance=model(**words))
    search_source.enqueue_pages([str(page.pk)])
    return page


def _ensure_address(page: HomePage, port: int) -> None:
    """One default site, whatever its port was before. A name that somebody gave it is its name."""
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if site.root_page_id == page.pk and site.hostname not in OURS:
        return
    wanted = {"hostname": OURS[0], "port": port, "root_page_id": page.pk, "site_name": SITE_NAME}
    if all(getattr(site, name) == value for name, value in wanted.items()):
        return
    for name, value in wanted.items():
        setattr(site, name, value)
    site.save()


def _drop_welcome() -> None:
    welcome = Page.objects.filter(**WELCOME).exact_type(Page).first()
    if welcome is not None and not welcome.sites_rooted_here.exists():
        welcome.delete()


def ensure_editor_rights(page: Page) -> Group:
    """Editors and approvers enter the admin and write under the site's home; editors hand a page in, approvers approve
    it, and they alone change addresses and the identity of the site. Neither holds a right over anything else."""
    editors, approvers = (Group.objects.get_or_create(name=name)[0] for name in (EDITOR_GROUP, APPROVER_GROUP))
    pictures = _ensure_pictures()
    for group in (editors, approvers):
        _let_write(group, page, pictures)
    for app, rights in APPROVER_RIGHTS:
        approvers.permissions.add(*Permission.objects.filter(content_type__app_label=app, codename__in=rights))
    _ensure_workflow(page, approvers)
    return editors


def _let_write(group: Group, page: Page, pictures: Collection) -> None:
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    for right in EDITOR_RIGHTS:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{right}_page")
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    for right in PICTURE_RIGHTS:
        permission = Permission.objects.get(content_type__app_label="wagtailimages", codename=f"{right}_image")
        GroupCollectionPermission.objects.get_or_create(group=group, collection=pictures, permission=permission)


def _ensure_pictures() -> Collection:
    """The one place for pictures: those of the public site."""
    found = Collection.objects.filter(name=PICTURES).first()
    return found or cast("Collection", Collection.get_first_root_node().add_child(name=PICTURES))


def _ensure_workflow(page: Page, approvers: Group) -> None:
    """A page that is handed in waits for an approver; what was arranged otherwise by hand stays so."""
    if WorkflowPage.objects.filter(page=page).exists():
        return
    workflow, _made = Workflow.objects.get_or_create(name=WORKFLOW)
    task = GroupApprovalTask.objects.filter(name=TASK).first() or GroupApprovalTask.objects.create(name=TASK)
    task.groups.add(approvers)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.create(page=page, workflow=workflow)
