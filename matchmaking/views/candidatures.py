"""Writing a candidature, following it, and the list of those who decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters.enums import ParticipantRole
from clusters.models import Wave
from clusters.permissions import roles_of
from clusters.queries import open_wave, partnership_of
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict, NoteMissing
from matchmaking import operations, pages, permissions, queries
from matchmaking.filters import CandidatureFilter
from matchmaking.forms.candidatures import FORMS, CandidatureForm
from matchmaking.models import Candidature
from matchmaking.transitions import candidatures as transitions
from matchmaking.views.access import visible_candidature

ROWS = 25
CONFLICT, UNFIT = 409, 422

WITHOUT_NOTE: dict[str, Callable[..., Candidature]] = {
    "submit": transitions.submit,
    "validate": transitions.validate,
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
    page = Paginator(rows.qs, ROWS).get_page(request.GET.get("page"))
    context = {
        "filter": rows,
        "page": page,
        "is_narrowed": any(request.GET.get(name) for name in rows.filters),
        "is_staff": permissions.can_list_all(request.user),
        "is_member": bool(roles_of(request.user).organisations),
        "roles_to_write": _roles_to_write(request.user),
    }
    return render_page(request, "matchmaking/candidatures.html", context, fragment="results")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxHttpRequest, role: str) -> HttpResponse:
    """Write a candidature in one role for one of one's organisations."""
    if role not in FORMS:
        raise Http404
    wave = open_wave()
    if wave is None:
        return render_page(request, "matchmaking/closed.html")
    organisations = queries.organisations_that_may_write(request.user, ParticipantRole(role), wave)
    if not organisations:
        return _nothing_to_write(request, ParticipantRole(role), wave)
    form = FORMS[role](request.POST or None, instance=Candidature(role=role, wave=wave), organisations=organisations)
    if request.method == "POST" and form.is_valid():
        candidature = _begin(form, request.user)
        messages.success(request, _("Saved as a draft. Please check your answers and send them."))
        return redirect("matchmaking:check", candidature.pk)
    context = {"form": form, "role": role, "organisations": organisations}
    return render_page(request, "matchmaking/new.html", context, status=UNFIT if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Change a candidature that lies with its organisation."""
    candidature = _editable(request, pk)
    form = FORMS[candidature.role](request.POST or None, instance=candidature)
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct(candidature, form.save, seen=form.cleaned_data["seen"])
        except operations.StaleEdit as stale:
            form.show_anew()
            status, conflict = CONFLICT, stale
        else:
            messages.success(request, _("Saved. Please check your answers and send them."))
            return redirect("matchmaking:check", pk)
    context = {
        "form": form,
        "candidature": candidature,
        "conflict": conflict,
        "standing": pages.wish_of(visible_candidature(request, pk)) if conflict else None,
        "asked": queries.candidature_history(candidature).first(),
    }
    return render_page(request, "matchmaking/edit.html", context, status=UNFIT if form.errors else status)


@require_GET
def check(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Let the organisation look at all answers once more before it sends them."""
    candidature = _editable(request, pk)
    context = {
        "candidature": candidature,
        "wish": pages.wish_of(candidature),
        "moves": [move for move in transitions.CANDIDATURE.open_to(request.user, candidature) if move.name == "submit"],
        "blocked": [
            pair for pair in transitions.CANDIDATURE.blocked_for(request.user, candidature) if pair[0].name == "submit"
        ],
    }
    return render_page(request, "matchmaking/check.html", context)


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show where a candidature stands, what comes next, and all that it says."""
    candidature = visible_candidature(request, pk)
    is_member = permissions.is_member(request.user, candidature)
    moves = transitions.CANDIDATURE.open_to(request.user, candidature)
    history = list(queries.candidature_history(candidature))
    context = {
        "candidature": candidature,
        "is_member": is_member,
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


def _roles_to_write(user: Any) -> list[ParticipantRole]:
    wave = open_wave() if roles_of(user).organisations else None
    if wave is None:
        return []
    return [role for role in ParticipantRole if queries.organisations_that_may_write(user, role, wave).exists()]


def _nothing_to_write(request: HtmxHttpRequest, role: ParticipantRole, wave: Wave) -> HttpResponse:
    """Lead to the candidature that is there already, or say what has to come first."""
    there = Candidature.objects.of_member(request.user).filter(role=role, wave=wave).first()
    if there is not None:
        messages.info(request, _("Your organisation has this candidature already."))
        return redirect("matchmaking:candidature", there.pk)
    return render_page(request, "matchmaking/register_first.html")


def _begin(form: CandidatureForm, user: Any) -> Candidature:
    """Store the draft; a second click lands on the one that the first has stored."""
    organisation = form.cleaned_data["organisation"]
    candidature = form.instance
    candidature.organisation, candidature.contact = organisation, user
    partnership = partnership_of(organisation.reference_cluster)
    if partnership is None:
        raise MoveConflict(_("The reference cluster takes no part in the open wave."), organisation)
    candidature.partnership = partnership
    try:
        return transitions.begin(form.save, author=user)
    except IntegrityError as fault:
        if "organisation_has_one_candidature_a_role" not in str(fault):
            raise
        return Candidature.objects.get(organisation=organisation, role=candidature.role, wave=candidature.wave)


def _editable(request: HtmxHttpRequest, pk: int) -> Candidature:
    candidature = visible_candidature(request, pk)
    if not permissions.can_write(request.user, candidature):
        raise PermissionDenied
    if not candidature.is_editable:
        raise MoveConflict(_("The candidature can no longer be changed: it has been sent."), candidature)
    return candidature


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
        "submit": _("Sent to %(cluster)s. You hear from us as soon as it has decided."),
        "pre_approve": _("The prior approval is recorded; %(cluster)s can validate now."),
        "validate": _("Validated. %(organisation)s takes part in the matching, and its people have been told."),
        "send_back": _("%(organisation)s has been asked to change something."),
        "reject": _("Rejected; the people of %(organisation)s have been told why."),
        "withdraw": _("Withdrawn. You can take the candidature up again while the wave is open."),
        "reopen": _("It is a draft again: change what has changed, and send it."),
    }
    return sentences[name] % values
