"""Which rows of this app a person may see, and dated rows by their day.

Everything that a page lists goes through `visible_to`; outside it there is nothing to be found (404).
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, Q

from clusters.enums import (
    ApplicationStatus,
    ImportStatus,
    OrganisationStatus,
    RowChoice,
    RowOutcome,
    RowState,
    StaffRoleName,
    Vocabulary,
)
from clusters.models.holding import oversees_all, reach_of
from clusters.rules import folding
from extratex.shared import clock

if TYPE_CHECKING:
    from clusters.models.imports import ImportedRow, MemberImport  # noqa: F401 - likewise
    from clusters.models.organisations import Organisation
    from clusters.models.partnerships import Cluster, PartnershipMember, ProgrammeEvent  # noqa: F401 - likewise
    from clusters.models.people import User
    from clusters.models.programme import Term  # noqa: F401 - likewise
    from clusters.models.publications import Call, CallApplication  # noqa: F401 - likewise

JOINABLE = (OrganisationStatus.SUBMITTED, OrganisationStatus.CHANGES_REQUESTED, OrganisationStatus.VALIDATED)
FEWEST_DIGITS = 4
LONGEST_NUMBER = 9


class DatedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows with `valid_from` and `valid_to`."""

    def in_force(self, on: date) -> Self:
        """Return the rows whose validity covers the day."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class PublishedQuerySet[M: models.Model](models.QuerySet[M]):
    """What is published: for everybody from its moment on, before that for those who publish it."""

    def public(self) -> Self:
        """Return what everybody may read now."""
        return self.filter(published_at__lte=clock.now())

    def published_by(self, user: Any) -> Self:
        """Return what the person may write: that of the partnerships that she coordinates, or all of it."""
        if not user.is_authenticated:
            return self.none()
        if oversees_all(user):
            return self
        led = user.staff_roles.filter(role=StaffRoleName.COORDINATOR).values("partnership")
        return self.filter(partnership__in=led)

    def visible_to(self, user: Any) -> Self:
        """Return what is public, and what the person publishes."""
        public = Q(published_at__lte=clock.now())
        if not user.is_authenticated:
            return self.filter(public)
        return self.filter(public | Q(pk__in=self.published_by(user).values("pk")))


class CallQuerySet(PublishedQuerySet["Call"]):
    """Calls for experts."""

    def to_be_judged(self) -> Self:
        """Return the closed calls whose committee does not know yet that it can begin."""
        return self.public().filter(closes_at__lt=clock.now().replace(microsecond=0), committee_told_at__isnull=True)


class CallApplicationQuerySet(models.QuerySet["CallApplication"]):
    """Applications to calls."""

    def visible_to(self, user: Any) -> Self:
        """Return one's own, and to a committee those that were handed in, once the call is closed."""
        if not user.is_authenticated:
            return self.none()
        judged = Q(
            status=ApplicationStatus.SUBMITTED,
            call__closes_at__lt=clock.now().replace(microsecond=0),
            call__in=user.calls_to_judge.values("pk"),
        )
        return self.filter(Q(applicant=user) | judged)

    def handed_in(self) -> Self:
        """Return what was handed in and not taken back."""
        return self.filter(status=ApplicationStatus.SUBMITTED)


class TermQuerySet(models.QuerySet["Term"]):
    """The words of the vocabularies."""

    def of(self, vocabulary: Vocabulary) -> Self:
        """Return the words of one vocabulary in alphabetical order."""
        return self.filter(vocabulary=vocabulary).order_by("name")


class ClusterQuerySet(models.QuerySet["Cluster"]):
    """Cluster organisations; their profiles are public."""

    def served_by(self, user: Any) -> Self:
        """Return the clusters as whose staff the person acts."""
        return self.filter(staff__user=user, staff__role=StaffRoleName.REFERENCE_STAFF)


class PartnershipMemberQuerySet(models.QuerySet["PartnershipMember"]):
    """Clusters in their partnerships; public."""

    def coordinated_by(self, user: Any) -> Self:
        """Return the members of the partnerships that the person coordinates."""
        return self.filter(partnership__staff__user=user, partnership__staff__role=StaffRoleName.COORDINATOR)


class ProgrammeEventQuerySet(models.QuerySet["ProgrammeEvent"]):
    """What partnerships publish with a date; public."""

    def to_come(self, today: date) -> Self:
        """Return what is not over yet, the next first, what has no date at the end."""
        coming = Q(ends_on__gte=today) | Q(ends_on__isnull=True, starts_on__gte=today) | Q(starts_on__isnull=True)
        return self.filter(coming).order_by(F("starts_on").asc(nulls_last=True), "title")

    def over(self, today: date) -> Self:
        """Return what is over, the last first."""
        past = Q(ends_on__lt=today) | Q(ends_on__isnull=True, starts_on__lt=today)
        return self.filter(past).order_by("-starts_on", "title")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations as different people may see them, and as they are found by their names.

    What a name is found by follows from it in Python: a statement that changes names past the model is refused.
    """

    def bulk_create(self, objs: Iterable["Organisation"], *args: Any, **kwargs: Any) -> list["Organisation"]:
        """Create many, each with what its name is found by."""
        rows = list(objs)
        for row in rows:
            row.derive()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable["Organisation"], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        """Change many, and what their names are found by along with the names."""
        rows, names = list(objs), set(fields)
        if names & self.model.DERIVED_FROM:
            names |= self.model.DERIVED
            for row in rows:
                row.derive()
        return super().bulk_update(rows, sorted(names), *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Change columns at once, but none that a name is found by: save the organisations for that."""
        if kwargs.keys() & self.model.DERIVED_FROM and not kwargs.keys() >= self.model.DERIVED:
            raise TypeError("What an organisation is found by follows from its name: save it, or use bulk_update.")
        return super().update(**kwargs)

    def of_member(self, user: "User") -> Self:
        """Return the organisations that the person belongs to."""
        return self.filter(memberships__user=user)

    def visible_to(self, user: Any) -> Self:
        """Return what the person belongs to, looks after, coordinates, or oversees for the programme."""
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        if reach.is_everything:
            return self
        seen = Q(reference_cluster__in=sorted(reach.clusters)) & ~Q(status=OrganisationStatus.DRAFT)
        if reach.organisations:
            seen |= Q(pk__in=sorted(reach.organisations))
        return self.filter(seen)

    def matching(self, text: str) -> Self:
        """Return what has each word of the text in its name or town, or the text as its number, VAT number or PIC."""
        words = folding.words_of(text)
        if not words:
            return self.none() if text.strip() else self
        grams = sorted({gram for word in words for gram in folding.begun_grams(word)})
        found = Q(name_grams__contains=grams)
        number = "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())
        if sum(letter.isdigit() for letter in number) >= FEWEST_DIGITS:
            found |= Q(vat__startswith=number) & ~Q(vat="") | Q(pic__startswith=number) & ~Q(pic="")
        if (key := number.removeprefix("ORG")).isdigit() and len(key) <= LONGEST_NUMBER:
            found |= Q(pk=int(key))
        return self.filter(found)

    def open_to_joining(self) -> Self:
        """Return those that people may ask to join: sent ones and, where nobody owns them, also drafts."""
        memberships: Any = self.model._meta.get_field("memberships").related_model
        owners = memberships.objects.active_owners_of("pk")
        return self.filter(Q(status__in=JOINABLE) | Q(status=OrganisationStatus.DRAFT) & ~Exists(owners))

    def for_list(self) -> Self:
        """Return what a list shows and no more, the longest unchanged last."""
        shown = ("legal_name", "type", "town", "country", "status", "status_since", "reference_cluster__short_name")
        return self.select_related("reference_cluster").only(*shown).order_by("-status_since", "-pk")

    def awaiting_validation(self) -> Self:
        """Return what lies with a reference cluster, oldest first."""
        return self.filter(status=OrganisationStatus.SUBMITTED).order_by("status_since")


class MemberImportQuerySet(models.QuerySet["MemberImport"]):
    """Imports of members as different people may see them."""

    def visible_to(self, user: Any) -> Self:
        """Return the imports of the clusters that the person works for, coordinates, or oversees for the programme."""
        if not user.is_authenticated:
            return self.none()
        if oversees_all(user):
            return self
        served = Q(cluster__in=user.staff_roles.filter(cluster__isnull=False).values("cluster"))
        led = user.staff_roles.filter(role=StaffRoleName.COORDINATOR).values("partnership")
        return self.filter(served | Q(cluster__partnership_memberships__partnership__in=led)).distinct()

    def for_list(self) -> Self:
        """Return what a list shows, the youngest first, with the names that it needs."""
        return self.select_related("cluster", "by", "document").order_by("-created_at", "-pk")

    def unfinished(self) -> Self:
        """Return what a worker still has to do, the oldest first."""
        working = [ImportStatus.CHECKING, ImportStatus.APPLYING, ImportStatus.INVITING, ImportStatus.UNDOING]
        return self.filter(status__in=working).order_by("status_since", "pk")


class ImportedRowQuerySet(models.QuerySet["ImportedRow"]):
    """Rows of imports, by what is still to be done with them."""

    def unchecked(self) -> Self:
        """Return what has not been checked yet."""
        return self.filter(state=RowState.WAITING)

    def to_apply(self) -> Self:
        """Return what shall be brought in and has not been yet."""
        sound = self.filter(state__in=[RowState.FINE, RowState.DUPLICATE], outcome=RowOutcome.NONE)
        return sound.exclude(choice=RowChoice.LEAVE)

    def with_contact(self) -> Self:
        """Return what stands in the portal now and names a contact who has not been invited."""
        brought_in = self.filter(outcome__in=[RowOutcome.CREATED, RowOutcome.FILLED, RowOutcome.UNCHANGED])
        return brought_in.filter(cells__has_key="contact_email", invitation__isnull=True)

    def to_invite(self) -> Self:
        """Return what names a contact to be invited, and has not said yet why that is not possible."""
        return self.with_contact().filter(invitation_note="")

    def to_undo(self) -> Self:
        """Return what was brought in and is still there."""
        return self.filter(outcome__in=[RowOutcome.CREATED, RowOutcome.FILLED])
