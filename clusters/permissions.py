"""May this person do it? Pure questions about a person's roles, asked by every app."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clusters import queries
from clusters.enums import MembershipRole, StaffRoleName
from clusters.models import (
    CallApplication,
    Cluster,
    Invitation,
    JoinRequest,
    MemberImport,
    Organisation,
    Partnership,
    StaffRole,
)
from clusters.models.holding import memberships_of, staff_roles_of
from clusters.models.people import SYSTEM_ADDRESS


@dataclass(frozen=True)
class Roles:
    """What a person is: the keys of organisations, clusters and partnerships, by role.

    `owns` are those of the organisations whose owner the person is; `led_clusters` are the clusters of the
    partnerships that the person coordinates.
    """

    organisations: frozenset[int] = frozenset()
    owns: frozenset[int] = frozenset()
    clusters: frozenset[int] = frozenset()
    coordinates: frozenset[int] = frozenset()
    led_clusters: frozenset[int] = frozenset()
    pays_for: frozenset[int] = frozenset()
    is_programme_officer: bool = False
    is_administrator: bool = False

    @property
    def is_staff(self) -> bool:
        """Tell whether the person works for a cluster, a partnership or the programme."""
        return bool(
            self.clusters or self.coordinates or self.pays_for or self.is_programme_officer or self.is_administrator
        )

    @property
    def oversees_all(self) -> bool:
        """Tell whether the person reads the whole programme."""
        return self.is_programme_officer or self.is_administrator


def roles_of(user: Any) -> Roles:
    """Return a person's roles, read once a request (two queries, three for a coordinator) and then remembered."""
    if not user.is_authenticated or not user.is_active:
        return Roles()
    remembered: Roles | None = getattr(user, "_roles", None)
    if remembered is None:
        remembered = user._roles = _read_roles(user)
    return remembered


def _read_roles(user: Any) -> Roles:
    memberships = memberships_of(user)
    held = staff_roles_of(user)
    coordinates = _places(place for role, _, place in held if role == StaffRoleName.COORDINATOR)
    return Roles(
        organisations=frozenset(organisation for organisation, _ in memberships),
        owns=frozenset(organisation for organisation, role in memberships if role == MembershipRole.OWNER),
        clusters=_places(cluster for role, cluster, _ in held if role == StaffRoleName.REFERENCE_STAFF),
        coordinates=coordinates,
        led_clusters=queries.led_clusters(coordinates) if coordinates else frozenset(),
        pays_for=_places(place for role, _, place in held if role == StaffRoleName.FINANCE_OFFICER),
        is_programme_officer=any(role == StaffRoleName.PROGRAMME_OFFICER for role, _, _ in held),
        is_administrator=user.is_superuser,
    )


def _places(keys: Iterable[int | None]) -> frozenset[int]:
    return frozenset(key for key in keys if key is not None)


def is_member(user: Any, organisation: Organisation) -> bool:
    """Tell whether the person belongs to the organisation."""
    return organisation.pk in roles_of(user).organisations


def is_owner(user: Any, organisation: Organisation) -> bool:
    """Tell whether the person is an owner of the organisation."""
    return organisation.pk in roles_of(user).owns


def looks_after(user: Any, organisation: Organisation) -> bool:
    """Tell whether the person works for the reference cluster or coordinates its partnership; never one's own."""
    roles = roles_of(user)
    cluster = organisation.reference_cluster_id
    return (cluster in roles.clusters or cluster in roles.led_clusters) and not is_member(user, organisation)


def can_edit(user: Any, organisation: Organisation) -> bool:
    """Its members write a registration; whether its status still lets them is the matter of `is_editable`."""
    return is_member(user, organisation)


def can_submit(user: Any, organisation: Organisation) -> bool:
    """Its members hand a registration in."""
    return is_member(user, organisation)


def can_validate(user: Any, organisation: Organisation) -> bool:
    """Staff of the reference cluster or a coordinator of its partnership; nobody validates the own organisation."""
    return looks_after(user, organisation)


def can_reassign(user: Any, organisation: Organisation) -> bool:
    """Whoever may validate a registration may pass it on to a cluster that knows more of it."""
    return can_validate(user, organisation)


def can_validate_some(user: Any) -> bool:
    """Staff of clusters and coordinators have registrations to validate."""
    roles = roles_of(user)
    return bool(roles.clusters or roles.led_clusters)


def can_list_organisations(user: Any) -> bool:
    """The list of organisations is for staff; what stands in it is another matter."""
    return roles_of(user).is_staff


def can_edit_facts(user: Any) -> bool:
    """The programme's dated facts are entered by its officers and administrators."""
    return roles_of(user).oversees_all


def can_import(user: Any) -> bool:
    """Staff of a cluster bring its members in."""
    return bool(roles_of(user).clusters)


def can_list_imports(user: Any) -> bool:
    """Staff of clusters, their coordinators, and whoever oversees the programme look at imports."""
    roles = roles_of(user)
    return bool(roles.clusters or roles.led_clusters or roles.oversees_all)


def can_decide_import(user: Any, member_import: MemberImport) -> bool:
    """Staff of the cluster decide what becomes of its imports."""
    return member_import.cluster_id in roles_of(user).clusters


def can_work_on_import(user: Any, member_import: MemberImport) -> bool:  # noqa: ARG001 the signature of every permission
    """What a worker finishes happens under the portal's own name."""
    return bool(user.email == SYSTEM_ADDRESS)


def can_merge(user: Any, organisation: Organisation) -> bool:
    """Whoever looks after an organisation, or oversees the programme, may merge it; nobody merges the own one."""
    if is_member(user, organisation):
        return False
    return roles_of(user).oversees_all or can_validate(user, organisation)


def can_edit_cluster(user: Any, cluster: Cluster) -> bool:
    """Its own staff and the coordinators of its partnerships keep the page of a cluster."""
    roles = roles_of(user)
    return cluster.pk in roles.clusters or cluster.pk in roles.led_clusters


def can_edit_partnership(user: Any, partnership: Partnership) -> bool:
    """Its coordinators keep the page of a partnership, and publish its missions and events."""
    return partnership.pk in roles_of(user).coordinates


def can_manage_people(user: Any, organisation: Organisation) -> bool:
    """Its owners say who belongs to an organisation; where no owner can sign in, whoever looks after it does."""
    if is_owner(user, organisation):
        return True
    return looks_after(user, organisation) and not queries.has_active_owner(organisation)


def can_decide_joining(user: Any, join_request: JoinRequest) -> bool:
    """Whoever manages the people of an organisation answers; nobody answers the own request."""
    return join_request.person_id != user.pk and can_manage_people(user, join_request.organisation)


def can_withdraw_joining(user: Any, join_request: JoinRequest) -> bool:
    """Only who has asked takes the request back."""
    return bool(join_request.person_id == user.pk)


def can_give_staff_role(user: Any, role: str, place: int | None) -> bool:
    """Tell who may invite into a staff role of a cluster or partnership (its key), and end it.

    A cluster's staff choose their colleagues, and so does the coordinator of its partnership. A partnership's
    coordinator and finance officer are named by the programme: were a coordinator to name the finance officer, who
    approves a claim could also choose who pays it, and one person could hold both ends of the money. For the same
    reason programme officers, who read all but decide little, are named by administrators only.
    """
    roles = roles_of(user)
    if role == StaffRoleName.REFERENCE_STAFF:
        return place in roles.clusters or place in roles.led_clusters
    if role in {StaffRoleName.COORDINATOR, StaffRoleName.FINANCE_OFFICER}:
        return roles.oversees_all
    return roles.is_administrator


def can_invite(user: Any, invitation: Invitation) -> bool:
    """Whoever manages the people of the organisation, or may give the staff role, sends and withdraws invitations."""
    if invitation.organisation is not None:
        return can_manage_people(user, invitation.organisation)
    return can_give_staff_role(user, invitation.role, invitation.cluster_id or invitation.partnership_id)


def can_answer_invitation(user: Any, invitation: Invitation) -> bool:
    """Only who has confirmed the invited address answers, not who just holds the link, and nobody invites oneself."""
    return user.is_active and user.pk != invitation.invited_by_id and queries.has_confirmed(user, invitation.email)


def can_end_staff_role(user: Any, role: StaffRole) -> bool:
    """Whoever may give a staff role ends it, an administrator ends every one, and each may lay down the own."""
    mine = role.user_id == user.pk or roles_of(user).is_administrator
    return mine or can_give_staff_role(user, role.role, role.cluster_id or role.partnership_id)


def can_see_staff(user: Any) -> bool:
    """The page of staff is for staff; who stands on it is another matter."""
    return roles_of(user).is_staff


def can_invite_staff(user: Any) -> bool:
    """Staff of a cluster, coordinators and those who oversee the programme invite others."""
    roles = roles_of(user)
    return bool(roles.clusters or roles.led_clusters or roles.oversees_all)


def can_run_deadlines(user: Any, row: Invitation | JoinRequest) -> bool:  # noqa: ARG001 the signature of every permission
    """What nobody answers expires under the portal's own name."""
    return bool(user.email == SYSTEM_ADDRESS)


def can_publish(user: Any) -> bool:
    """Coordinators publish for their partnerships, programme officers for the programme as a whole."""
    roles = roles_of(user)
    return bool(roles.coordinates) or roles.oversees_all


def can_publish_for(user: Any, partnership: Partnership | None) -> bool:
    """Coordinators publish for their own partnerships only."""
    roles = roles_of(user)
    return roles.oversees_all or (partnership is not None and partnership.pk in roles.coordinates)


def can_write_application(user: Any, application: CallApplication) -> bool:
    """An application is the applicant's alone."""
    return bool(application.applicant_id == user.pk)
