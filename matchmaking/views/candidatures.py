"""Writing a candidature, following it, and the list of those who decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clusters.enums import ParticipantRole
from clusters.permissions import roles_of
from clusters.queries import open_wave
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import NoteMissing
from extratex.shared.paging import KeyedPage
from matchmaking import obstacles, pages, permissions, queries
from matchmaking.enums import CandidatureStatus
from matchmaking.filters import CandidatureFilter
from matchmaking.models import Candidature
from matchmaking.transitions import candidatures as transitions
from matchmaking.views.access import visible_candidature

ROWS = 25
CONFLICT, UNFIT = 409, 422

WITHOUT_NOTE: dict[str, Callable[..., Candidature]] = {
    "validate": transitions.validate,
    "confirm": transitions.confirm,
    "wake": transitions.wake,
    "withdraw": transitions.withdraw,
    "reopen": transitions.reopen,
}
WITH_NOTE: dict[str, Callable[..., Candidature]] = {
    "pre_approve": transitions.pre_approve,
    "send_back": transitions.send_back,
    "reject": transitions.reject,
}


@require_GET
def candidature_list(request: HtmxHttpRequest) -> HttpResponse:
    """List one's own candidatures and, for staff, those that they look after."""
    rows = CandidatureFilter(request.GET, Candidature.objects.visible_to(request.user).for_list())
    page = KeyedPage(rows.qs, request.GET, ROWS)
    context = {
        "filter": rows,
        "page": page,
        "is_narrowed": any(request.GET.get(name) for name in rows.filters),
        "is_staff": permissions.can_list_all(request.user),
        "is_member": bool(roles_of(request.user).organisations),
        "roles_to_write": _roles_to_write(request.user),
    }
    return render_page(request, "matchmaking/candidatures.html", context, fragment="results")


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show where a candidature stands, what comes next, and all that it says."""
    candidature = visible_candidature(request, pk)
    is_member = permissions.is_member(request.user, candidature)
    moves = transitions.CANDIDATURE.open_to(request.user, candidature)
    history = list(queries.candidature_history(candidature))
    is_validated = candidature.status == CandidatureStatus.VALIDATED
    context = {
        "candidature": candidature,
        "is_member": is_member,
        "is_asked": is_member and queries.is_asked(candidature),
        "obstacles": _obstacles(candidature) if is_validated else [],
        "phases": pages.phases_of(candidature),
        "whereabouts": pages.whereabouts(candidature),
        "moves": [move for move in moves if not is_member],
        "blocked": [] if is_member else transitions.CANDIDATURE.blocked_for(request.user, candidature),
        "ways_out": [move for move in moves if is_member and move.name in {"withdraw", "reopen"}],
        "wish": pages.wish_of(candidature),
        "facts": pages.organisation_facts(candidature),
        "history": history,
        "last_note": history[0].note if history else "",
    }
    return render_page(request, "matchmaking/candidature.html", context)


@require_POST
def make_move(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Make one move of a candidature."""
    candidature = visible_candidature(request, pk)
    name, note = request.POST.get("move", ""), request.POST.get("note", "")
    try:
        _make(name, candidature, request.user, note)
    except NoteMissing as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _done(name, candidature))
    return redirect("matchmaking:candidature", pk)


def _obstacles(candidature: Candidature) -> list[str]:
    """Say which wish keeps everybody from whom no run has found anybody for."""
    if queries.suggestions_for(candidature).exists():
        return []
    if candidature.is_visitor:
        return obstacles.found_by_the_last_run(candidature)
    return obstacles.asked_now(candidature, list(candidature.availabilities.all()))


def _roles_to_write(user: Any) -> list[ParticipantRole]:
    wave = open_wave() if roles_of(user).organisations else None
    if wave is None:
        return []
    return [role for role in ParticipantRole if queries.organisations_that_may_write(user, role, wave).exists()]


def _make(name: str, candidature: Candidature, user: Any, note: str) -> None:
    if name in WITHOUT_NOTE:
        WITHOUT_NOTE[name](candidature, actor=user)
    elif name in WITH_NOTE:
        WITH_NOTE[name](candidature, actor=user, note=note)
    else:
        raise Http404


def _done(name: str, candidature: Candidature) -> str:
    values = {
        "organisation": candidature.organisation.legal_name,
        "cluster": candidature.organisation.reference_cluster.short_name,
    }
    sentences = {
        "pre_approve": _("The prior approval is recorded; %(cluster)s can validate now."),
        "validate": _("Validated. %(organisation)s takes part in the matching, and its people have been told."),
        "send_back": _("%(organisation)s has been asked to change something."),
        "reject": _("Rejected; the people of %(organisation)s have been told why."),
        "withdraw": _("Withdrawn. You can take the candidature up again while the wave is open."),
        "confirm": _("Thank you. The candidature goes on taking part."),
        "wake": _("Awake again: the candidature takes part in the matching."),
        "reopen": _("It is a draft again: change what has changed, and send it."),
    }
    return sentences[name] % values
