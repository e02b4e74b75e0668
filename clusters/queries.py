"""What this app reads for others: the wave that is open, dated numbers, and who does what for whom."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from allauth.account.models import EmailAddress
from django.db.models import Exists, F, Min, OuterRef, Prefetch, Q, QuerySet

from clusters.enums import InvitationStatus, OrganisationStatus, RuleName, StaffRoleName
from clusters.models import (
    Cluster,
    EligibilityRule,
    EligibleCountry,
    Invitation,
    InvitationEvent,
    JoinRequest,
    LumpSumRate,
    Membership,
    Organisation,
    OrganisationEvent,
    OrganisationMerge,
    Partnership,
    PartnershipMember,
    RoleEvent,
    RuleSetting,
    StaffRole,
    User,
    Wave,
)
from extratex.shared import clock


class RuleMissing(LookupError):
    """No value of this rule is in force on that day: an administrator has to enter one."""


def open_wave(on: date | None = None) -> Wave | None:
    """Return the youngest wave that accepts candidatures on a day (today), or None.

    A wave that names no last day accepts as long as lump sums are in force.
    """
    day = on or clock.today()
    rates = LumpSumRate.objects.in_force(day)
    accepting = Q(accepts_until__gte=day) | Q(accepts_until__isnull=True) & Exists(rates)
    return Wave.objects.filter(accepting, starts_on__lte=day).order_by("-starts_on").first()


def wave_to_show() -> Wave | None:
    """Return the wave that is open or, when none is, the youngest one: its funding statement stands on every page."""
    return open_wave() or Wave.objects.order_by("-starts_on").first()


def partnership_of(cluster: Cluster, on: date | None = None) -> Partnership | None:
    """Return the partnership in which a cluster takes part in the wave that is open on a day (today), or None."""
    wave = open_wave(on)
    return Partnership.objects.filter(wave=wave, members__cluster=cluster).order_by("acronym").first() if wave else None


def clusters_to_choose() -> QuerySet[Cluster]:
    """Return the clusters of the open wave's partnerships, each of which can be a reference cluster."""
    members = PartnershipMember.objects.filter(partnership__wave=open_wave(), cluster=OuterRef("pk"))
    return Cluster.objects.filter(Exists(members)).order_by("country", "name")


def eligible_countries(on: date | None = None) -> list[str]:
    """Return the codes of the countries that take part on a day (today)."""
    rows = EligibleCountry.objects.in_force(on or clock.today())
    return list(rows.order_by("country").values_list("country", flat=True).distinct())


def countries_ever() -> list[str]:
    """Return the codes of the countries that take part, have taken part or will."""
    return sorted(set(EligibleCountry.objects.values_list("country", flat=True)))


def is_in_the_union(country: str) -> bool:
    """Tell whether a country is a member of the European Union today, as far as the programme knows it."""
    return EligibleCountry.objects.in_force(clock.today()).filter(country=country, eu_member=True).exists()


def nuts_prefix_of(country: str) -> str:
    """Return under which two letters NUTS has a country's regions: EL for Greece, nothing for an unknown country."""
    prefixes = EligibleCountry.objects.in_force(clock.today()).filter(country=country)
    return prefixes.values_list("nuts_prefix", flat=True).first() or ""


def rules_on(on: date | None = None) -> dict[str, Decimal]:
    """Return all numbers of the rules in force on a day (today), by name; the younger one where two overlap."""
    rows = RuleSetting.objects.in_force(on or clock.today()).order_by("valid_from")
    return {row.name: row.value for row in rows}


def rule_value(name: RuleName, on: date | None = None) -> Decimal:
    """Return one number of the rules in force on a day (today); raises RuleMissing."""
    row = RuleSetting.objects.in_force(on or clock.today()).filter(name=name).order_by("-valid_from").first()
    if row is None:
        raise RuleMissing(f"No value of {name} is in force.")
    return row.value


def days(name: RuleName, on: date | None = None) -> int:
    """Return a number of days of the rules in force on a day (today); 0 where none is."""
    try:
        return int(rule_value(name, on))
    except RuleMissing:
        return 0


def staff_of(cluster: Cluster) -> QuerySet[User]:
    """Return the people who work for a cluster."""
    return _staff(StaffRoleName.REFERENCE_STAFF, cluster=cluster)


def coordinators_of(partnership: Partnership) -> QuerySet[User]:
    """Return the people who coordinate a partnership."""
    return _staff(StaffRoleName.COORDINATOR, partnership=partnership)


def finance_officers_of(partnership: Partnership) -> QuerySet[User]:
    """Return the people who pay for a partnership."""
    return _staff(StaffRoleName.FINANCE_OFFICER, partnership=partnership)


def programme_officers() -> QuerySet[User]:
    """Return the people who oversee the whole programme."""
    return _staff(StaffRoleName.PROGRAMME_OFFICER)


def members_of(organisation: Organisation) -> QuerySet[User]:
    """Return the people who belong to an organisation."""
    return User.objects.filter(memberships__organisation=organisation, is_active=True).order_by("pk")


def owners_of(organisation: Organisation) -> QuerySet[User]:
    """Return the people who decide who belongs to an organisation."""
    owners = Membership.objects.active_owners().filter(organisation=organisation)
    return User.objects.filter(pk__in=owners.values("user")).order_by("pk")


def has_active_owner(organisation: Organisation) -> bool:
    """Tell whether anybody who can sign in owns the organisation; imported ones have nobody at first."""
    return owners_of(organisation).exists()


def deciders_on_people_of(organisation: Organisation) -> QuerySet[User]:
    """Return who is told of requests to join: owners, else the reference cluster's staff, else its coordinators."""
    cluster = organisation.reference_cluster
    leading = StaffRole.objects.filter(
        role=StaffRoleName.COORDINATOR, partnership__members__cluster=cluster, user__is_active=True
    )
    coordinators = User.objects.filter(pk__in=leading.values("user")).order_by("pk")
    told = (owners_of(organisation), staff_of(cluster), coordinators)
    return next((people for people in told if people.exists()), coordinators)


def heir_of(organisation: Organisation, leaving: User, *, preferred: User | None = None) -> User | None:
    """Return who takes over from somebody who leaves: the preferred owner, else the eldest owner, else a colleague."""
    others = members_of(organisation).exclude(pk=leaving.pk)
    owners = owners_of(organisation).exclude(pk=leaving.pk)
    chosen = owners.filter(pk=preferred.pk).first() if preferred else None
    return chosen or owners.first() or others.first()


def has_confirmed(user: User, email: str) -> bool:
    """Tell whether the person has confirmed that an address is theirs."""
    confirmed: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=user, verified=True)
    return bool(confirmed.filter(email__iexact=email).exists())


def has_role(invitation: Invitation) -> bool:
    """Tell whether whoever signs in with the invited address has a role in its place already."""
    if invitation.organisation is not None:
        return Membership.objects.filter(
            user__email__iexact=invitation.email, organisation=invitation.organisation
        ).exists()
    return StaffRole.objects.filter(
        user__email__iexact=invitation.email,
        role=invitation.role,
        cluster=invitation.cluster,
        partnership=invitation.partnership,
    ).exists()


def invitations_sent_lately(*, by: User, of_imports: bool = False) -> int:
    """Return how many mails of invitations somebody has caused in the last 24 hours, one by one or by imports."""
    since = clock.now() - timedelta(days=1)
    sent = InvitationEvent.objects.filter(actor=by, move__in=["begin", "resend"], at__gte=since)
    return (sent.filter if of_imports else sent.exclude)(facts__has_key="import").count()


def invitations_got_lately(email: str) -> int:
    """Return how many mails of invitations an address was sent in the last 24 hours, by whomever."""
    since = clock.now() - timedelta(days=1)
    sent = InvitationEvent.objects.filter(move__in=["begin", "resend"], at__gte=since)
    return sent.filter(subject__email=email.lower()).count()


def requests_made_lately(person: User) -> int:
    """Return how many requests to join somebody has made in the last 24 hours, whatever became of them."""
    return JoinRequest.objects.filter(person=person, created_at__gte=clock.now() - timedelta(days=1)).count()


def open_invitations_to(organisation: Organisation) -> QuerySet[Invitation]:
    """Return the invitations of an organisation that are not accepted, the youngest first."""
    unanswered = [InvitationStatus.SENT, InvitationStatus.EXPIRED, InvitationStatus.DECLINED]
    return Invitation.objects.filter(organisation=organisation, status__in=unanswered).for_list()


def role_events_of(organisation: Organisation) -> QuerySet[RoleEvent]:
    """Return what happened to the people of an organisation, the newest first."""
    return RoleEvent.objects.filter(organisation=organisation).for_timeline()


def led_clusters(partnerships: Iterable[int]) -> frozenset[int]:
    """Return the keys of the clusters that take part in any of the partnerships."""
    rows = PartnershipMember.objects.filter(partnership__in=partnerships)
    return frozenset(rows.values_list("cluster", flat=True))


def merges_into(organisation: Organisation) -> QuerySet[OrganisationMerge]:
    """Return which records have become part of an organisation, directly or by way of another one, the newest first."""
    rows = OrganisationMerge.objects.filter(merged__merged_into=organisation)
    return rows.select_related("merged", "by").order_by("-at", "-pk")


def history_of(organisation: Organisation) -> QuerySet[OrganisationEvent]:
    """Return what happened to a registration, the newest first."""
    return OrganisationEvent.objects.filter(subject=organisation).select_related("actor").order_by("-at", "-pk")


def first_submissions(organisations: Iterable[int]) -> dict[int, datetime]:
    """Return when each of these registrations was handed in for the first time, in one query."""
    rows = OrganisationEvent.objects.filter(subject__in=list(organisations), move="submit").order_by()
    return dict(rows.values("subject").annotate(first=Min("at")).values_list("subject", "first"))


def remarks_on(organisation: Organisation) -> dict[str, str]:
    """Return what its reference cluster asks to be changed, by field; nothing unless the registration lies back."""
    if organisation.status != OrganisationStatus.CHANGES_REQUESTED:
        return {}
    asked = history_of(organisation).filter(move="send_back").values_list("facts", flat=True).first()
    remarks: dict[str, str] = (asked or {}).get("remarks", {})
    return remarks


def waves_with_partners() -> QuerySet[Wave]:
    """Return all waves, the first one first, with partnerships and clusters, in three queries."""
    members = PartnershipMember.objects.select_related("cluster").order_by("-coordinates", "cluster__name")
    partnerships = Partnership.objects.prefetch_related(Prefetch("members", members))
    return Wave.objects.prefetch_related(Prefetch("partnerships", partnerships))


def members_of_partnership(partnership: Partnership) -> QuerySet[PartnershipMember]:
    """Return the clusters of a partnership with what they do, the coordinating one first."""
    rows = PartnershipMember.objects.filter(partnership=partnership).select_related("cluster")
    return rows.prefetch_related("cluster__sectors", "cluster__technologies").order_by("-coordinates", "cluster__name")


def eligibility_in_force(on: date | None = None) -> QuerySet[EligibilityRule]:
    """Return the eligibility table of the open wave on a day (today)."""
    day = on or clock.today()
    return EligibilityRule.objects.in_force(day).filter(wave=open_wave(day)).order_by("role", "organisation_type")


def eligibility_by_wave(on: date | None = None) -> list[tuple[Wave, list[EligibilityRule]]]:
    """Return the eligibility tables in force on a day (today), the youngest wave first (one query)."""
    rules = EligibilityRule.objects.in_force(on or clock.today()).select_related("wave")
    ordered = rules.order_by("-wave__starts_on", "role", "organisation_type")
    return [(wave, list(rows)) for wave, rows in groupby(ordered, key=lambda rule: rule.wave)]


def settings_in_force(on: date | None = None) -> QuerySet[RuleSetting]:
    """Return the numbers of the rules in force on a day (today)."""
    return RuleSetting.objects.in_force(on or clock.today()).order_by("pk")


def rates_in_force(on: date | None = None) -> list[LumpSumRate]:
    """Return the lump sums in force on a day (today), by the name of the country."""
    rows = LumpSumRate.objects.in_force(on or clock.today()).order_by(F("valid_from"))
    youngest = {row.country.code: row for row in rows}
    return sorted(youngest.values(), key=lambda row: str(row.country.name))


def _staff(
    role: StaffRoleName, cluster: Cluster | None = None, partnership: Partnership | None = None
) -> QuerySet[User]:
    return User.objects.filter(
        staff_roles__role=role, staff_roles__cluster=cluster, staff_roles__partnership=partnership, is_active=True
    ).order_by("pk")
