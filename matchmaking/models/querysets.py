"""Which rows of this app a person may see."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from clusters.enums import StaffRoleName
from matchmaking.enums import CandidatureStatus, ParticipantRole, ProposalStatus, RunStatus

if TYPE_CHECKING:
    from matchmaking.models import Candidature, MatchRun, Proposal, Suggestion


def looked_after(user: Any, prefix: str = "") -> Q:
    """Return the condition that the candidature is one's own, one's cluster's or one's partnership's."""
    clusters = user.staff_roles.filter(cluster__isnull=False).values("cluster")
    partnerships = user.staff_roles.filter(partnership__isnull=False).values("partnership")
    return (
        Q(**{f"{prefix}organisation__in": user.memberships.values("organisation")})
        | Q(**{f"{prefix}organisation__reference_cluster__in": clusters})
        | Q(**{f"{prefix}partnership__in": partnerships})
    )


def oversees_all(user: Any) -> bool:
    """Tell whether the person reads the whole programme."""
    return bool(user.is_superuser or user.staff_roles.filter(role=StaffRoleName.PROGRAMME_OFFICER).exists())


class CandidatureQuerySet(models.QuerySet["Candidature"]):
    """Candidatures as different people may see them."""

    def visible_to(self, user: Any) -> Self:
        """Return one's own candidatures and those that one looks after."""
        if not user.is_authenticated:
            return self.none()
        return self if oversees_all(user) else self.filter(looked_after(user))

    def in_catalogue_for(self, user: Any) -> Self:
        """Return the validated hosts, for people whose own organisation is validated and for staff."""
        if not user.is_authenticated:
            return self.none()
        entitled = (
            user.is_superuser
            or user.staff_roles.exists()
            or user.memberships.filter(organisation__status="validated").exists()
        )
        return self.validated(ParticipantRole.HOST) if entitled else self.none()

    def validated(self, role: ParticipantRole) -> Self:
        """Return what takes part in the matching in a role."""
        return self.filter(role=role, status=CandidatureStatus.VALIDATED)

    def awaiting_validation(self) -> Self:
        """Return what lies with a reference cluster, oldest first."""
        return self.filter(status=CandidatureStatus.SUBMITTED).order_by("status_since")


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    """Runs of the matching."""

    def visible_to(self, user: Any) -> Self:
        """Return the runs to staff; they hold figures, no names."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser or user.staff_roles.exists() else self.none()

    def unfinished(self) -> Self:
        """Return what a worker still has to do."""
        return self.filter(status__in=[RunStatus.WAITING, RunStatus.RUNNING])


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Suggested hosts."""

    def visible_to(self, user: Any) -> Self:
        """Return the suggestions made to visitors that one is or looks after."""
        if not user.is_authenticated:
            return self.none()
        return self if oversees_all(user) else self.filter(looked_after(user, "visitor__"))


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals between visitors and hosts."""

    def visible_to(self, user: Any) -> Self:
        """Return the proposals in which one of the two is oneself or looked after by oneself."""
        if not user.is_authenticated:
            return self.none()
        if oversees_all(user):
            return self
        return self.filter(looked_after(user, "visitor__") | looked_after(user, "host__")).distinct()

    def open(self) -> Self:
        """Return the proposals that wait for an answer."""
        return self.filter(status=ProposalStatus.PROPOSED)
