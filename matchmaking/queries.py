"""What this app reads: who may write a candidature, what the programme says of it, places left, proposals."""

import hashlib
import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clusters import eligibility
from clusters.enums import OrganisationStatus, ParticipantRole, RuleName
from clusters.models import Organisation, User, Wave
from clusters.queries import days, open_wave, rule_value
from clusters.rules.eligibility import Verdict
from extratex.shared import clock
from matchmaking import visits
from matchmaking.enums import CandidatureStatus, DeclineReason, ProposalStatus, RunKind, RunStatus
from matchmaking.models import (
    Availability,
    Candidature,
    CandidatureEvent,
    InterestReminder,
    MatchOutcome,
    MatchRun,
    Message,
    Proposal,
    ProposalEvent,
    Reading,
    Suggestion,
)
from matchmaking.models.querysets import own

NUMBER = re.compile(r"CAN-0*(\d{1,9})", re.IGNORECASE)
MAY_WRITE = (OrganisationStatus.SUBMITTED, OrganisationStatus.VALIDATED)


def organisations_that_may_write(user: User, role: ParticipantRole, wave: Wave) -> QuerySet[Organisation]:
    """Return one's organisations that are at least submitted and have no candidature in the role and wave yet."""
    written = Candidature.objects.filter(organisation=OuterRef("pk"), role=role, wave=wave)
    mine = Organisation.objects.of_member(user).filter(~Exists(written), status__in=MAY_WRITE)
    return mine.select_related("reference_cluster")


def verdict_of(candidature: Candidature) -> Verdict:
    """Return what the programme says today of a candidature's organisation in its role."""
    organisation = candidature.organisation
    return eligibility.verdict_on(
        organisation,
        ParticipantRole(candidature.role),
        candidature.wave,
        has_visited=candidature.is_visitor and bool(visits.visited_among([organisation.pk])),
        pre_approved=candidature.pre_approved_by_id is not None,
    )


def pair_verdict(visitor: Candidature, host: Candidature) -> Verdict:
    """Return whether the programme lets these two make an exchange with each other."""
    return eligibility.verdict_on_pair(visitor.organisation, host.organisation)


def candidature_history(candidature: Candidature) -> QuerySet[CandidatureEvent]:
    """Return what happened to a candidature, the newest first."""
    return CandidatureEvent.objects.filter(subject=candidature).select_related("actor").order_by("-at", "-pk")


def untouched() -> QuerySet[Candidature]:
    """Return what takes part in the open wave though nobody has touched it for as many days as the rules in force name.

    None where they name no number. A visitor with an accepted proposal has other things to do than to answer.
    """
    number, wave = days(RuleName.INTEREST_REMINDER_DAYS), open_wave()
    rows = Candidature.objects.filter(wave=wave, status=CandidatureStatus.VALIDATED)
    if wave is None or not number:
        return rows.none()
    agreed = Proposal.objects.filter(visitor=OuterRef("pk"), status=ProposalStatus.ACCEPTED)
    return rows.filter(~Exists(agreed), touched_at__lte=clock.now() - timedelta(days=number))


def to_be_asked() -> QuerySet[Candidature]:
    """Return the candidatures that are to be asked whether they still hold, each once for as long as it lies there."""
    asked = InterestReminder.objects.filter(candidature=OuterRef("pk"), untouched_since=OuterRef("touched_at"))
    return untouched().filter(~Exists(asked))


def unanswered() -> QuerySet[Candidature]:
    """Return the candidatures whose people have been asked long enough ago and have not answered."""
    number = days(RuleName.INTEREST_ANSWER_DAYS)
    asked = InterestReminder.objects.filter(
        candidature=OuterRef("pk"),
        untouched_since=OuterRef("touched_at"),
        asked_at__lte=clock.now() - timedelta(days=number),
    )
    return untouched().filter(Exists(asked)) if number else Candidature.objects.none()


def is_asked(candidature: Candidature) -> bool:
    """Tell whether the candidature's people have been asked whether it still holds, and have not answered."""
    reminders = InterestReminder.objects.filter(candidature=candidature, untouched_since=candidature.touched_at)
    return candidature.status == CandidatureStatus.VALIDATED and reminders.exists()


def waits_for_word() -> Q:
    """Return the condition that a candidature's people are to say whether it still holds, asleep already or not yet."""
    asked = InterestReminder.objects.filter(candidature=OuterRef("pk"), untouched_since=OuterRef("touched_at"))
    return Q(status=CandidatureStatus.DORMANT) | Q(Exists(asked), status=CandidatureStatus.VALIDATED)


def earlier_candidature(organisation: Organisation, role: ParticipantRole, wave: Wave) -> Candidature | None:
    """Return what an organisation has sent in the same role in the last wave before."""
    before = Candidature.objects.filter(organisation=organisation, role=role, wave__starts_on__lt=wave.starts_on)
    return before.exclude(status=CandidatureStatus.DRAFT).select_related("wave").order_by("-wave__starts_on").first()


def proposal_history(proposal: Proposal) -> QuerySet[ProposalEvent]:
    """Return what happened to a proposal, the newest first."""
    return ProposalEvent.objects.filter(subject=proposal).select_related("actor").order_by("-at", "-pk")


def live_proposal(visitor: Candidature, host: Candidature) -> Proposal | None:
    """Return the proposal between the two that waits or has led to an exchange."""
    return Proposal.objects.live().filter(visitor=visitor, host=host).first()


def partners_named(candidature: Candidature, named: str) -> list[Candidature]:
    """Return whom a candidature means by a full name or a number: validated ones of the other role, at most two."""
    other = ParticipantRole.HOST if candidature.is_visitor else ParticipantRole.VISITOR
    rows = Candidature.objects.validated(other).filter(wave=candidature.wave_id)
    number = NUMBER.fullmatch(named.strip())
    meant = Q(pk=int(number[1])) if number else Q(organisation__legal_name__iexact=" ".join(named.split()))
    return list(rows.filter(meant).exclude(organisation=candidature.organisation_id).with_profile()[:2])


def open_proposals_of(candidature: Candidature) -> QuerySet[Proposal]:
    """Return the open proposals that a candidature has made; those made to it never block its own."""
    return Proposal.objects.open().filter(made_by(candidature))


def with_unread(proposals: QuerySet[Proposal], user: Any) -> QuerySet[Proposal]:
    """Count for each proposal, as `unread`, the messages of others that the person has not seen."""
    number = _unread(user).order_by().values("proposal").annotate(number=Count("pk")).values("number")
    return proposals.annotate(unread=Coalesce(Subquery(number), 0))


def news_for(user: Any) -> QuerySet[Proposal]:
    """Return the proposals in which the person takes part and has not read all, by `news_since`, longest unread first.

    Who belongs to one of the two takes part, and whoever of the staff has written.
    """
    written = Message.objects.filter(author=user.pk).values("proposal")
    mine = own(user, "visitor__") | own(user, "host__") | Q(pk__in=written)
    first = _unread(user).order_by("pk").values("sent_at")[:1]
    rows = Proposal.objects.visible_to(user).filter(mine).annotate(news_since=Subquery(first))
    return rows.filter(news_since__isnull=False).order_by("news_since", "pk")


def _unread(user: Any) -> QuerySet[Message]:
    """Return, inside a query of proposals, the messages of others that the person has not seen."""
    seen = Reading.objects.filter(proposal=OuterRef("proposal"), person=user.pk).values("upto")[:1]
    rows = Message.objects.filter(proposal=OuterRef("pk")).exclude(author=user.pk)
    return rows.filter(pk__gt=Coalesce(Subquery(seen), 0))


def made_by(candidature: Candidature) -> Q:
    """Return the condition that a proposal was made by this candidature."""
    return Q(**{candidature.role: candidature}, proposed_by=candidature.role)


def proposals_left(candidature: Candidature) -> int:
    """Return how many more proposals a candidature may make now; the limit is a dated number of the rules."""
    return max(int(rule_value(RuleName.OPEN_PROPOSALS)) - open_proposals_of(candidature).count(), 0)


def visitors_accepted(hosts: Collection[int]) -> dict[int, int]:
    """Return how many visitors each host, by the key of its candidature, has accepted."""
    accepted = Proposal.objects.filter(host__in=hosts, status=ProposalStatus.ACCEPTED)
    return dict(accepted.values_list("host").annotate(times=Count("pk")).order_by("host"))


def visitors_accepted_in(wave: Wave) -> dict[int, int]:
    """Return how many visitors each host of a wave has accepted."""
    accepted = Proposal.objects.filter(host__wave=wave, status=ProposalStatus.ACCEPTED)
    return dict(accepted.values_list("host").annotate(times=Count("pk")).order_by("host"))


def declined_hosts(visitors: Collection[int] | QuerySet[Any, Any]) -> dict[int, list[int]]:
    """Return for visitors, by the keys of their candidatures, the hosts to which they are not to be suggested again.

    The reason of the refusal decides. Where the dates did not fit, the two come back once one of them has other periods
    of availability; where there was no capacity, after a number of days that the rules lay down; otherwise never.
    """
    declined = Proposal.objects.filter(visitor__in=visitors, status=ProposalStatus.DECLINED)
    rested = clock.now() - timedelta(days=days(RuleName.DECLINED_CAPACITY_DAYS))
    lasting = declined.exclude(decline_reason=DeclineReason.CAPACITY, status_since__lte=rested)
    pairs = {*lasting.exclude(decline_reason=DeclineReason.DATES).values_list("visitor", "host")}
    by_dates = declined.filter(decline_reason=DeclineReason.DATES)
    pairs |= _with_the_same_periods([*by_dates.values_list("visitor", "host", "declined_periods")])
    found: dict[int, list[int]] = {}
    for visitor, host in sorted(pairs):
        found.setdefault(visitor, []).append(host)
    return found


def _with_the_same_periods(rows: list[tuple[int, int, str]]) -> set[tuple[int, int]]:
    keys = {key for visitor, host, _mark in rows for key in (visitor, host)}
    periods: dict[int, list[tuple[date, date]]] = {key: [] for key in keys}
    windows = Availability.objects.filter(candidature__in=keys) if keys else Availability.objects.none()
    for key, first_day, last_day in windows.values_list("candidature", "first_day", "last_day"):
        periods[key].append((first_day, last_day))
    return {(visitor, host) for visitor, host, mark in rows if _mark_of(periods[visitor], periods[host]) == mark}


def doubted_technologies(candidatures: Collection[int] | QuerySet[Any, Any]) -> dict[int, set[str]]:
    """Return for candidatures, by key, what they had in common with whom they declined for another technology."""
    refused = Proposal.objects.filter(status=ProposalStatus.DECLINED, decline_reason=DeclineReason.TECHNOLOGY)
    by_visitor = Q(turn=ParticipantRole.VISITOR, visitor__in=candidatures)
    by_host = Q(turn=ParticipantRole.HOST, host__in=candidatures)
    pairs = [*refused.filter(by_visitor | by_host).values_list("visitor", "host", "turn")]
    keys = {key for visitor, host, _turn in pairs for key in (visitor, host)}
    names: dict[int, set[str]] = {key: set() for key in keys}
    ties = Candidature.objects.filter(pk__in=keys, technologies__isnull=False) if keys else Candidature.objects.none()
    for key, name in ties.values_list("pk", "technologies__name"):
        names[key].add(name)
    found: dict[int, set[str]] = {}
    for visitor, host, turn in pairs:
        decliner = visitor if turn == ParticipantRole.VISITOR else host
        found.setdefault(decliner, set()).update(names[visitor] & names[host])
    return found


def mark_of_periods(visitor: Candidature, host: Candidature) -> str:
    """Return the mark of the periods of two candidatures, by which one sees later that one of them has changed."""
    stated = [list(each.availabilities.values_list("first_day", "last_day")) for each in (visitor, host)]
    return _mark_of(*stated)


def _mark_of(*periods: list[tuple[date, date]]) -> str:
    return hashlib.sha256(repr([sorted(each) for each in periods]).encode()).hexdigest()[:24]


def places_left(host: Candidature) -> int:
    """Return how many more visitors a host can accept."""
    return max(host.capacity - visitors_accepted([host.pk]).get(host.pk, 0), 0)


def has_travelled(visitor: Candidature) -> bool:
    """Tell whether the visitor's organisation has visited or is about to; it may do so once in the whole scheme."""
    return bool(visits.visited_among([visitor.organisation_id]))


def locked_pair(visitor: Candidature, host: Candidature) -> tuple[Candidature, Candidature]:
    """Lock the two in the order of their keys, so that nobody else proposes or accepts for either, and return them.

    The lock leaves foreign keys alone: a run of the matching goes on writing suggestions meanwhile.
    """
    locked = Candidature.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[visitor.pk, host.pk])
    both = {row.pk: row for row in locked.select_related("organisation", "wave").order_by("pk")}
    return both[visitor.pk], both[host.pk]


def suggestions_for(candidature: Candidature) -> QuerySet[Suggestion]:
    """Return the list of a candidature with what describes the other side, the best first."""
    other = ParticipantRole.HOST if candidature.is_visitor else ParticipantRole.VISITOR
    rows = Suggestion.objects.in_force().list_of(candidature)
    rows = rows.select_related("run", f"{other}__organisation__reference_cluster")
    names = ("technologies", "purposes", "sectors", "availabilities", "organisation__sectors")
    return rows.prefetch_related(*(f"{other}__{name}" for name in names))


def run_under_way(wave: Wave) -> MatchRun | None:
    """Return the run of a wave that workers are at; the whole one where a run about changes goes on beside it."""
    return MatchRun.objects.filter(wave=wave, status=RunStatus.RUNNING).order_by("-kind").first()


def run_is_pending(wave: Wave) -> bool:
    """Tell whether a run of the wave waits or is under way."""
    return MatchRun.objects.unfinished().filter(wave=wave).exists()


def run_before(run: MatchRun) -> MatchRun | None:
    """Return the whole run of the same wave that was finished before this one was asked for."""
    done = MatchRun.objects.filter(wave=run.wave_id, kind=RunKind.WHOLE, status=RunStatus.DONE)
    return done.filter(finished_at__lt=run.started_at or run.asked_at).order_by("-finished_at").first()


def last_ranking(wave: Wave) -> MatchRun | None:
    """Return the last whole run of a wave, whose weights and rarity every score is made of."""
    done = MatchRun.objects.filter(wave=wave, kind=RunKind.WHOLE, status=RunStatus.DONE)
    return done.filter(parameters__has_key="supply").order_by("-finished_at").first()


def last_outcome(candidature: Candidature) -> MatchOutcome | None:
    """Return what the youngest run has said of a candidature's list."""
    return MatchOutcome.objects.filter(candidature=candidature).order_by("-run__asked_at", "-run").first()


def proposals_by_partner(candidature: Candidature) -> dict[int, Proposal]:
    """Return a candidature's youngest proposals, by the key of the candidature on the other side."""
    rows = Proposal.objects.filter(**{candidature.role: candidature}).order_by("created_at", "pk")
    return {(row.host_id if candidature.is_visitor else row.visitor_id): row for row in rows}
