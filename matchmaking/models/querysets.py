"""Which rows of this app a person may see."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q

from clusters.enums import OrganisationStatus
from clusters.models.holding import oversees_all
from extratex.shared import clock
from matchmaking.enums import CandidatureStatus, ParticipantRole, ProposalStatus, RunStatus

if TYPE_CHECKING:
    from matchmaking.models import (  # noqa: F401 named in the bases below
        Candidature,
        MatchRun,
        MatchShard,
        Proposal,
        Suggestion,
    )


def own(user: Any, prefix: str = "") -> Q:
    """Return the condition that the candidature is one's own organisation's."""
    return Q(**{f"{prefix}organisation__in": user.memberships.values("organisation")})


def looked_after(user: Any, prefix: str = "") -> Q:
    """Return the condition that one's cluster or partnership looks after the candidature; a draft is nobody's yet."""
    clusters = user.staff_roles.filter(cluster__isnull=False).values("cluster")
    partnerships = user.staff_roles.filter(partnership__isnull=False).values("partnership")
    served = Q(**{f"{prefix}organisation__reference_cluster__in": clusters})
    led = Q(**{f"{prefix}partnership__in": partnerships})
    return (served | led) & ~Q(**{f"{prefix}status": CandidatureStatus.DRAFT})


def may_open_catalogue(user: Any, role: ParticipantRole) -> bool:
    """Tell whether the person reads the catalogue of a role.

    Hosts show themselves to whose organisation or candidature is validated, visitors to validated hosts; staff read
    both.
    """
    if not user.is_authenticated:
        return False
    if user.is_superuser or user.staff_roles.exists():
        return True
    if role == ParticipantRole.HOST:
        known = Q(organisation__status=OrganisationStatus.VALIDATED)
        taking_part = Q(organisation__candidatures__status=CandidatureStatus.VALIDATED)
        return bool(user.memberships.filter(known | taking_part).exists())
    hosting = {"role": ParticipantRole.HOST, "status": CandidatureStatus.VALIDATED}
    own = user.memberships.filter(**{f"organisation__candidatures__{name}": value for name, value in hosting.items()})
    return bool(own.exists())


class CandidatureQuerySet(models.QuerySet["Candidature"]):
    """Candidatures as different people may see them."""

    def of_member(self, user: Any) -> Self:
        """Return the candidatures of the organisations that the person belongs to."""
        return self.filter(own(user))

    def visible_to(self, user: Any) -> Self:
        """Return one's own candidatures and those that one looks after."""
        if not user.is_authenticated:
            return self.none()
        return self if oversees_all(user) else self.filter(own(user) | looked_after(user))

    def in_catalogue_for(self, user: Any, role: ParticipantRole = ParticipantRole.HOST) -> Self:
        """Return whom the catalogue of a role shows to the person: validated ones, of those who see each other."""
        return self.validated(role) if may_open_catalogue(user, role) else self.none()

    def validated(self, role: ParticipantRole) -> Self:
        """Return what takes part in the matching in a role."""
        return self.filter(role=role, status=CandidatureStatus.VALIDATED)

    def awaiting_validation(self) -> Self:
        """Return what lies with a reference cluster, oldest first."""
        return self.filter(status=CandidatureStatus.SUBMITTED).order_by("status_since")

    def for_list(self) -> Self:
        """Return what a list shows, the longest unchanged last, with the names that it needs."""
        return self.select_related("organisation", "partnership").order_by("-status_since", "-pk")

    def for_catalogue(self) -> Self:
        """Return what the catalogue shows of a candidature, in four queries, by name."""
        rows = self.select_related("organisation", "entry")
        rows = rows.prefetch_related("technologies", "availabilities", "organisation__sectors")
        return rows.order_by("entry__name", "pk")

    def with_profile(self) -> Self:
        """Return the candidatures with what describes them: organisation, terms and availability, in six queries."""
        return self.select_related(
            "organisation__reference_cluster", "partnership", "wave", "contact"
        ).prefetch_related("purposes", "technologies", "sectors", "availabilities", "organisation__sectors")


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    """Runs of the matching."""

    def visible_to(self, user: Any) -> Self:
        """Return the runs to staff; they hold figures, no names."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser or user.staff_roles.exists() else self.none()

    def unfinished(self) -> Self:
        """Return what a worker still has to do, the oldest first."""
        return self.filter(status__in=[RunStatus.WAITING, RunStatus.RUNNING]).order_by("asked_at", "pk")


class MatchShardQuerySet(models.QuerySet["MatchShard"]):
    """Shards of runs."""

    def undone(self) -> Self:
        """Return what is still to be ranked."""
        return self.filter(done_at__isnull=True)


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Suggested hosts."""

    def visible_to(self, user: Any) -> Self:
        """Return the lists of whom one is or looks after."""
        if not user.is_authenticated:
            return self.none()
        if oversees_all(user):
            return self
        sides = (own(user, side) | looked_after(user, side) for side in ("visitor__", "host__"))
        return self.filter(Q(side=ParticipantRole.VISITOR) & next(sides) | Q(side=ParticipantRole.HOST) & next(sides))

    def list_of(self, candidature: "Candidature") -> Self:
        """Return the list of one candidature, the best first."""
        return self.filter(**{"side": candidature.role, candidature.role: candidature}).order_by("rank")

    def in_force(self) -> Self:
        """Return the suggestions whose two sides still take part."""
        return self.filter(visitor__status=CandidatureStatus.VALIDATED, host__status=CandidatureStatus.VALIDATED)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals between visitors and hosts."""

    def visible_to(self, user: Any) -> Self:
        """Return the proposals in which one of the two is oneself or looked after by oneself."""
        if not user.is_authenticated:
            return self.none()
        if oversees_all(user):
            return self
        sides = (own(user, side) | looked_after(user, side) for side in ("visitor__", "host__"))
        return self.filter(next(sides) | next(sides))

    def open(self) -> Self:
        """Return the proposals that wait for an answer."""
        return self.filter(status=ProposalStatus.PROPOSED)

    def live(self) -> Self:
        """Return the proposals that wait for an answer or have led to an exchange."""
        return self.filter(status__in=[ProposalStatus.PROPOSED, ProposalStatus.ACCEPTED])

    def overdue(self) -> Self:
        """Return the open proposals whose last day is over."""
        return self.open().filter(expires_on__lt=clock.today())

    def answered_by_members(self, user: Any) -> Self:
        """Return the proposals whose last offer is answered by one's own organisation."""
        return self.filter(turn_of(user, ParticipantRole.VISITOR) | turn_of(user, ParticipantRole.HOST))

    def to_recall(self, on: date) -> Self:
        """Return the open proposals whose last day is not after that day, which nobody has been reminded of."""
        asked_today = Q(offered_at__gte=clock.now() - timedelta(days=1))
        reminded = Q(reminded_of__isnull=False, reminded_of=F("expires_on"))
        return self.open().filter(expires_on__gte=clock.today(), expires_on__lte=on).exclude(asked_today | reminded)

    def for_list(self) -> Self:
        """Return what a list shows, the youngest first, with the names that it needs."""
        return self.select_related("visitor__organisation", "host__organisation", "author").order_by(
            "-created_at", "-pk"
        )


def turn_of(user: Any, side: ParticipantRole) -> Q:
    """Return the condition that it is the turn of one's own organisation, on that side of the proposal."""
    return Q(turn=side) & own(user, f"{side}__")
