"""How the portal says things: reasons, days and sums in the reader's language."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django_countries import countries

from clusters.enums import OrganisationStatus, OrganisationType, ParticipantRole
from extratex.shared import clock
from extratex.shared.reasons import Reason, Value

SOON_DAYS = 4


def sentence(reason: Reason) -> str:
    """Return a reason as a sentence."""
    return reason.sentence(gettext, shown)


def shown(name: str, value: Value) -> str:
    """Write one value of a reason: a country by its name, days together by their month, a sum with its cents."""
    if isinstance(value, tuple):
        days = [each for each in value if isinstance(each, date)]
        return days_in_words(days) if days else listed(shown(name, each) for each in value)
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, Decimal):
        return _number(name, value)
    return _word(name, str(value))


def listed(words: Iterable[str]) -> str:
    """Join words as in a sentence: "a, b and c"."""
    return str(get_text_list(list(words), gettext("and")))


def named_countries(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return countries with their names, in the alphabetical order of the reader's language."""
    return sorted(((code, str(countries.name(code) or code)) for code in codes), key=lambda pair: pair[1])


def days_in_words(days: Iterable[date]) -> str:
    """Write days together by their month: "30 August 2021, 1 and 3 September 2021"."""
    months = []
    for _month, of_month in groupby(sorted(days), key=lambda day: (day.year, day.month)):
        together = list(of_month)
        months.append(f"{listed(str(day.day) for day in together)} {date_format(together[0], 'F Y')}")
    return ", ".join(months)


def period_in_words(first_day: date, last_day: date) -> str:
    """Write a period as short as it can be said: "20 to 24 September 2021"."""
    if first_day == last_day:
        return date_format(first_day, "j F Y")
    if (first_day.year, first_day.month) == (last_day.year, last_day.month):
        begin = str(first_day.day)
    else:
        begin = date_format(first_day, "j F" if first_day.year == last_day.year else "j F Y")
    return gettext("%(begin)s to %(end)s") % {"begin": begin, "end": date_format(last_day, "j F Y")}


def since_in_words(when: datetime) -> str:
    """Say for how many days something has waited."""
    days = days_since(when)
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else gettext("today")


def days_since(when: datetime) -> int:
    """Return for how many days something has waited."""
    return max((clock.today() - localdate(when)).days, 0)


def due_in_words(due_on: date) -> str:
    """Say until when something has to be done, or how late it is."""
    left = (due_on - clock.today()).days
    if left < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}
    return ngettext("in %(days)s day", "in %(days)s days", left) % {"days": left} if left else gettext("today")


def due_tone(due_on: date) -> str:
    """Return how pressing it is, as components/status.html colours it."""
    left = (due_on - clock.today()).days
    return "stop" if left <= 0 else ("wait" if left <= SOON_DAYS else "")


def _number(name: str, value: Decimal) -> str:
    if name.endswith("amount"):
        return str(number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True))
    return str(number_format(f"{value.normalize():f}", use_l10n=True, force_grouping=True))


def _word(name: str, value: str) -> str:
    if name.endswith(("country", "countries")):
        return str(countries.name(value) or value)
    if name == "organisation_type" and value in OrganisationType.values:
        return str(OrganisationType(value).label).lower()
    if name == "organisation_status" and value in OrganisationStatus.values:
        return str(OrganisationStatus(value).label)
    if name == "role" and value in ParticipantRole.values:
        return str(ParticipantRole(value).label).lower()
    return value
