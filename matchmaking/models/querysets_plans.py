"""Which plans a person may see, and their pairs and wishes."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from clusters.permissions import roles_of
from matchmaking.enums import PairOutcome, RunStatus

if TYPE_CHECKING:
    from matchmaking.models.plans import PairWish, Plan, PlannedPair  # noqa: F401 named in the bases below


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans of partnerships."""

    def visible_to(self, user: Any) -> Self:
        """Return the plans of the partnerships that one coordinates; all of them to whoever oversees the programme."""
        roles = roles_of(user)
        return self if roles.oversees_all else self.filter(partnership__in=roles.coordinates)

    def unfinished(self) -> Self:
        """Return what is still to be computed, the oldest first."""
        return self.filter(status__in=[RunStatus.WAITING, RunStatus.RUNNING]).order_by("asked_at", "pk")

    def done(self) -> Self:
        """Return the plans that are computed."""
        return self.filter(status=RunStatus.DONE)

    def to_send(self) -> Self:
        """Return the plans whose proposals are confirmed and not all sent."""
        return self.filter(confirmed_at__isnull=False, sent_at__isnull=True).order_by("confirmed_at", "pk")

    def for_list(self) -> Self:
        """Return what a list shows, the youngest first, with the names that it needs."""
        return self.select_related("partnership", "asked_by").order_by("-asked_at", "-pk")


class PlannedPairQuerySet(models.QuerySet["PlannedPair"]):
    """Pairs of plans."""

    def to_send(self) -> Self:
        """Return the pairs whose proposal is neither sent nor refused."""
        return self.filter(outcome=PairOutcome.CHOSEN)

    def named(self, text: str) -> Self:
        """Return the pairs in which the name of one of the two holds a text."""
        return self.filter(
            Q(visitor__organisation__legal_name__icontains=text) | Q(host__organisation__legal_name__icontains=text)
        )

    def also_in(self, plan: "Plan") -> Self:
        """Return the pairs that another plan has chosen too."""
        return self.filter(self._same_in(plan))

    def not_in(self, plan: "Plan") -> Self:
        """Return the pairs that another plan has not chosen."""
        return self.filter(~self._same_in(plan))

    def with_names(self) -> Self:
        """Return the pairs with the names of both sides."""
        return self.select_related("visitor__organisation", "host__organisation")

    def with_profiles(self) -> Self:
        """Return the pairs with what describes both sides, in a fixed number of queries."""
        sides = ("visitor", "host")
        rows = self.select_related("proposal", *(f"{side}__organisation__reference_cluster" for side in sides))
        names = ("technologies", "purposes", "sectors", "availabilities", "organisation__sectors")
        return rows.prefetch_related(*(f"{side}__{name}" for side in sides for name in names))

    def _same_in(self, plan: "Plan") -> Exists:
        return Exists(self.model._default_manager.filter(plan=plan, visitor=OuterRef("visitor"), host=OuterRef("host")))


class PairWishQuerySet(models.QuerySet["PairWish"]):
    """Wishes for pairs."""

    def standing_for(self, plan: "Plan") -> Self:
        """Return the wishes that hold for the next plan of the same partnership, with names."""
        rows = self.filter(partnership=plan.partnership_id)
        return rows.select_related("visitor__organisation", "host__organisation", "author").order_by(F("made_at"), "pk")
