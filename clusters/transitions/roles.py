"""Every change of who belongs to an organisation or to a team of staff happens in this file, and nowhere else.

Whoever changes the people of an organisation locks its row first and reads the own role anew behind the lock: so two
owners who leave, or remove each other, at the same moment do it one after the other, and the last one stays.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters import departures, people_notices, permissions, queries
from clusters.enums import MembershipRole
from clusters.models import Invitation, Membership, Organisation, RoleEvent, StaffRole, User
from extratex.shared.moves import MoveConflict, MoveForbidden

FORBIDDEN = _("You may not do this here.")
LAST_OWNER = _(
    "%(organisation)s would have no owner left. Make somebody else an owner first; if nobody else is there, invite a "
    "colleague as an owner."
)
LAST_ADMINISTRATOR = _("Somebody has to administer the portal: make another person an administrator first.")
NOT_THERE = _("%(organisation)s is not there any more: it was merged with another organisation, or taken back.")
GONE = _("This person does not belong to the organisation any more.")
ROLE_GONE = _("This role has been ended already.")


def locked(organisation: Organisation) -> Organisation:
    """Lock an organisation so that nobody else changes its people meanwhile; foreign keys to it stay free.

    Raises MoveConflict where it was merged with another one, or taken back.
    """
    fresh = Organisation.objects.select_for_update(of=("self",), no_key=True).filter(pk=organisation.pk).first()
    if fresh is None:
        raise MoveConflict(NOT_THERE % {"organisation": organisation}, organisation)
    return fresh


@transaction.atomic
def admit(person: User, organisation: Organisation, *, role: str, actor: User) -> Membership:
    """Let a person work for an organisation; a member who is let in as an owner becomes one, and never loses by it."""
    fresh = locked(organisation)
    membership, is_new = Membership.objects.get_or_create(user=person, organisation=fresh, defaults={"role": role})
    if is_new:
        _record("join", membership, before="", after=role, actor=actor)
    elif role == MembershipRole.OWNER and not membership.is_owner:
        _change(membership, MembershipRole.OWNER, actor=actor)
    return membership


@transaction.atomic
def change_role(membership: Membership, role: str, *, actor: User) -> Membership:
    """Make a member an owner, or an owner an editor; the last owner cannot be made an editor."""
    organisation = locked(membership.organisation)
    fresh = _still_there(membership, organisation)
    if not permissions.can_manage_people(_as_of_now(actor), organisation):
        raise MoveForbidden(str(FORBIDDEN))
    if fresh.role != role:
        if role != MembershipRole.OWNER:
            _keep_an_owner(fresh, organisation)
        event = _change(fresh, role, actor=actor)
        people_notices.tell_of_role(event)
    return fresh


@transaction.atomic
def leave(membership: Membership, *, actor: User) -> None:
    """Let somebody leave, or be removed by an owner; what was in their charge passes to an owner at the same moment."""
    organisation = locked(membership.organisation)
    fresh = _still_there(membership, organisation)
    is_own = fresh.user_id == actor.pk
    if not is_own and not permissions.can_manage_people(_as_of_now(actor), organisation):
        raise MoveForbidden(str(FORBIDDEN))
    _keep_an_owner(fresh, organisation)
    heir = queries.heir_of(organisation, fresh.user, preferred=actor)
    if heir is not None:
        departures.hand_over(organisation, fresh.user, heir)
    event = _record("leave" if is_own else "remove", fresh, before=fresh.role, after="", actor=actor)
    fresh.delete()
    people_notices.tell_of_departure(event)


def may_leave(membership: Membership) -> bool:
    """Tell whether an organisation keeps an owner when this member goes: what the button asks before it is pressed."""
    owners = Membership.objects.active_owners().filter(organisation=membership.organisation_id)
    return not membership.is_owner or not membership.user.is_active or owners.exclude(pk=membership.pk).exists()


@transaction.atomic
def give_staff_role(person: User, invitation: Invitation) -> StaffRole:
    """Give the staff role that an invitation names, once."""
    place: dict[str, Any] = {"cluster": invitation.cluster, "partnership": invitation.partnership}
    role, is_new = StaffRole.objects.get_or_create(user=person, role=invitation.role, **place)
    if is_new:
        RoleEvent.objects.create(move="join", target=role.role, person=person, actor=person, **place)
    return role


@transaction.atomic
def end_staff_role(role: StaffRole, *, actor: User) -> None:
    """End a staff role; it holds from the person's next click, for roles are read with every request."""
    fresh = StaffRole.objects.select_for_update(of=("self",)).filter(pk=role.pk).first()
    if fresh is None:
        raise MoveConflict(ROLE_GONE, role)
    if not permissions.can_end_staff_role(_as_of_now(actor), fresh):
        raise MoveForbidden(str(FORBIDDEN))
    event = RoleEvent.objects.create(
        move="end",
        source=fresh.role,
        target="",
        person=fresh.user,
        actor=actor,
        cluster=fresh.cluster,
        partnership=fresh.partnership,
    )
    fresh.delete()
    people_notices.tell_of_role(event)


@transaction.atomic
def end_administration(person: User, *, actor: User) -> User:
    """Take away the administrator's rights; the last administrator keeps them, whoever asks."""
    holders = User.objects.select_for_update(no_key=True).filter(is_superuser=True, is_active=True).order_by("pk")
    administrators = {holder.pk: holder for holder in holders}
    if actor.pk not in administrators:
        raise MoveForbidden(str(FORBIDDEN))
    fresh = administrators.get(person.pk)
    if fresh is None:
        raise MoveConflict(ROLE_GONE, person)
    if len(administrators) == 1:
        raise MoveConflict(LAST_ADMINISTRATOR, person)
    fresh.is_superuser = fresh.is_staff = False
    fresh.save(update_fields=["is_superuser", "is_staff"])
    people_notices.tell_of_role(RoleEvent.objects.create(move="end", target="", person=fresh, actor=actor))
    return fresh


def _as_of_now(actor: User) -> User:
    """Return the person without the roles that the request has read before the lock."""
    return User.objects.get(pk=actor.pk)


def _still_there(membership: Membership, organisation: Organisation) -> Membership:
    fresh = Membership.objects.select_related("user", "organisation").filter(pk=membership.pk).first()
    if fresh is None:
        raise MoveConflict(GONE, organisation)
    return fresh


def _keep_an_owner(membership: Membership, organisation: Organisation) -> None:
    if not may_leave(membership):
        raise MoveConflict(LAST_OWNER % {"organisation": organisation}, organisation)


def _change(membership: Membership, role: str, *, actor: User) -> RoleEvent:
    before = membership.role
    membership.role = role
    membership.save(update_fields=["role"])
    return _record("change", membership, before=before, after=role, actor=actor)


def _record(move: str, membership: Membership, *, before: str, after: str, actor: User) -> RoleEvent:
    return RoleEvent.objects.create(
        move=move,
        source=before,
        target=after,
        person=membership.user,
        organisation=membership.organisation,
        actor=actor,
    )
