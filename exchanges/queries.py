"""Reading what the rules need: the dated numbers, the stays, the holidays, and the derivation that follows from them."""

from collections.abc import Iterable, Mapping
from datetime import date

import holidays
from django.db.models import Prefetch

from clusters.models import EligibleCountry, LumpSumRate, Organisation, RuleSetting
from exchanges.enums import AgreementKind, Mode
from exchanges.models import Agreement, Exchange
from exchanges.rules import agenda, lump_sum, working_days
from exchanges.rules.dated import Rate, RuleSet, RuleSettings
from exchanges.rules.distance import Place
from extratex.shared import clock
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _


def rules_on(day: date) -> RuleSet:
    """Return the numbers and rates in force on a day, as the rules read them."""
    settings = {row.name: row.value for row in RuleSetting.objects.in_force(day).order_by("valid_from")}
    rates = tuple(
        Rate(row.country.code, row.amount, row.valid_from, row.valid_to, row.mark) for row in LumpSumRate.objects.all()
    )
    return RuleSet(RuleSettings.from_values(settings), rates)


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
    """Return the public holidays of the host countries in the years of the stays, with their English names where known."""
    years: dict[str, set[int]] = {}
    for stay in stays:
        years.setdefault(stay.country, set()).update(range(stay.first_day.year, stay.last_day.year + 1))
    return {country: _public_holidays(country, of) for country, of in years.items()}


def _public_holidays(country: str, years: set[int]) -> Mapping[date, str]:
    try:
        return dict(holidays.country_holidays(country, years=years, language="en_US"))
    except NotImplementedError:
        return {}


def derivation_of(exchange: Exchange) -> lump_sum.Derivation:
    """Return the lump sum with its derivation: the frozen one once it is signed, a fresh one before."""
    if exchange.derivation is not None:
        return lump_sum.Derivation.from_json(exchange.derivation)
    return derive_now(exchange)


def derive_now(exchange: Exchange) -> lump_sum.Derivation:
    """Derive the lump sum from the rules of the exchange as the file stands."""
    stays = stays_of(exchange)
    return lump_sum.derive(
        stays=stays,
        visitor=place_of(exchange.visitor),
        rules=rules_for(exchange),
        holidays=holidays_of(stays),
        virtual=exchange.mode == Mode.VIRTUAL,
    )


def problems_of(exchange: Exchange) -> tuple[Reason, ...]:
    """Return everything that still stands between the file and its signing; empty when it is complete."""
    stays = stays_of(exchange)
    days = working_days.count_working_days(stays, holidays_of(stays))
    entries = tuple(agenda.AgendaEntry(item.day, item.what) for item in exchange.agenda.all())
    return (
        *_starts_too_late(stays),
        *agenda.check_file(exchange.objectives, stays, entries, days),
        *(derive_now(exchange).problems if stays else ()),
        *_not_transnational(exchange),
    )


def _starts_too_late(stays: tuple[working_days.Stay, ...]) -> tuple[Reason, ...]:
    first = min((stay.first_day for stay in stays), default=None)
    if first is None or first > clock.today():
        return ()
    text = _("The stay begins on {first_day}: everything has to be signed before it begins.")
    return (Reason("stay_begins_too_soon", text, {"first_day": first}),)


def _not_transnational(exchange: Exchange) -> tuple[Reason, ...]:
    countries = {exchange.visitor.country.code, exchange.host.country.code}
    eligible = set(EligibleCountry.objects.in_force(clock.today()).values_list("country", flat=True))
    problems = []
    if len(countries) == 1:
        text = _("Visitor and host are both in {country}; an exchange joins two countries.")
        problems.append(Reason("not_transnational", text, {"country": next(iter(countries))}))
    problems.extend(
        Reason("country_not_eligible", _("{country} is not an eligible country."), {"country": country})
        for country in sorted(countries - eligible)
    )
    return tuple(problems)


def agreement_in_force(exchange: Exchange, kind: AgreementKind) -> Agreement | None:
    """Return the version of a paper that counts now, with its signatures."""
    return (
        exchange.agreements.filter(kind=kind, superseded_at__isnull=True)
        .select_related("document", "exchange")
        .prefetch_related("signatures__person")
        .first()
    )


def with_papers() -> Prefetch[str]:
    """Fetch an exchange's papers with their signatures in two queries."""
    return Prefetch("agreements", Agreement.objects.select_related("document").prefetch_related("signatures__person"))
