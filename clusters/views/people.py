"""The people of an organisation: who belongs to it, inviting, changing roles, leaving."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters import departures, permissions, queries
from clusters.enums import MembershipRole
from clusters.forms.people import InviteForm
from clusters.models import Invitation, JoinRequest, Membership, Organisation
from clusters.transitions import invitations, roles
from clusters.views.access import visible_organisation
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

UNFIT = 422
SHOWN_EVENTS = 20
OTHER_ROLE = {MembershipRole.OWNER: MembershipRole.EDITOR, MembershipRole.EDITOR: MembershipRole.OWNER}


@require_GET
def people(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show who belongs to the organisation, who asks to, who is invited, and what happened."""
    organisation = visible_organisation(request, pk)
    manages = permissions.can_manage_people(request.user, organisation)
    context = {
        "organisation": organisation,
        "members": _rows(list(organisation.memberships.for_page()), request),
        "manages": manages,
        "has_owner": queries.has_active_owner(organisation),
        "requests": JoinRequest.objects.open().filter(organisation=organisation).for_list() if manages else [],
        "invitations": _with_moves(queries.open_invitations_to(organisation)) if manages else [],
        "history": queries.role_events_of(organisation)[:SHOWN_EVENTS],
    }
    return render_page(request, "clusters/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Invite colleagues by e-mail, all of them or none."""
    organisation = _managed(request, pk)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite_all(form.invitations_to(organisation), actor=request.user)
        except MoveConflict as conflict:
            form.refuse(conflict.reason)
        else:
            messages.success(request, in_words(sent))
            return redirect("clusters:people", pk)
    context = {"form": form, "organisation": organisation}
    return render_page(request, "clusters/people_invite.html", context, status=UNFIT if form.errors else 200)


@require_POST
def change_role(request: HtmxHttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """Make a member an owner or an editor."""
    membership = _membership(_managed(request, pk), membership_pk)
    role = request.POST.get("role", "")
    if role not in MembershipRole.values:
        raise Http404
    changed = roles.change_role(membership, role, actor=request.user)
    values = {"person": changed.user, "role": changed.get_role_display()}
    messages.success(request, _("%(person)s: the role is now “%(role)s”.") % values)
    return redirect("clusters:people", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HtmxHttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """Say what happens when somebody leaves or is removed, then do it."""
    organisation = visible_organisation(request, pk)
    membership = _membership(organisation, membership_pk)
    is_own = membership.user_id == request.user.pk
    if not is_own and not permissions.can_manage_people(request.user, organisation):
        raise PermissionDenied
    if request.method == "POST":
        roles.leave(membership, actor=request.user)
        words = (
            _("You no longer work for %(organisation)s in this portal.")
            if is_own
            else _("%(person)s has been removed and told.")
        )
        messages.success(request, words % {"organisation": organisation, "person": membership.user})
        return redirect("clusters:mine") if is_own else redirect("clusters:people", pk)
    heir = queries.heir_of(organisation, membership.user, preferred=request.user)
    context = {
        "organisation": organisation,
        "membership": membership,
        "is_own": is_own,
        "may_leave": roles.may_leave(membership),
        "consequences": departures.consequences(organisation, membership.user, heir),
    }
    return render_page(request, "clusters/people_leave.html", context)


def in_words(sent: list[Invitation]) -> str:
    """Say that invitations were sent: the same whether or not anybody has an account with the address."""
    text = ngettext("The invitation is on its way to %(email)s.", "%(number)s invitations are on their way.", len(sent))
    return text % {"email": sent[0].email, "number": len(sent)}


def _with_moves(rows: object) -> list[dict[str, object]]:
    return [{"invitation": row, "moves": invitations.moves_of_sender(row)} for row in rows]  # type: ignore[attr-defined]


def _rows(members: list[Membership], request: HtmxHttpRequest) -> list[dict[str, object]]:
    owners = [each.pk for each in members if each.is_owner and each.user.is_active]
    return [
        {
            "membership": each,
            "is_own": each.user_id == request.user.pk,
            "is_last_owner": owners == [each.pk],
            "other_role": OTHER_ROLE[MembershipRole(each.role)],
        }
        for each in members
    ]


def _managed(request: HtmxHttpRequest, pk: int) -> Organisation:
    organisation = visible_organisation(request, pk)
    if not permissions.can_manage_people(request.user, organisation):
        raise PermissionDenied
    return organisation


def _membership(organisation: Organisation, pk: int) -> Membership:
    return get_object_or_404(
        Membership.objects.select_related("user", "organisation"), organisation=organisation, pk=pk
    )
