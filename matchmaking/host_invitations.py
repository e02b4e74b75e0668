"""Asking likely hosts to become hosts: who is likely and why, a dry run, and sending, each once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Subquery, Sum, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clusters import eligibility
from clusters.enums import OrganisationStatus, ParticipantRole, RuleName
from clusters.models import Organisation, PartnershipMember, User
from clusters.queries import days
from clusters.words import listed
from extratex.shared import clock
from matchmaking import notices
from matchmaking.models import Candidature, HostInvitation
from matchmaking.supply import Balance, Scope

MOST = 100
LISTED = 25
SHORT = 60
NAMED = 3


@dataclass(frozen=True)
class Likely:
    """An organisation that could host, what it offers that is missing, and when it was last asked."""

    organisation: Organisation
    offers: list[Balance]
    weight: int
    invited_on: date | None
    is_due: bool

    @property
    def reason(self) -> str:
        """Say why it is likely: the technologies that are missing most."""
        parts = [
            _("%(technology)s (sought by %(visitors)s, places left: %(places)s)")
            % {"technology": each.label, "visitors": each.visitors, "places": each.places}
            for each in self.offers[:NAMED]
        ]
        return _("Offers %(technologies)s.") % {"technologies": listed(parts)}


@dataclass(frozen=True)
class DryRun:
    """What sending would do now: to whom, to how many people, and who is left out and why."""

    to: list[Likely]
    people: int
    left_out: list[tuple[str, str]]


def short_of(balances: Sequence[Balance]) -> list[Balance]:
    """Return the technologies of which something is missing."""
    return [each for each in balances if each.missing][:SHORT]


def likely_hosts(scope: Scope, short: Sequence[Balance], among: Collection[int] | None = None) -> list[Likely]:
    """Return the validated organisations that are no hosts and offer what is missing, the likeliest first."""
    if not short:
        return []
    rows = _candidates(scope, short)
    if among is not None:
        rows = rows.filter(pk__in=among)
    weight = Sum(Case(*(When(technologies=each.key, then=Value(each.missing)) for each in short)))
    ranked = rows.annotate(weight=weight).order_by("-weight", "legal_name", "pk")[: MOST if among else 2 * LISTED]
    table = eligibility.table_of(scope.wave, ParticipantRole.HOST)
    found = ranked.select_related("reference_cluster").prefetch_related("technologies")
    again = clock.today() - timedelta(days=days(RuleName.HOST_INVITATION_DAYS))
    likely = [_likely(each, short, again) for each in found if table.verdict_on(each).allowed]
    return likely if among is not None else likely[:LISTED]


def dry_run(scope: Scope, short: Sequence[Balance], chosen: Collection[int]) -> DryRun:
    """Say what sending to these organisations would do now."""
    likely = likely_hosts(scope, short, among=chosen)
    to = [each for each in likely if each.is_due]
    left_out = [
        (
            each.organisation.legal_name,
            _("was asked on %(day)s already") % {"day": date_format(each.invited_on, "j F Y")},
        )
        for each in likely
        if not each.is_due and each.invited_on is not None
    ]
    known = {each.organisation.pk for each in likely}
    gone = scope_organisations(scope).filter(pk__in=set(chosen) - known).values_list("legal_name", flat=True)
    left_out += [(name, _("is a host by now, or offers nothing that is missing")) for name in gone]
    people = User.objects.filter(memberships__organisation__in=[each.organisation.pk for each in to], is_active=True)
    return DryRun(to, people.distinct().count(), left_out)


def text_for(likely: Likely) -> str:
    """Return the message without a line of one's own, as the organisation will read it."""
    technologies = ", ".join(each.label for each in likely.offers)
    return str(notices.HOST_INVITATION).format(technologies=technologies, note="").strip()


def send(scope: Scope, short: Sequence[Balance], chosen: Collection[int], *, by: User, note: str) -> int:
    """Ask these organisations, each once however often one presses; return how many were asked now."""
    if scope.partnership is None:
        raise ValueError("Only a partnership asks organisations.")
    with transaction.atomic():
        # Whoever presses at the same time waits here, and then finds them asked already.
        locked = Organisation.objects.select_for_update(no_key=True).filter(pk__in=chosen).order_by("pk")
        keys = [each.pk for each in locked]
        to = dry_run(scope, short, keys).to
        for each in to:
            invitation = HostInvitation.objects.create(
                organisation=each.organisation,
                wave=scope.wave,
                partnership=scope.partnership,
                invited_by=by,
                technologies=[balance.label for balance in each.offers],
                note=note,
            )
            notices.tell_of_host_invitation(invitation)
    return len(to)


def scope_organisations(scope: Scope) -> Any:
    """Return the validated organisations whose reference cluster is in the partnership, or in one of the wave."""
    ties = PartnershipMember.objects.filter(partnership__wave=scope.wave)
    if scope.partnership is not None:
        ties = ties.filter(partnership=scope.partnership)
    return Organisation.objects.filter(
        status=OrganisationStatus.VALIDATED, reference_cluster__in=ties.values("cluster")
    )


def _candidates(scope: Scope, short: Sequence[Balance]) -> Any:
    hosting = Candidature.objects.filter(organisation=OuterRef("pk"), wave=scope.wave, role=ParticipantRole.HOST)
    last = HostInvitation.objects.filter(organisation=OuterRef("pk"), wave=scope.wave).order_by("-invited_on")
    rows = scope_organisations(scope).filter(~Exists(hosting), technologies__in=[each.key for each in short])
    return rows.annotate(invited_on=Subquery(last.values("invited_on")[:1]))


def _likely(organisation: Any, short: Sequence[Balance], again: date) -> Likely:
    own = {term.pk for term in organisation.technologies.all()}
    invited_on = organisation.invited_on
    offers = [each for each in short if each.key in own]
    return Likely(organisation, offers, organisation.weight, invited_on, invited_on is None or invited_on <= again)
