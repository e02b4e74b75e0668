"""The two questions of a stranger: may we take part, and what would a stay earn?"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clusters import queries as people
from clusters.eligibility import table_of
from clusters.enums import Mark, ParticipantRole
from clusters.models import Wave
from clusters.rules.enquiry import Answer, Outcome
from clusters.words import sentence
from exchanges import queries
from exchanges.forms.calculator import EnquiryForm, LumpSumForm
from exchanges.rules.dated import RuleSet
from exchanges.rules.outlook import Outlook, look_ahead
from exchanges.words import sum_in_words
from extratex.publishing.pages import public_page
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page

CODE = 2


def asks_nothing(request: HtmxHttpRequest) -> bool:
    """Tell whether a page is asked for without a question: what a stranger enters is not kept."""
    return not request.GET


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as a person reads it."""

    outcome: Outcome
    reasons: list[str]
    conditions: list[str]
    rule: str
    mark: str
    is_stated: bool


@public_page(kept=asks_nothing)
def eligibility(request: HtmxHttpRequest) -> HttpResponse:
    """Answer whether an organisation may take part, by the rule that decides, and what a stay would earn."""
    wave = people.wave_to_show()
    is_asked = "type" in request.GET
    form = EnquiryForm(request.GET) if is_asked else EnquiryForm()
    context: dict[str, Any] = {"form": form, "wave": wave, "is_open": people.open_wave() is not None}
    if is_asked and form.is_valid() and wave is not None:
        outlook = _outlook(form)
        context |= {
            "answer": _answer(form, wave),
            "outlook": outlook,
            "why_this_sum": sentence(outlook.because) if outlook and not outlook.problems else "",
            "problems": [sentence(reason) for reason in outlook.problems] if outlook else [],
            "calculator": _calculator(form),
            "is_host": form.cleaned_data["role"] == ParticipantRole.HOST,
        }
    return render_page(request, "programme/eligibility.html", context)


@public_page(kept=asks_nothing)
def lump_sums(request: HtmxHttpRequest) -> HttpResponse:
    """Derive the lump sum of a stay line by line, and list the rates in force."""
    is_asked = "first_day" in request.GET
    form = LumpSumForm(request.GET) if is_asked else LumpSumForm(initial=_countries_in(request))
    context: dict[str, Any] = {"form": form, "rates": people.rates_in_force(), "settings": people.rules_on()}
    if is_asked and form.is_valid():
        context |= _derived(form)
    return render_page(request, "programme/lump_sums.html", context)


def _countries_in(request: HtmxHttpRequest) -> dict[str, str]:
    """Return the countries that a link to the calculator has chosen already."""
    return {name: code for name in ("host_country", "country") if len(code := request.GET.get(name, "")) == CODE}


def _derived(form: LumpSumForm) -> dict[str, Any]:
    first_day = form.cleaned_data["first_day"]
    rules = _rules_on(first_day)
    if rules is None:
        return {"problems": [_no_rules_on(first_day)]}
    derivation = queries.derive_stays([form.stay], visitor=form.home, rules=rules, virtual=form.cleaned_data["virtual"])
    return {
        "derivation": derivation,
        "shown": sum_in_words(derivation),
        "problems": [sentence(reason) for reason in derivation.problems],
        "mark": Mark(derivation.rate.mark).label if derivation.rate else "",
        "same_country": form.cleaned_data["country"] == form.cleaned_data["host_country"],
    }


def _answer(form: EnquiryForm, wave: Wave) -> ShownAnswer:
    enquiry = form.enquiry
    return _shown(table_of(wave, ParticipantRole(enquiry.role)).answer_to(enquiry))


def _shown(answer: Answer) -> ShownAnswer:
    rule = answer.rule
    return ShownAnswer(
        outcome=answer.outcome,
        reasons=[sentence(reason) for reason in answer.reasons],
        conditions=[sentence(reason) for reason in answer.conditions],
        rule=rule.source if rule else "",
        mark=str(Mark(rule.mark).label) if rule else "",
        is_stated=rule is not None and rule.mark == Mark.TEXT,
    )


def _outlook(form: EnquiryForm) -> Outlook | None:
    days = form.days_of_a_visit
    if days is None:
        return None
    today = clock.today()
    rules = _rules_on(today)
    if rules is None:
        return None
    return look_ahead(country=form.cleaned_data["other_country"], working_days=days, begins=today, rules=rules)


def _rules_on(day: date) -> RuleSet | None:
    try:
        return queries.rules_on(day)
    except ValueError:
        return None


def _no_rules_on(day: date) -> str:
    return _("No rules of the programme are known for %(day)s.") % {"day": date_format(day, "j F Y")}


def _calculator(form: EnquiryForm) -> str:
    given = form.cleaned_data
    chosen = {"host_country": given["other_country"], "country": given["country"]}
    return urlencode({name: value for name, value in chosen.items() if value})
