"""Reading what the rules need: dated numbers, stays and holidays, and the derivation that follows from them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import holidays
from django.db.models import F, Max
from django.utils import timezone

from clusters.eligibility import verdict_on, verdict_on_pair
from clusters.enums import ParticipantRole
from clusters.models import EligibleCountry, LumpSumRate, Organisation, PublicHoliday
from clusters.queries import rules_on as numbers_on
from clusters.rules.eligibility import Verdict
from clusters.words import sentence
from exchanges.enums import LIVE_STATUSES, AgreementKind, Mode
from exchanges.models import Agreement, Exchange, ExchangeEvent, Stay
from exchanges.rules import agenda, lump_sum, working_days
from exchanges.rules.dated import Rate, RuleSet, RuleSettings
from exchanges.rules.distance import Place
from extratex.shared import clock
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _


def rules_on(day: date) -> RuleSet:
    """Return the numbers and rates in force on a day, as the rules read them."""
    rates = tuple(
        Rate(row.country.code, row.amount, row.valid_from, row.valid_to, row.mark) for row in LumpSumRate.objects.all()
    )
    return RuleSet(RuleSettings.from_values(numbers_on(day)), rates)


def rules_for(exchange: Exchange) -> RuleSet:
    """Return the rules of an exchange: the frozen ones once it is signed, today's before."""
    if exchange.frozen_rules is not None:
        return RuleSet.from_json(exchange.frozen_rules)
    return rules_on(clock.today())


def place_of(organisation: Organisation) -> Place:
    """Return where an organisation is, for the distance."""
    return Place(organisation.place, organisation.latitude, organisation.longitude)


def stays_of(exchange: Exchange) -> tuple[working_days.Stay, ...]:
    """Return the stays of an exchange as the rules read them."""
    return tuple(
        working_days.Stay(
            country=stay.host.country.code,
            first_day=stay.first_day,
            last_day=stay.last_day,
            travel_days=frozenset(stay.travel_days),
            place=place_of(stay.host),
        )
        for stay in exchange.stays.select_related("host")
    )


def holidays_of(stays: Iterable[working_days.Stay]) -> Mapping[str, Mapping[date, str]]:
    """Return the public holidays of the host countries in the years of the stays, named in English where known.

    Days that were entered by hand decide over the calendar of the library, in both directions.
    """
    years: dict[str, set[int]] = {}
    for stay in stays:
        years.setdefault(stay.country, set()).update(range(stay.first_day.year, stay.last_day.year + 1))
    found = {country: _public_holidays(country, of) for country, of in years.items()}
    for row in PublicHoliday.objects.filter(country__in=found) if found else ():
        if row.is_worked:
            found[row.country.code].pop(row.day, None)
        else:
            found[row.country.code][row.day] = row.name
    return found


def _public_holidays(country: str, years: set[int]) -> dict[date, str]:
    try:
        return dict(holidays.country_holidays(country, years=years, language="en_US"))
    except NotImplementedError:
        return {}


def against_days(country: str, days: tuple[date, date]) -> list[str]:
    """Say in words what today's rules have against a stay of these days, both included, in a country."""
    stay = working_days.Stay(country, *days)
    counted = working_days.count_working_days([stay], holidays_of([stay]))
    settings = RuleSettings.from_values(numbers_on(clock.today()))
    too_short = working_days.check_minimum(counted, settings)
    holidays_left_out = [day.reason for day in counted.left_out if day.kind == working_days.LeftOut.HOLIDAY]
    reasons = (*working_days.check_maximum([stay], settings), *too_short, *(holidays_left_out if too_short else ()))
    return [sentence(reason) for reason in reasons]


def days_of(exchange: Exchange) -> list[date]:
    """Return every day of the stays."""
    return sorted({day for stay in stays_of(exchange) for day in stay.days()})


def working_days_of(exchange: Exchange) -> list[date]:
    """Return the days of the stays that count as working days."""
    stays = stays_of(exchange)
    return [counted.day for counted in working_days.count_working_days(stays, holidays_of(stays)).counted]


def derivation_of(exchange: Exchange) -> lump_sum.Derivation:
    """Return the lump sum with its derivation: the frozen one once it is signed, a fresh one before."""
    if exchange.derivation is not None:
        return lump_sum.Derivation.from_json(exchange.derivation)
    return derive_now(exchange)


def derive_now(exchange: Exchange) -> lump_sum.Derivation:
    """Derive the lump sum from the rules of the exchange as the file stands."""
    return derive_stays(
        stays_of(exchange),
        visitor=place_of(exchange.visitor),
        rules=rules_for(exchange),
        virtual=exchange.mode == Mode.VIRTUAL,
    )


def derive_stays(
    stays: Collection[working_days.Stay], *, visitor: Place | None, rules: RuleSet, virtual: bool
) -> lump_sum.Derivation:
    """Derive the lump sum of stays that need not belong to any exchange, with the holidays of their countries."""
    return lump_sum.derive(stays=stays, visitor=visitor, rules=rules, holidays=holidays_of(stays), virtual=virtual)


def problems_of(exchange: Exchange) -> tuple[Reason, ...]:
    """Return everything that still stands between the file and its signing; empty when it is complete."""
    stays = stays_of(exchange)
    days = working_days.count_working_days(stays, holidays_of(stays))
    entries = tuple(agenda.AgendaEntry(item.day, item.what) for item in exchange.agenda.all())
    return (
        *_starts_too_late(stays),
        *agenda.check_file(exchange.objectives, stays, entries, days),
        *(derive_now(exchange).problems if stays else ()),
        *_not_eligible(exchange),
    )


def _starts_too_late(stays: tuple[working_days.Stay, ...]) -> tuple[Reason, ...]:
    first = min((stay.first_day for stay in stays), default=None)
    if first is None or first > clock.today():
        return ()
    text = _("The stay begins on {first_day}: everything has to be signed before it begins.")
    return (Reason("stay_begins_too_soon", text, {"first_day": first}),)


def eligibility_of(exchange: Exchange) -> tuple[Verdict, ...]:
    """Return what the programme says today of the visitor, of the host, and of the two together."""
    proposal = exchange.proposal
    visited = Exchange.objects.filter(visitor=exchange.visitor, mode=Mode.PHYSICAL, status__in=LIVE_STATUSES)
    return (
        verdict_on(
            exchange.visitor,
            ParticipantRole.VISITOR,
            exchange.wave,
            has_visited=visited.exclude(pk=exchange.pk).exists(),
            pre_approved=proposal.visitor.pre_approved_by_id is not None,
        ),
        verdict_on(
            exchange.host,
            ParticipantRole.HOST,
            exchange.wave,
            pre_approved=proposal.host.pre_approved_by_id is not None,
        ),
        verdict_on_pair(exchange.visitor, exchange.host),
    )


def _not_eligible(exchange: Exchange) -> Iterable[Reason]:
    refused = [reason for verdict in eligibility_of(exchange) if not verdict.allowed for reason in verdict.reasons]
    return {reason.sentence(): reason for reason in refused}.values()


def agreement_in_force(exchange: Exchange, kind: AgreementKind) -> Agreement | None:
    """Return the version of a paper that counts now, with its signatures."""
    return next(
        (agreement for agreement in exchange.agreements.all() if agreement.kind == kind and agreement.is_in_force), None
    )


def is_reached_by_sepa(country: str) -> bool:
    """Tell whether a country's accounts are reached by SEPA, by our own table; unknown ones are paid by hand."""
    return EligibleCountry.objects.in_force(clock.today()).filter(country=country, sepa="yes").exists()


def last_signing_day() -> date | None:
    """Return the day on which a sum was last frozen by a signature, or None."""
    latest = Exchange.objects.aggregate(latest=Max("frozen_at"))["latest"]
    return timezone.localdate(latest) if latest else None


def history_of(exchange: Exchange) -> list[ExchangeEvent]:
    """Return what happened to an exchange, the newest first."""
    return list(exchange.events.select_related("actor").order_by("-at", "-pk"))


def travelling_among(organisations: Collection[int]) -> Collection[int]:
    """Return those of the organisations, by their keys, that have a live physical exchange as a visitor."""
    travelling = Exchange.objects.filter(mode=Mode.PHYSICAL, status__in=LIVE_STATUSES, visitor__in=organisations)
    return frozenset(travelling.values_list("visitor", flat=True))


def stays_beginning_at(hosts: Collection[int]) -> Iterable[tuple[int, date]]:
    """Return the first day of each stay that counts, with the key of the candidature under which its host receives."""
    stays = Stay.objects.filter(live=True, host=F("exchange__host"), exchange__proposal__host__in=hosts)
    return [(host, period.lower) for host, period in stays.values_list("exchange__proposal__host", "period")]
