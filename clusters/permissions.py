"""May this person do it? Pure questions about a person's roles, asked by every app."""

from dataclasses import dataclass
from typing import Any

from clusters.enums import StaffRoleName


@dataclass(frozen=True)
class Roles:
    """What a person is: the keys of organisations, clusters and partnerships, by role."""

    organisations: frozenset[int] = frozenset()
    clusters: frozenset[int] = frozenset()
    coordinates: frozenset[int] = frozenset()
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
    """Return a person's roles, read once a request (two queries) and remembered on the person."""
    if not user.is_authenticated or not user.is_active:
        return Roles()
    remembered: Roles | None = getattr(user, "_roles", None)
    if remembered is None:
        remembered = user._roles = _read_roles(user)
    return remembered


def _read_roles(user: Any) -> Roles:
    held = list(user.staff_roles.values_list("role", "cluster", "partnership"))
    return Roles(
        organisations=frozenset(user.memberships.values_list("organisation", flat=True)),
        clusters=frozenset(cluster for role, cluster, _ in held if role == StaffRoleName.REFERENCE_STAFF),
        coordinates=frozenset(place for role, _, place in held if role == StaffRoleName.COORDINATOR),
        pays_for=frozenset(place for role, _, place in held if role == StaffRoleName.FINANCE_OFFICER),
        is_programme_officer=any(role == StaffRoleName.PROGRAMME_OFFICER for role, _, _ in held),
        is_administrator=user.is_superuser,
    )
