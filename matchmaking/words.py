"""How this app says things: the reasons of a suggestion, periods, and what keeps a candidature back."""

from django.utils.translation import gettext

from clusters.rules.eligibility import Verdict
from clusters.words import listed, period_in_words, sentence
from clusters.words import shown as shown_anywhere
from extratex.shared.languages import language_names
from extratex.shared.reasons import Reason, Value
from matchmaking.models import Availability

__all__ = ["listed", "merit_in_words", "refusal_in_words", "sentence", "window_in_words"]


def merit_in_words(reason: Reason) -> str:
    """Return a reason of the engine as a sentence."""
    return reason.sentence(gettext, shown)


def shown(name: str, value: Value) -> str:
    """Write one value of a reason; languages, which the engine knows by their codes, by their names."""
    if name == "languages" and isinstance(value, tuple):
        return listed(language_names([str(code) for code in value]))
    return shown_anywhere(name, value)


def window_in_words(window: Availability) -> str:
    """Write a period of availability: "5 to 16 April 2027"."""
    return period_in_words(window.first_day, window.last_day)


def refusal_in_words(verdict: Verdict) -> str:
    """Say why the programme does not let somebody take part, with the row of its table that decided."""
    reasons = [sentence(reason) for reason in verdict.reasons]
    if verdict.rule is not None and verdict.rule.source:
        reasons.append(gettext("The rule: “%(rule)s”") % {"rule": verdict.rule.source})
    return " ".join(reasons)
