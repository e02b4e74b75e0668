"""What a person belongs to and works for, read once a request and then remembered, for lists and permissions alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from clusters.enums import StaffRoleName


@dataclass(frozen=True)
class Reach:
    """How far a person sees: own organisations, and those of which clusters, or all; keys only.

    Keys, not subqueries: with them PostgreSQL knows how few rows are meant, and takes the index of those clusters.
    """

    organisations: frozenset[int] = frozenset()
    clusters: frozenset[int] = frozenset()
    is_everything: bool = False


def reach_of(user: Any) -> Reach:
    """Return how far a person sees (two queries, three for those of a partnership, then none)."""
    return _remembered(user, "_reach", lambda: _read_reach(user))


def staff_roles_of(user: Any) -> list[tuple[str, int | None, int | None]]:
    """Return role, cluster and partnership of every staff role that the person holds."""
    return _remembered(
        user, "_staff_roles", lambda: list(user.staff_roles.values_list("role", "cluster", "partnership"))
    )


def oversees_all(user: Any) -> bool:
    """Tell whether the person reads the whole programme."""
    return bool(user.is_superuser or StaffRoleName.PROGRAMME_OFFICER in {role for role, _, _ in staff_roles_of(user)})


def memberships_of(user: Any) -> list[tuple[int, str]]:
    """Return organisation and role of every membership."""
    return _remembered(user, "_memberships", lambda: list(user.memberships.values_list("organisation", "role")))


def _remembered[T](user: Any, name: str, read: Callable[[], T]) -> T:
    """Read once for each object of a person, which is once a request."""
    if name not in user.__dict__:
        user.__dict__[name] = read()
    found: T = user.__dict__[name]
    return found


def _read_reach(user: Any) -> Reach:
    if oversees_all(user):
        return Reach(is_everything=True)
    held = staff_roles_of(user)
    partnerships = [partnership for _, _, partnership in held if partnership is not None]
    members = apps.get_model("clusters", "PartnershipMember")._default_manager
    led = members.filter(partnership__in=partnerships).values_list("cluster", flat=True) if partnerships else []
    return Reach(
        organisations=frozenset(organisation for organisation, _ in memberships_of(user)),
        clusters=frozenset([*(cluster for _, cluster, _ in held if cluster is not None), *led]),
    )
