"""How the pages and papers of this app write periods and days."""

from collections.abc import Iterable
from datetime import date

from django import template

from clusters.words import days_in_words, period_in_words
from exchanges.models import Exchange, Stay

register = template.Library()


@register.filter
def period(stay: Stay | Exchange) -> str:
    """Write from when to when a stay or an exchange lasts; nothing where it is not dated."""
    first_day, last_day = stay.first_day, stay.last_day
    return period_in_words(first_day, last_day) if first_day and last_day else ""


@register.filter
def days(each: Iterable[date]) -> str:
    """Write single days together by their month."""
    return days_in_words(each)
