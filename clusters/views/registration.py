"""Registering an organisation: found first, then page by page as a draft, then checked and handed in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_stubs_ext import StrOrPromise

from clusters import drafts, permissions, queries
from clusters.drafts import DraftGone, Page, StaleDraft
from clusters.duplicates import likely_duplicates
from clusters.enums import OrganisationStatus
from clusters.forms.organisations import WhoForm
from clusters.forms.pages import PageForm
from clusters.forms.registration import KIND, PAGES, SLUGS, FindForm, Outdated, Registration, mark_of
from clusters.forms.size import SizeForm, with_row_changed
from clusters.forms.writing import Incomplete
from clusters.models import Organisation
from clusters.views.access import visible_organisation
from clusters.views.writing import CONFLICT, UNFIT, Pages, first_unfinished
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

VAT_TAKEN = "vat_number_belongs_to_one_organisation"


@require_GET
def find(request: HtmxHttpRequest) -> HttpResponse:
    """Look an organisation up before a new one is registered; what is found says no more than name and town."""
    form = FindForm(request.GET if set(request.GET) & set(FindForm.base_fields) else None)
    context = {
        "form": form,
        "can_register": queries.open_wave() is not None,
        "draft": drafts.find(request.user, KIND),
        "has_looked": form.is_valid(),
        "found": likely_duplicates(**form.cleaned_data) if form.is_valid() else [],
    }
    return render_page(request, "clusters/new.html", context)


@require_POST
def begin(request: HtmxHttpRequest) -> HttpResponse:
    """Begin a registration with what was looked for; one that is begun already goes on."""
    if queries.open_wave() is None:
        return redirect("clusters:new")
    drafts.begin(request.user, KIND, answers=lambda: {WhoForm.slug: WhoForm.typed(request.POST)})
    return redirect("clusters:new_page", SLUGS[0])


@require_POST
def discard(request: HtmxHttpRequest) -> HttpResponse:
    """Throw one's unfinished registration away."""
    drafts.discard(request.user, KIND)
    messages.success(request, _("The unfinished registration is gone."))
    return redirect("clusters:new")


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HtmxHttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Show one page of a registration; save what is typed into it, and go on to the next one once it is right."""
    registration = _registration(request, pk)
    if pk is None and registration.draft is None and request.method != "POST" and slug in PAGES:
        return redirect("clusters:new")
    return PAGES_OF_IT.page(request, registration, slug)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HtmxHttpRequest, pk: int | None = None) -> HttpResponse:
    """Show all answers with a way to change each page, and hand them in."""
    registration = _registration(request, pk)
    if pk is None and registration.draft is None:
        return redirect("clusters:mine" if request.method == "POST" else "clusters:new")
    if request.method == "POST":
        return _handed_in(request, registration)
    return _checked(request, registration)


@require_GET
def edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Lead to what has to be corrected: the page of the first remark, or all answers."""
    registration = _registration(request, pk)
    for slug, form in PAGES.items():
        if any(form.asks(name) or name in form.also for name in registration.remarks):
            return redirect("clusters:edit_page", pk, slug)
    return redirect("clusters:check", pk)


@require_GET
def go_on(request: HtmxHttpRequest) -> HttpResponse:
    """Lead to the first page that is not answered yet, or to all answers."""
    registration = Registration(request.user)
    if registration.draft is None:
        return redirect("clusters:new")
    return redirect(PAGES_OF_IT.address(registration, first_unfinished(registration)))


def _registration(request: HtmxHttpRequest, pk: int | None) -> Registration:
    return Registration(request.user) if pk is None else Registration(request.user, _editable(request, pk))


def _editable(request: HtmxHttpRequest, pk: int) -> Organisation:
    organisation = visible_organisation(request, pk)
    if not permissions.can_edit(request.user, organisation):
        raise PermissionDenied
    if not organisation.is_editable:
        raise MoveConflict(_("The registration can no longer be changed: it has been sent."), organisation)
    return organisation


class RegistrationPages(Pages[Registration]):
    """The pages of a registration: begun under one's own name, corrected under that of the organisation."""

    gone = gettext_lazy(
        "Not saved: this registration was sent or thrown away elsewhere in the meantime. What you typed is still here; "
        "saving it begins a new one."
    )

    def address(self, writing: Registration, slug: str) -> str:
        """Return the address of a page, or of the check of all answers."""
        key = [writing.row.pk] if writing.row else []
        if slug:
            return reverse("clusters:edit_page" if key else "clusters:new_page", args=[*key, slug])
        return reverse("clusters:check" if key else "clusters:new_check", args=key)

    def way_back(self, writing: Registration, before: str) -> tuple[str, StrOrPromise]:
        """Return the page before; whoever corrects comes from all answers."""
        if writing.row is not None:
            return self.address(writing, ""), _("All answers")
        return (self.address(writing, before) if before else reverse("clusters:new")), _("Back")

    def later(self, writing: Registration) -> str:  # noqa: ARG002 the same for all
        """Return one's own organisations."""
        return reverse("clusters:mine")

    def sees_all_answers(self, request: HtmxHttpRequest, writing: Registration) -> bool:
        """Whoever corrects goes back to all answers too."""
        return super().sees_all_answers(request, writing) or writing.row is not None

    def typed(self, request: HtmxHttpRequest, writing: Registration, slug: str) -> Page:
        """Return what was typed; a row of an enterprise may have been asked for or taken away."""
        typed = super().typed(request, writing, slug)
        wish = request.POST.get("row")
        return with_row_changed(typed, str(wish)) if slug == SizeForm.slug and wish is not None else typed

    def stays_at(self, request: HtmxHttpRequest, writing: Registration, slug: str) -> str:
        """Whoever changes a row of an enterprise stays at the rows, with nothing said about what is missing."""
        return f"{self.address(writing, slug)}#enterprises" if "row" in request.POST else ""


PAGES_OF_IT = RegistrationPages()


def _checked(request: HtmxHttpRequest, registration: Registration, *, status: int = 200) -> HttpResponse:
    pages = registration.pages()
    organisation = registration.row
    if registration.is_revision and organisation is not None:
        return _revised(request, registration, organisation, pages, status=status)
    cluster = pages[-1].cleaned_data.get("reference_cluster")
    is_sent_back = organisation is not None and organisation.status == OrganisationStatus.CHANGES_REQUESTED
    lead = _("%(cluster)s sees them once you have sent them. After that you can change them once they are validated.")
    context = {
        **PAGES_OF_IT.answers(registration, pages),
        "back": reverse("clusters:organisation", args=[organisation.pk]) if organisation else "",
        "back_label": organisation,
        "lead": lead % {"cluster": cluster.short_name} if cluster else "",
        "statement": _("I confirm that all this is right, and that I may act for this organisation."),
        "send": _("Send again") if is_sent_back else _("Send to the reference cluster"),
        "incomplete": _("You can send it once all five parts are right. What you have typed is saved."),
    }
    return render_page(request, "clusters/check.html", context, status=status)


def _revised(
    request: HtmxHttpRequest,
    registration: Registration,
    organisation: Organisation,
    pages: list[PageForm],
    *,
    status: int,
) -> HttpResponse:
    """Show what members change of a validated registration, and what becomes of it."""
    changes = registration.changes(pages)
    cluster = organisation.reference_cluster.short_name
    answers = PAGES_OF_IT.answers(registration, pages)
    lead = _(
        "%(cluster)s looks anew at what you change under “%(who)s” and “%(size)s”; everything else counts as soon as "
        "you send it."
    )
    incomplete = _("Nothing is changed yet. Choose “Change” beside what is no longer right.")
    context = {
        **answers,
        "back": reverse("clusters:organisation", args=[organisation.pk]),
        "back_label": organisation,
        "lead": lead % {"cluster": cluster, "who": WhoForm.title, "size": SizeForm.title},
        "statement": _("I confirm that all this is right, and that I may act for this organisation."),
        "send": _("Send the changes"),
        "is_complete": answers["is_complete"] and bool(changes),
        "incomplete": incomplete if answers["is_complete"] else _("You can send it once all parts are right."),
        "also": "clusters/changes.html",
        "changes": changes,
        "shown": mark_of(changes),
        "needs_validation": any(change.is_vouched_for for change in changes),
        "organisation": organisation,
    }
    return render_page(request, "clusters/check.html", context, status=status)


def _handed_in(request: HtmxHttpRequest, registration: Registration) -> HttpResponse:
    try:
        organisation = registration.hand_in(mark=request.POST.get("seen", ""), shown=request.POST.get("shown", ""))
    except Incomplete:
        return _checked(request, registration, status=UNFIT)
    except (StaleDraft, Outdated):
        messages.warning(request, _("Something was changed elsewhere since you looked. Please check again and send."))
        return _checked(request, registration, status=CONFLICT)
    except DraftGone:
        return redirect("clusters:mine")
    except IntegrityError as fault:
        if VAT_TAKEN not in str(fault):
            raise
        return _checked(request, registration, status=CONFLICT)
    if organisation.status == OrganisationStatus.VALIDATED:
        messages.success(request, _("Changed. The registration stays validated."))
        return redirect("clusters:organisation", organisation.pk)
    text = _("Sent to %(cluster)s. You hear from us as soon as it has decided.")
    messages.success(request, text % {"cluster": organisation.reference_cluster.short_name})
    return redirect("clusters:organisation", organisation.pk)
