"""How this app says things: the reasons of a suggestion, periods, and what keeps a candidature back."""

from dataclasses import replace

from django.utils.translation import gettext

from clusters.enums import ParticipantRole
from clusters.rules.eligibility import Verdict
from clusters.words import listed, period_in_words, sentence
from clusters.words import shown as shown_anywhere
from extratex.shared.languages import language_names
from extratex.shared.reasons import Reason, Value
from extratex.shared.reasons import marked as _
from matchmaking.models import Availability

__all__ = ["listed", "merit_in_words", "refusal_in_words", "rule_in_words", "sentence", "window_in_words"]

VISITOR, HOST = ParticipantRole.VISITOR, ParticipantRole.HOST
TO_ONESELF = {
    ("country_excluded", VISITOR): _("You leave out {country}."),
    ("country_not_received", HOST): _("You leave out {country}."),
    ("type_not_wished", VISITOR): _("You wish another type of host than {organisation_type}."),
    ("type_not_received", HOST): _("You wish another type of visitor than {organisation_type}."),
    ("visitor_not_eligible", VISITOR): _("You may not visit in this wave."),
    ("not_eligible", HOST): _("You may not receive visitors in this wave."),
    ("no_capacity", HOST): _("You have no place left."),
    ("no_place_then", VISITOR): _("This host has no place left when you could come."),
    ("no_place_then", HOST): _("You have no place left when the visitor could come."),
}
"""What a hard rule of the engine says to the side whose wish or state it is, by its code and that side."""


def merit_in_words(reason: Reason) -> str:
    """Return a reason of the engine as a sentence."""
    return reason.sentence(gettext, shown)


def rule_in_words(reason: Reason, reader: str) -> str:
    """Return a hard rule that keeps two apart as one of them reads it, the visitor or the host."""
    text = TO_ONESELF.get((reason.code, ParticipantRole(reader)), reason.text)
    return merit_in_words(replace(reason, text=text))


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
