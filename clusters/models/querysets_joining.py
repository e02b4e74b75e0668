"""Which requests to join, invitations and staff roles a person may see."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from clusters.enums import InvitationStatus, JoinRequestStatus, MembershipRole, StaffRoleName
from clusters.models.holding import oversees_all
from extratex.shared import clock

if TYPE_CHECKING:
    from clusters.models.joining import Invitation, JoinRequest, RoleEvent  # noqa: F401 - named in strings below
    from clusters.models.people import Membership, StaffRole  # noqa: F401 - likewise


def looked_after_by(user: Any, cluster: str) -> Q:
    """Return the condition that the cluster at this path is one that the person works for or leads."""
    served = user.staff_roles.filter(role=StaffRoleName.REFERENCE_STAFF).values("cluster")
    led = user.staff_roles.filter(role=StaffRoleName.COORDINATOR).values("partnership")
    return Q(**{f"{cluster}__in": served}) | Q(**{f"{cluster}__partnership_memberships__partnership__in": led})


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who belongs to an organisation."""

    def active_owners(self) -> Self:
        """Return the owners who can still sign in."""
        return self.filter(role=MembershipRole.OWNER, user__is_active=True)

    def active_owners_of(self, path: str) -> Self:
        """Return the active owners of the organisation at a path of the outer query."""
        return self.active_owners().filter(organisation=OuterRef(path))

    def for_page(self) -> Self:
        """Return members with their person: owners first, then by name."""
        return self.select_related("user").order_by("-role", "user__name", "pk")


class StaffRoleQuerySet(models.QuerySet["StaffRole"]):
    """Who works for which cluster or partnership."""

    def visible_to(self, user: Any) -> Self:
        """Return the colleagues: of one's clusters, of one's partnerships and their clusters; overseers see all."""
        if oversees_all(user):
            return self
        own = user.staff_roles.filter(partnership__isnull=False).values("partnership")
        joined = user.staff_roles.filter(cluster__isnull=False).values("cluster__partnership_memberships__partnership")
        coordinates = Q(partnership__in=joined, role=StaffRoleName.COORDINATOR)
        seen = Q(partnership__in=own) | coordinates | looked_after_by(user, "cluster") | Q(user=user)
        return self.filter(seen).distinct()

    def for_page(self) -> Self:
        """Return roles with person and place, by place."""
        rows = self.select_related("user", "cluster", "partnership")
        return rows.order_by("partnership__acronym", "cluster__short_name", "role", "user__name", "pk")


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    """Requests to join an organisation."""

    def open(self) -> Self:
        """Return what waits for an answer."""
        return self.filter(status=JoinRequestStatus.ASKED)

    def overdue(self) -> Self:
        """Return what nobody has answered in time."""
        return self.open().filter(expires_on__lt=clock.today())

    def decided_by(self, user: Any) -> Self:
        """Return those on which the person decides: as an owner or, where there is none, for the reference cluster."""
        memberships = user.memberships
        owners = memberships.model.objects.active_owners_of("organisation")
        owned = memberships.filter(role=MembershipRole.OWNER).values("organisation")
        kept = ~Exists(owners) & looked_after_by(user, "organisation__reference_cluster")
        return self.filter(Q(organisation__in=owned) | kept).exclude(person=user).distinct()

    def visible_to(self, user: Any) -> Self:
        """Return one's own, and those on which one decides; overseers see all."""
        if oversees_all(user):
            return self
        return self.filter(Q(person=user) | Q(pk__in=self.model._default_manager.decided_by(user).values("pk")))

    def for_list(self) -> Self:
        """Return what a list shows, the longest waiting first."""
        return self.select_related("person", "organisation").order_by("status_since", "pk")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations to an organisation or to a team of staff."""

    def open(self) -> Self:
        """Return what waits for an answer."""
        return self.filter(status=InvitationStatus.SENT)

    def overdue(self) -> Self:
        """Return what was not answered in time."""
        return self.open().filter(expires_on__lt=clock.today())

    def to_address_of(self, user: Any) -> Self:
        """Return those to an address that the person has confirmed."""
        confirmed = user.emailaddress_set.filter(verified=True).annotate(lowered=Lower("email")).values("lowered")
        return self.filter(email__in=confirmed)

    def for_staff_of(self, user: Any) -> Self:
        """Return the open ones to staff roles that the person may give, or oversees."""
        for_staff = self.filter(organisation__isnull=True, status__in=[InvitationStatus.SENT, InvitationStatus.EXPIRED])
        mine = looked_after_by(user, "cluster")
        return for_staff.filter(mine | Q(cluster__isnull=True) if oversees_all(user) else mine).distinct()

    def for_list(self) -> Self:
        """Return what a list shows, the youngest first."""
        return self.select_related("organisation", "cluster", "partnership", "invited_by").order_by(
            "-status_since", "-pk"
        )


class RoleEventQuerySet(models.QuerySet["RoleEvent"]):
    """What happened to people's roles."""

    def for_timeline(self) -> Self:
        """Return events with who acted on whom, the newest first."""
        return self.select_related("person", "actor", "cluster", "partnership").order_by("-at", "-pk")
