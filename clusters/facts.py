"""Entering, correcting and taking back the programme's dated facts, so that no day has two and no signed day changes.

A new value is a new row from a later day: the one before it ends on the day before. What is in force on a day on which
something was signed stays as it is; only its end may still be set, to that day or a later one.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clusters import signed
from clusters.models.programme import DatedFact
from extratex.shared import clock

ONE_DAY = timedelta(days=1)


class FactRefused(ValueError):
    """The fact cannot be entered so: `field` is the one to look at, and the words say why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def is_signed(fact: DatedFact) -> bool:
    """Tell whether papers may have been signed under a stored fact: it began on or before the last signing day."""
    last = signed.last_signing_day()
    return last is not None and fact.valid_from <= last


def check(fact: DatedFact) -> None:
    """Raise FactRefused where the fact, new or changed, cannot stand so beside what was signed and what follows it."""
    if fact.valid_to is not None and fact.valid_to < fact.valid_from:
        raise FactRefused("valid_to", _("The last day lies before the first one."))
    last = signed.last_signing_day()
    if last is not None:
        _check_what_was_signed(fact, last)
    _check_what_follows(fact)


def _check_what_was_signed(fact: DatedFact, last: date) -> None:
    stored = _stored(fact)
    if stored is not None and stored.valid_from <= last:
        if fact.valid_to is not None and fact.valid_to < last and fact.valid_to != stored.valid_to:
            words = _("Papers were signed until %(last)s: this fact cannot end before.")
            raise FactRefused("valid_to", words % {"last": date_format(last)})
    elif fact.valid_from <= last:
        words = _("Papers were signed until %(last)s, under the facts of that day: choose a day after it.")
        raise FactRefused("valid_from", words % {"last": date_format(last)})


def _check_what_follows(fact: DatedFact) -> None:
    later = _others(fact).filter(valid_from__gte=fact.valid_from).order_by("valid_from").first()
    if later is None or (fact.valid_to is not None and fact.valid_to < later.valid_from):
        return
    words = _("From %(day)s another value is entered already: end this one before that day, or change that one.")
    field = "valid_to" if later.valid_from > fact.valid_from else "valid_from"
    raise FactRefused(field, words % {"day": date_format(later.valid_from)})


@transaction.atomic
def store(fact: DatedFact) -> DatedFact:
    """Store a fact, new or changed; the one before it ends on the day before. Raises FactRefused."""
    _lock(fact)
    check(fact)
    stored = _stored(fact)
    joined = _before(stored).filter(valid_to=stored.valid_from - ONE_DAY).first() if stored is not None else None
    for earlier in _before(fact).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=fact.valid_from)):
        _end(earlier, fact.valid_from - ONE_DAY)
    fact.save()
    if joined is not None:
        _end(joined, fact.valid_from - ONE_DAY)
    return fact


@transaction.atomic
def store_all(facts: Iterable[DatedFact]) -> int:
    """Store several facts or none of them; return how many. Raises FactRefused."""
    return len([store(fact) for fact in facts])


@transaction.atomic
def take_back(fact: DatedFact) -> None:
    """Remove a fact under which nothing was signed; what had ended because of it goes on. Raises FactRefused."""
    _lock(fact)
    if is_signed(fact):
        raise FactRefused("valid_from", _("Papers were signed under this fact: it stays, and can only end."))
    joined = _before(fact).filter(valid_to=fact.valid_from - ONE_DAY).first()
    end = fact.valid_to
    fact.delete()
    if joined is not None:
        _end(joined, end)


def standing(fact: DatedFact, on: date | None = None) -> str:
    """Return where a fact stands on a day (today): "now", "later" or "past"."""
    day = on or clock.today()
    if fact.valid_from > day:
        return "later"
    return "past" if fact.valid_to is not None and fact.valid_to < day else "now"


def _stored(fact: DatedFact) -> Any:
    return type(fact)._default_manager.filter(pk=fact.pk).first() if fact.pk else None


def _others(fact: DatedFact) -> QuerySet[Any]:
    keys = {name: getattr(fact, name) for name in fact.KEYS}
    return type(fact)._default_manager.filter(**keys).exclude(pk=fact.pk)


def _before(fact: DatedFact) -> QuerySet[Any]:
    return _others(fact).filter(valid_from__lt=fact.valid_from)


def _end(fact: DatedFact, last_day: date | None) -> None:
    fact.valid_to = last_day
    fact.save(update_fields=["valid_to"])


def _lock(fact: DatedFact) -> None:
    """Keep two people from storing facts of the same keys at once; the constraint of the table is the last word."""
    list(_others(fact).select_for_update().values_list("pk", flat=True))
