"""Following a registration; writing it stands in registration.py, what staff do with it in validation.py."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clusters import drafts, pages, permissions, queries
from clusters.forms.registration import KIND
from clusters.models import Invitation, JoinRequest, Organisation, OrganisationEvent
from clusters.remarks import in_words
from clusters.transitions import organisations as transitions
from clusters.views import validation
from clusters.views.access import visible_organisation
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import NoteMissing

type Verb = Callable[..., Organisation]

WITHOUT_NOTE: dict[str, Verb] = {"validate": transitions.validate}
WITH_NOTE: dict[str, Verb] = {"send_back": transitions.send_back, "reject": transitions.reject}


@require_GET
def mine(request: HtmxHttpRequest) -> HttpResponse:
    """Show the organisations that one belongs to, asks to join, is invited to or has begun; a single one at once."""
    memberships = request.user.memberships.select_related("organisation__reference_cluster")
    context: dict[str, Any] = {
        "draft": drafts.find(request.user, KIND),
        "memberships": list(memberships.order_by("organisation__legal_name", "pk")),
        "requests": list(JoinRequest.objects.open().filter(person=request.user).for_list()),
        "invitations": list(Invitation.objects.open().to_address_of(request.user).for_list()),
    }
    others = [name for name in ("requests", "invitations", "draft") if context[name]]
    if len(context["memberships"]) == 1 and not others:
        return redirect("clusters:organisation", context["memberships"][0].organisation_id)
    return render_page(request, "clusters/mine.html", context)


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
        "merges": queries.merges_into(organisation),
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
        "validate": _("%(organisation)s is validated, and its people have been told."),
        "send_back": _("%(organisation)s has been asked to change something."),
        "reject": _("%(organisation)s is rejected, and its people have been told why."),
    }
    return sentences[name] % values
