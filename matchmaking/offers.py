"""What is offered in a proposal: days that both sides can keep and that make a stay, or days still to be agreed."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from clusters.words import period_in_words
from extratex.shared import clock
from matchmaking import stay_rules, stays
from matchmaking.engine.windows import merged, parted
from matchmaking.models import Candidature
from matchmaking.words import listed, window_in_words


@dataclass(frozen=True)
class Offer:
    """What is on the table besides the message; `agreed_before` where the two have agreed already and confirm it."""

    days: stay_rules.Days | None = None
    agreed_before: bool = False


OPEN_OFFER = Offer()
"""Days still to be agreed."""


def against_days(host: Candidature, days: stay_rules.Days) -> list[str]:
    """Say in words why a stay cannot take place on these days, whatever the two wish."""
    if days[0] <= clock.today():
        return [_("The stay has to begin after today: everything is signed before it begins.")]
    full = full_period(host, days[0])
    return [*stay_rules.against_days(host.organisation.country.code, days), *([full] if full else [])]


def full_period(host: Candidature, first_day: date) -> str:
    """Say that the host has all visitors that it can receive in the period in which a stay begins, or nothing."""
    windows = [((each.first_day, each.last_day), each.capacity) for each in host.availabilities.all()]
    begun = stays.begun_at([host.pk]).get(host.pk, ()) if any(places for _window, places in windows) else ()
    free, full = parted(windows, begun)
    lies_in = [window for window in full if window[0] <= first_day <= window[1]]
    if not lies_in or any(window[0] <= first_day <= window[1] for window in free):
        return ""
    text = _("The host has all the visitors that it can receive in the period %(period)s.")
    return text % {"period": period_in_words(*lies_in[0])}


def outside_periods(candidature: Candidature, days: stay_rules.Days) -> str:
    """Say in words that a candidature has not stated to be free on all of these days; empty where it has.

    The organisation is not named: it may keep its name back until there is a proposal.
    """
    windows = candidature.availabilities.all()
    free = merged((window.first_day, window.last_day) for window in windows)
    if any(first_day <= days[0] and days[1] <= last_day for first_day, last_day in free):
        return ""
    ahead = [window for window in windows if window.last_day >= clock.today()]
    is_visitor = candidature.is_visitor
    if not ahead:
        text = _("The visitor has stated no period that still lies ahead.")
        return text if is_visitor else _("The host has stated no period that still lies ahead.")
    text = _("The visitor has stated to be free %(periods)s.")
    text = text if is_visitor else _("The host has stated to be free %(periods)s.")
    return text % {"periods": listed(window_in_words(window) for window in ahead)}


def days_as_facts(days: stay_rules.Days | None) -> dict[str, str]:
    """Return days as an event keeps them."""
    return {} if days is None else {"first_day": days[0].isoformat(), "last_day": days[1].isoformat()}


def days_in_words(days: tuple[date, date] | None) -> str:
    """Write the days of an offer, or that they are still to be agreed."""
    return _("dates to be agreed") if days is None else period_in_words(*days)
