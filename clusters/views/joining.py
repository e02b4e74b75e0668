"""Coming to an organisation or a team: asking to join, and answering an invitation."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters import permissions
from clusters.enums import InvitationStatus
from clusters.forms.people import JoinForm
from clusters.models import Invitation, JoinRequest, Organisation
from clusters.people_notices import page_of_people
from clusters.transitions import invitations, joining
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict, NoteMissing

FORBIDDEN, NOT_FOUND, CONFLICT, GONE, UNFIT = 403, 404, 409, 410, 422

ANSWERS: dict[str, Callable[..., JoinRequest]] = {
    "accept": joining.accept,
    "decline": joining.decline,
    "withdraw": joining.withdraw,
}
ANSWERS_OF_INVITED: dict[str, Callable[..., Invitation]] = {
    "accept": invitations.accept,
    "decline": invitations.decline,
}
MOVES_OF_SENDER: dict[str, Callable[..., Invitation]] = {
    "resend": invitations.resend,
    "withdraw": invitations.withdraw,
}


@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_join(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Ask to work for an organisation that is registered already; of it only name and place are shown."""
    organisation = get_object_or_404(Organisation.objects.open_to_joining(), pk=pk)
    if (elsewhere := _there_already(request, organisation)) is not None:
        return elsewhere
    form = JoinForm(request.POST or None)
    refusal, status = joining.against_asking(organisation, request.user), 200
    if request.method == "POST" and form.is_valid():
        try:
            asked = joining.ask(organisation, person=request.user, message=form.cleaned_data["message"])
        except MoveConflict as conflict:
            refusal, status = conflict.reason, CONFLICT
        else:
            messages.success(request, _("Your request is sent. You hear from us as soon as somebody answers."))
            return redirect("clusters:join_request", asked.pk)
    context = {"organisation": organisation, "form": form, "refusal": refusal}
    return render_page(request, "clusters/people_join.html", context, status=UNFIT if form.errors else status)


@require_GET
def join_request(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a request to join to who has asked and to those who decide."""
    asked = _visible_request(request, pk)
    context = {
        "asked": asked,
        "is_own": asked.person_id == request.user.pk,
        "moves": joining.JOIN_REQUEST.open_to(request.user, asked),
        "history": asked.events.select_related("actor").order_by("-at", "-pk"),
    }
    return render_page(request, "clusters/people_request.html", context)


@require_POST
def move_join_request(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Answer a request to join, or take it back."""
    asked = _visible_request(request, pk)
    name, note = request.POST.get("move", ""), request.POST.get("note", "")
    if name not in ANSWERS:
        raise Http404
    try:
        ANSWERS[name](asked, actor=request.user, **({"note": note} if name == "decline" else {}))
    except NoteMissing as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _answered(name, asked))
    return redirect("clusters:join_request", pk)


@never_cache
@login_not_required
@require_GET
def invitation_by_link(request: HtmxHttpRequest, token: str) -> HttpResponse:
    """Say who invites to what, and lead to the sign-in or the sign-up; who is signed in by that address goes on."""
    found = invitations.found_by(token)
    if found is None:
        return render_page(request, "clusters/people_invitation_unknown.html", status=NOT_FOUND)
    if permissions.can_answer_invitation(request.user, found):
        return redirect("clusters:my_invitation", found.pk)
    is_closed = not _is_open(found)
    address = reverse("clusters:invitation", args=[token])
    context = {
        "invitation": found,
        "is_closed": is_closed,
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': address})}",
        "sign_up": f"{reverse('account_signup')}?{urlencode({'email': found.email, 'next': address})}",
    }
    status = GONE if is_closed else (FORBIDDEN if request.user.is_authenticated else 200)
    return render_page(request, "clusters/people_invitation_link.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def my_invitation(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Accept or decline an invitation to an address that one has confirmed."""
    mine = get_object_or_404(Invitation.objects.to_address_of(request.user).for_list(), pk=pk)
    if request.method == "POST":
        return _answer(request, mine)
    blocked = invitations.INVITATION.blocked_for(request.user, mine)
    context = {
        "invitation": mine,
        "is_closed": not _is_open(mine),
        "moves": invitations.INVITATION.open_to(request.user, mine),
        "hindrance": next((reason for move, reason in blocked if move.name == "accept"), ""),
    }
    return render_page(request, "clusters/people_invitation.html", context, status=200 if _is_open(mine) else GONE)


@require_POST
def move_invitation(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, or withdraw it; for whom may not, there is none."""
    sent = get_object_or_404(Invitation.objects.for_list(), pk=pk)
    name = request.POST.get("move", "")
    if name not in MOVES_OF_SENDER or not permissions.can_invite(request.user, sent):
        raise Http404
    try:
        MOVES_OF_SENDER[name](sent, actor=request.user)
    except MoveConflict as conflict:
        messages.error(request, str(conflict.reason))
    else:
        words = {"resend": _("Sent again to %(email)s."), "withdraw": _("The invitation of %(email)s is withdrawn.")}
        messages.success(request, words[name] % {"email": sent.email})
    return redirect(page_of_people(sent.organisation))


def _there_already(request: HtmxHttpRequest, organisation: Organisation) -> HttpResponse | None:
    """Lead on whoever belongs there already, has asked already, or is invited."""
    if permissions.is_member(request.user, organisation):
        messages.info(request, joining.IS_MEMBER % {"organisation": organisation})
        return redirect("clusters:organisation", organisation.pk)
    asked = JoinRequest.objects.open().filter(person=request.user, organisation=organisation).first()
    if asked is not None:
        messages.info(request, joining.ASKED_ALREADY % {"organisation": organisation})
        return redirect("clusters:join_request", asked.pk)
    waiting = Invitation.objects.open().to_address_of(request.user).filter(organisation=organisation).first()
    return redirect("clusters:my_invitation", waiting.pk) if waiting else None


def _visible_request(request: HtmxHttpRequest, pk: int) -> JoinRequest:
    rows = JoinRequest.objects.visible_to(request.user).select_related("person", "organisation__reference_cluster")
    return get_object_or_404(rows, pk=pk)


def _is_open(invitation: Invitation) -> bool:
    return invitation.status == InvitationStatus.SENT and invitation.expires_on >= clock.today()


def _answer(request: HtmxHttpRequest, mine: Invitation) -> HttpResponse:
    name = request.POST.get("move", "")
    if name not in ANSWERS_OF_INVITED:
        raise Http404
    try:
        ANSWERS_OF_INVITED[name](mine, actor=request.user)
    except MoveConflict:
        return redirect("clusters:my_invitation", mine.pk)
    if name == "decline":
        messages.success(request, _("You have declined the invitation."))
        return redirect("desk")
    values: dict[str, Any] = {"place": mine.place, "role": str(mine.get_role_display()).lower()}
    messages.success(request, _("Welcome: you now work for %(place)s as %(role)s.") % values)
    return redirect("clusters:organisation", mine.organisation_id) if mine.organisation_id else redirect("desk")


def _answered(name: str, asked: JoinRequest) -> str:
    sentences = {
        "accept": _("%(person)s now works for %(organisation)s and has been told."),
        "decline": _("%(person)s has been told that you say no, and why."),
        "withdraw": _("You have taken your request back."),
    }
    return sentences[name] % {"person": asked.person, "organisation": asked.organisation}
