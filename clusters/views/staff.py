"""Who works for which cluster and partnership: looking them up, inviting, ending a role."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clusters import permissions
from clusters.forms.people import StaffInviteForm
from clusters.models import Invitation, StaffRole, User
from clusters.transitions import invitations, roles
from clusters.views.people import in_words
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import Move, MoveConflict

ROWS = 25
UNFIT = 422


@require_GET
def staff(request: HtmxHttpRequest) -> HttpResponse:
    """List the colleagues of one's clusters and partnerships; who oversees the programme sees all."""
    if not permissions.can_see_staff(request.user):
        raise PermissionDenied
    wanted = request.GET.get("q", "").strip()[:80]
    found = StaffRole.objects.visible_to(request.user).filter(_about(wanted)).for_page()
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    roles_held = permissions.roles_of(request.user)
    sent = Invitation.objects.for_staff_of(request.user).for_list()[:ROWS]
    context = {
        "page": page,
        "rows": [{"role": row, "can_end": permissions.can_end_staff_role(request.user, row)} for row in page],
        "search": wanted,
        "can_invite": permissions.can_invite_staff(request.user),
        "invitations": [{"invitation": row, "moves": _moves_of(request, row)} for row in sent],
        "administrators": _administrators() if roles_held.oversees_all else [],
        "is_administrator": roles_held.is_administrator,
    }
    return render_page(request, "clusters/people_staff.html", context, fragment="staff")


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HtmxHttpRequest) -> HttpResponse:
    """Invite somebody into one of the teams to which one may."""
    if not permissions.can_invite_staff(request.user):
        raise PermissionDenied
    form = StaffInviteForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite_all(form.invitations(), actor=request.user)
        except MoveConflict as conflict:
            form.refuse(conflict.reason)
        else:
            messages.success(request, in_words(sent))
            return redirect("clusters:staff")
    return render_page(
        request, "clusters/people_staff_invite.html", {"form": form}, status=UNFIT if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end_role(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say what happens when a staff role ends, then end it."""
    visible = StaffRole.objects.visible_to(request.user).for_page()
    role = get_object_or_404(visible, pk=pk)
    if not permissions.can_end_staff_role(request.user, role):
        raise PermissionDenied
    if request.method == "POST":
        roles.end_staff_role(role, actor=request.user)
        messages.success(request, _("The role has ended: %(role)s.") % {"role": role})
        return redirect("clusters:staff") if role.user_id != request.user.pk else redirect("desk")
    others = StaffRole.objects.filter(role=role.role, cluster=role.cluster, partnership=role.partnership)
    context = {
        "person": role.user,
        "role": role,
        "is_own": role.user_id == request.user.pk,
        "others": [other.user for other in others.exclude(pk=role.pk).filter(user__is_active=True).for_page()],
    }
    return render_page(request, "clusters/people_staff_end.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def end_administration(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say what happens when an administrator's rights end, then end them."""
    if not permissions.roles_of(request.user).is_administrator:
        raise PermissionDenied
    person = get_object_or_404(_administrators(), pk=pk)
    if request.method == "POST":
        roles.end_administration(person, actor=request.user)
        messages.success(request, _("%(person)s is no longer an administrator.") % {"person": person})
        return redirect("clusters:staff") if person.pk != request.user.pk else redirect("desk")
    others = list(_administrators().exclude(pk=person.pk))
    context = {"person": person, "role": None, "is_own": person.pk == request.user.pk, "others": others}
    return render_page(request, "clusters/people_staff_end.html", context)


def _about(wanted: str) -> Q:
    if not wanted:
        return Q()
    person = Q(user__name__icontains=wanted) | Q(user__email__icontains=wanted)
    place = Q(cluster__name__icontains=wanted) | Q(cluster__short_name__icontains=wanted)
    return person | place | Q(partnership__acronym__icontains=wanted)


def _moves_of(request: HtmxHttpRequest, invitation: Invitation) -> list[Move[Invitation]]:
    return invitations.moves_of_sender(invitation) if permissions.can_invite(request.user, invitation) else []


def _administrators() -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True).order_by("name", "pk")
