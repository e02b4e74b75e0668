"""Registering an organisation: found first, then page by page as a draft, then checked and handed in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters import drafts, permissions, queries
from clusters.drafts import DraftConflict, DraftGone, Page, StaleDraft
from clusters.duplicates import likely_duplicates
from clusters.forms.organisations import WhoForm
from clusters.forms.pages import PageForm
from clusters.forms.registration import KIND, PAGES, SLUGS, FindForm, Incomplete, Registration
from clusters.forms.size import SizeForm, with_row_changed
from clusters.models import Organisation
from clusters.views.access import visible_organisation
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

CONFLICT, UNFIT = 409, 422
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
    if slug not in PAGES:
        raise Http404
    if pk is None and registration.draft is None and request.method != "POST":
        return redirect("clusters:new")
    if request.method == "POST":
        return _posted(request, registration, slug)
    if missing := registration.missing_before(slug):
        messages.info(request, _("Please answer this first: the page that you wanted depends on it."))
        return redirect(_address(registration, missing))
    form = registration.form(slug)
    if "look" not in request.GET:
        form.quiet()
    return _shown(request, registration, form)


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
    unfinished = next((form.slug for form in registration.pages() if form.errors), "")
    return redirect(_address(registration, unfinished))


def _registration(request: HtmxHttpRequest, pk: int | None) -> Registration:
    return Registration(request.user) if pk is None else Registration(request.user, _editable(request, pk))


def _editable(request: HtmxHttpRequest, pk: int) -> Organisation:
    organisation = visible_organisation(request, pk)
    if not permissions.can_edit(request.user, organisation):
        raise PermissionDenied
    if not organisation.is_editable:
        raise MoveConflict(_("The registration can no longer be changed: it has been sent."), organisation)
    return organisation


def _posted(request: HtmxHttpRequest, registration: Registration, slug: str) -> HttpResponse:
    typed = _typed(request, slug)
    try:
        registration.save(slug, typed, mark=request.POST.get("seen", ""))
    except DraftConflict as conflict:
        return _refused(request, registration, registration.form(slug, typed), conflict)
    if request.htmx:
        form = registration.form(slug)
        form.quiet()
        return _shown(request, registration, form)
    if "row" in request.POST:
        return redirect(f"{_address(registration, slug)}#enterprises")
    form = registration.form(slug)
    if form.is_valid():
        return redirect(_address(registration, "" if _goes_to_check(request, registration) else _after(slug)))
    return _shown(request, registration, form, status=UNFIT)


def _typed(request: HtmxHttpRequest, slug: str) -> Page:
    sent: MultiValueDict[str, str] = request.POST
    typed = PAGES[slug].typed(sent)
    return with_row_changed(typed, str(sent["row"])) if slug == SizeForm.slug and "row" in sent else typed


def _refused(
    request: HtmxHttpRequest, registration: Registration, form: PageForm, conflict: DraftConflict
) -> HttpResponse:
    """Keep the typed text on the page, and show beside it what is saved."""
    standing = []
    registration.draft = None
    if isinstance(conflict, StaleDraft):
        registration.draft = conflict.draft
        other = registration.form(form.slug)
        other.full_clean()
        standing = other.facts()
    form.quiet()
    context = {"conflict": conflict, "standing": standing, "is_gone": isinstance(conflict, DraftGone)}
    return _shown(request, registration, form, status=CONFLICT, **context)


def _shown(
    request: HtmxHttpRequest, registration: Registration, form: PageForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    number = SLUGS.index(form.slug)
    before = SLUGS[number - 1] if number else ""
    context = {
        "form": form,
        "organisation": registration.organisation,
        "draft": registration.draft,
        "seen": registration.mark,
        "number": number + 1,
        "total": len(SLUGS),
        "back": _address(registration, before) if before else "",
        "note": registration.note,
        "goes_to_check": _goes_to_check(request, registration),
        **more,
    }
    return render_page(request, "clusters/page.html", context, fragment="saved", status=status)


def _checked(request: HtmxHttpRequest, registration: Registration, *, status: int = 200) -> HttpResponse:
    pages = registration.pages()
    context = {
        "organisation": registration.organisation,
        "sections": [_section(registration, form) for form in pages],
        "name": registration.typed(WhoForm.slug).get("legal_name", [""])[-1],
        "cluster": pages[-1].cleaned_data.get("reference_cluster"),
        "is_complete": not any(form.errors for form in pages),
        "note": registration.note,
        "seen": registration.mark,
        "address": _address(registration, ""),
    }
    return render_page(request, "clusters/check.html", context, status=status)


def _section(registration: Registration, form: PageForm) -> dict[str, Any]:
    look = "&look=1" if form.errors else ""
    remarks = [
        (Organisation.label_of(name), text)
        for name, text in registration.remarks.items()
        if form.asks(name) or name in form.also
    ]
    return {
        "form": form,
        "remarks": remarks,
        "url": f"{_address(registration, form.slug)}?check=1{look}",
    }


def _handed_in(request: HtmxHttpRequest, registration: Registration) -> HttpResponse:
    try:
        organisation = registration.hand_in(mark=request.POST.get("seen", ""))
    except Incomplete:
        return _checked(request, registration, status=UNFIT)
    except StaleDraft:
        messages.warning(request, _("Something was changed elsewhere since you looked. Please check again and send."))
        return _checked(request, registration, status=CONFLICT)
    except DraftGone:
        return redirect("clusters:mine")
    except IntegrityError as fault:
        if VAT_TAKEN not in str(fault):
            raise
        return _checked(request, registration, status=CONFLICT)
    text = _("Sent to %(cluster)s. You hear from us as soon as it has decided.")
    messages.success(request, text % {"cluster": organisation.reference_cluster.short_name})
    return redirect("clusters:organisation", organisation.pk)


def _goes_to_check(request: HtmxHttpRequest, registration: Registration) -> bool:
    """Tell whether somebody came to change one answer, and goes back to all of them."""
    return "check" in request.GET or registration.organisation is not None


def _after(slug: str) -> str:
    """Return the page that comes next; after the last one come all answers."""
    return next(iter(SLUGS[SLUGS.index(slug) + 1 :]), "")


def _address(registration: Registration, slug: str) -> str:
    """Return the address of a page, or of the check of all answers."""
    key = [registration.organisation.pk] if registration.organisation else []
    if slug:
        return reverse("clusters:edit_page" if key else "clusters:new_page", args=[*key, slug])
    return reverse("clusters:check" if key else "clusters:new_check", args=key)
