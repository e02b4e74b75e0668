"""Registering an organisation and following it; what staff do with it stands in validation.py."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters import operations, pages, permissions, queries
from clusters.forms.organisations import OrganisationForm
from clusters.models import Invitation, JoinRequest, Organisation, OrganisationEvent
from clusters.remarks import in_words
from clusters.transitions import organisations as transitions
from clusters.views import validation
from clusters.views.access import visible_organisation
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict, NoteMissing

type Verb = Callable[..., Organisation]

WITHOUT_NOTE: dict[str, Verb] = {
    "submit": transitions.submit,
    "resubmit": transitions.resubmit,
    "validate": transitions.validate,
}
WITH_NOTE: dict[str, Verb] = {"send_back": transitions.send_back, "reject": transitions.reject}


@require_GET
def mine(request: HtmxHttpRequest) -> HttpResponse:
    """Show the organisations that one belongs to, asks to join or is invited to; with a single one, go there."""
    memberships = request.user.memberships.select_related("organisation__reference_cluster")
    context = {
        "memberships": list(memberships.order_by("organisation__legal_name", "pk")),
        "requests": list(JoinRequest.objects.open().filter(person=request.user).for_list()),
        "invitations": list(Invitation.objects.open().to_address_of(request.user).for_list()),
    }
    if len(context["memberships"]) == 1 and not context["requests"] and not context["invitations"]:
        return redirect("clusters:organisation", context["memberships"][0].organisation_id)
    return render_page(request, "clusters/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxHttpRequest) -> HttpResponse:
    """Register an organisation as a draft."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = _saved(form, lambda: transitions.register(form.save, owner=request.user))
        if organisation is not None:
            messages.success(request, _("Saved as a draft. Please check your answers and send them."))
            return redirect("clusters:check", organisation.pk)
    context = {"form": form, "can_register": queries.open_wave() is not None}
    return render_page(request, "clusters/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Correct a registration that lies with its members."""
    organisation = _editable(request, pk)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if (
        request.method == "POST"
        and form.is_valid()
        and _saved(form, lambda: operations.correct(organisation, form.save))
    ):
        messages.success(request, _("Saved. Please check your answers and send them."))
        return redirect("clusters:check", pk)
    asked = queries.history_of(organisation).first()
    context = {"form": form, "pk": pk, "asked": asked, "stored": Organisation.objects.only("legal_name").get(pk=pk)}
    return render_page(request, "clusters/edit.html", context, status=422 if form.errors else 200)


@require_GET
def check(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Let the members look at all answers once more before they send them."""
    organisation = _editable(request, pk)
    context = pages.answers_of(organisation) | {
        "organisation": organisation,
        "moves": transitions.ORGANISATION.open_to(request.user, organisation),
    }
    return render_page(request, "clusters/check.html", context)


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the members where their registration stands and what comes next, and staff what they decide about."""
    organisation = visible_organisation(request, pk)
    if not permissions.is_member(request.user, organisation):
        return validation.page(request, organisation)
    history = list(queries.history_of(organisation))
    context = pages.answers_of(organisation) | {
        "organisation": organisation,
        "phases": pages.phases_of(organisation),
        "whereabouts": pages.whereabouts(organisation, first_sent=_first_sent(history)),
        "history": history,
        "last_note": in_words(queries.remarks_on(organisation), history[0].note) if history else "",
        "people": queries.members_of(organisation),
    }
    return render_page(request, "clusters/organisation.html", context)


@require_POST
def make_move(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Make one move of a registration."""
    organisation = visible_organisation(request, pk)
    name, note = request.POST.get("move", ""), request.POST.get("note", "")
    try:
        _make(name, organisation, request.user, note)
    except NoteMissing as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _done(name, organisation))
    return redirect("clusters:organisation", pk)


def _first_sent(history: list[OrganisationEvent]) -> datetime | None:
    return next((event.at for event in reversed(history) if event.move == "submit"), None)


def _editable(request: HtmxHttpRequest, pk: int) -> Organisation:
    organisation = visible_organisation(request, pk)
    if not permissions.can_edit(request.user, organisation):
        raise PermissionDenied
    if not organisation.is_editable:
        raise MoveConflict(_("The registration can no longer be changed: it has been sent."), organisation)
    return organisation


def _saved(form: OrganisationForm, save: Callable[[], Organisation]) -> Organisation | None:
    """Save, or put it on the form where somebody registered the same VAT number at the same moment."""
    try:
        return save()
    except IntegrityError as fault:
        if "vat_number_belongs_to_one_organisation" not in str(fault):
            raise
        form.refuse_vat()
        return None


def _make(name: str, organisation: Organisation, user: Any, note: str) -> None:
    if name in WITHOUT_NOTE:
        WITHOUT_NOTE[name](organisation, actor=user)
    elif name in WITH_NOTE:
        WITH_NOTE[name](organisation, actor=user, note=note)
    else:
        raise Http404


def _done(name: str, organisation: Organisation) -> str:
    values = {"organisation": organisation.legal_name, "cluster": organisation.reference_cluster.short_name}
    sentences = {
        "submit": _("Sent to %(cluster)s. You hear from us as soon as it has decided."),
        "resubmit": _("Sent to %(cluster)s again. You hear from us as soon as it has decided."),
        "validate": _("%(organisation)s is validated, and its people have been told."),
        "send_back": _("%(organisation)s has been asked to change something."),
        "reject": _("%(organisation)s is rejected, and its people have been told why."),
    }
    return sentences[name] % values
