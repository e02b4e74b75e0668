"""Which rows of this app a person may see."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from clusters.enums import StaffRoleName
from clusters.models.holding import oversees_all
from exchanges.enums import ClaimStatus

if TYPE_CHECKING:
    from exchanges.models import Claim, Evidence, Exchange, PaymentFile  # noqa: F401 named in the strings below


def concerned(user: Any, prefix: str = "") -> Q:
    """Return the condition that the person belongs to one of the two organisations or works for a side."""
    organisations = user.memberships.values("organisation")
    clusters = user.staff_roles.filter(cluster__isnull=False).values("cluster")
    partnerships = user.staff_roles.filter(partnership__isnull=False).values("partnership")
    return (
        Q(**{f"{prefix}visitor__in": organisations})
        | Q(**{f"{prefix}host__in": organisations})
        | Q(**{f"{prefix}visitor_cluster__in": clusters})
        | Q(**{f"{prefix}host_cluster__in": clusters})
        | Q(**{f"{prefix}partnership__in": partnerships})
        | Q(**{f"{prefix}host_partnership__in": partnerships})
    )


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    """Exchange files as different people may see them."""

    def visible_to(self, user: Any) -> Self:
        """Return the files in which one takes part or which one looks after."""
        if not user.is_authenticated:
            return self.none()
        return self if oversees_all(user) else self.filter(concerned(user))

    def for_list(self) -> Self:
        """Fetch at once what a line of a list shows."""
        with_names = self.select_related("visitor", "host", "partnership", "visitor_cluster", "host_cluster")
        return with_names.prefetch_related("stays")

    def with_signatures(self) -> Self:
        """Fetch at once, in a fixed number of queries, what tells the next action of each file."""
        return self.prefetch_related("agreements__document", "agreements__signatures", "approvals", "agenda")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence of the stays."""

    def visible_to(self, user: Any) -> Self:
        """Return what belongs to the files that one may see."""
        if not user.is_authenticated:
            return self.none()
        return self if oversees_all(user) else self.filter(concerned(user, "exchange__"))


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims as different people may see them: the visitor and the partnership that pays."""

    def visible_to(self, user: Any) -> Self:
        """Return one's organisation's claims, and those of the partnerships that one serves."""
        if not user.is_authenticated:
            return self.none()
        if oversees_all(user):
            return self
        return self.filter(
            Q(exchange__visitor__in=user.memberships.values("organisation"))
            | Q(exchange__visitor_cluster__in=user.staff_roles.filter(cluster__isnull=False).values("cluster"))
            | Q(exchange__partnership__in=user.staff_roles.filter(partnership__isnull=False).values("partnership"))
        )

    def payable(self) -> Self:
        """Return what the next payment file may hold, oldest first."""
        return self.filter(status=ClaimStatus.APPROVED, payment_file__isnull=True).order_by("status_since")


class PaymentFileQuerySet(models.QuerySet["PaymentFile"]):
    """Payment files: for the money roles of the partnership only."""

    def visible_to(self, user: Any) -> Self:
        """Return the files of the partnerships in which one is coordinator or finance officer."""
        if not user.is_authenticated:
            return self.none()
        if oversees_all(user):
            return self
        money = user.staff_roles.filter(role__in=[StaffRoleName.COORDINATOR, StaffRoleName.FINANCE_OFFICER])
        return self.filter(budget__partnership__in=money.values("partnership"))
