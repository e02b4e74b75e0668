"""What the portal finds out about a registration before somebody validates it, each finding with its reasons.

A finding that stops lets nobody validate in bulk; whoever looks at the single registration still decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from clusters import queries
from clusters.duplicates import Duplicate, likely_duplicates
from clusters.eligibility import Table, table_of
from clusters.enums import OrganisationStatus, OrganisationType, ParticipantRole, VatState
from clusters.models import Organisation
from clusters.rules.eligibility import Verdict
from clusters.rules.size import Assessment, Figures, Related, Relation, SizeClass, assess
from clusters.vat import VatInvalid, clean_vat
from clusters.words import sentence
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _


class Finding(StrEnum):
    """How a check came out; the values are the tones of components/status.html."""

    FINE = "ok"
    LOOK = "wait"
    STOPS = "stop"
    OPEN = ""


WORDS = {
    Finding.FINE: gettext_lazy("In order"),
    Finding.LOOK: gettext_lazy("Please look"),
    Finding.STOPS: gettext_lazy("Something is against it"),
    Finding.OPEN: gettext_lazy("Not known"),
}
SIZE_NAMES = {
    SizeClass.MICRO: _("By these figures it is a micro enterprise."),
    SizeClass.SMALL: _("By these figures it is a small enterprise."),
    SizeClass.MEDIUM: _("By these figures it is a medium-sized enterprise."),
    SizeClass.LARGE: _("By these figures it is a large enterprise."),
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, how it came out, and why."""

    title: StrOrPromise
    finding: Finding
    reasons: tuple[Reason, ...]

    @property
    def word(self) -> StrOrPromise:
        """Return the finding as a word."""
        return WORDS[self.finding]

    @property
    def sentences(self) -> list[str]:
        """Return the reasons in the reader's language."""
        return [sentence(reason) for reason in self.reasons]


class Inspector:
    """Looks at any number of registrations; what holds for all of them is read once."""

    @cached_property
    def tables(self) -> tuple[Table, Table] | None:
        """Return the eligibility tables of the open wave for visitors and hosts; None while no wave is open."""
        wave = queries.open_wave()
        return None if wave is None else (table_of(wave, ParticipantRole.VISITOR), table_of(wave, ParticipantRole.HOST))

    def checks_of(self, organisation: Organisation, duplicates: Sequence[Duplicate]) -> list[Check]:
        """Return all findings on a registration, what is against it first."""
        found = [
            duplicate_check(duplicates),
            *self.eligibility_of(organisation),
            size_check(organisation),
            vat_check(organisation),
        ]
        order = list(reversed([Finding.OPEN, Finding.FINE, Finding.LOOK, Finding.STOPS]))
        return sorted(found, key=lambda check: order.index(check.finding))

    def eligibility_of(self, organisation: Organisation) -> list[Check]:
        """Return whether it may be visitor and host, with the rule; only if it may be neither, that is against it."""
        if self.tables is None:
            reason = Reason("no_wave", _("No wave of the programme is open, so no table of eligibility is in force."))
            return [Check(gettext_lazy("Eligibility"), Finding.OPEN, (reason,))]
        as_visitor, as_host = (table.verdict_on(organisation) for table in self.tables)
        is_possible = any(verdict.allowed or verdict.needs_pre_approval for verdict in (as_visitor, as_host))
        return [
            _eligibility_check(gettext_lazy("As a visitor"), as_visitor, is_possible=is_possible),
            _eligibility_check(gettext_lazy("As a host"), as_host, is_possible=is_possible),
        ]


def duplicates_of(organisation: Organisation, user: Any) -> list[Duplicate]:
    """Return what is likely the same organisation; of drafts only those that the person may see."""
    found = likely_duplicates(
        legal_name=organisation.legal_name,
        country=organisation.country.code,
        town=organisation.town,
        vat=organisation.vat,
        pic=organisation.pic,
        website=organisation.website,
        but=organisation,
    )
    drafts = [each.organisation.pk for each in found if each.organisation.status == OrganisationStatus.DRAFT]
    seen = (
        set(Organisation.objects.visible_to(user).filter(pk__in=drafts).values_list("pk", flat=True))
        if drafts
        else set()
    )
    return [each for each in found if each.organisation.pk not in drafts or each.organisation.pk in seen]


def duplicate_check(duplicates: Sequence[Duplicate]) -> Check:
    """Return whether the organisation seems to be registered already."""
    title = gettext_lazy("Registered already?")
    if not duplicates:
        reason = Reason("unique", _("No other registration has its name, numbers or website, or looks alike."))
        return Check(title, Finding.FINE, (reason,))
    reasons = tuple(
        Reason(
            "likely_same",
            _("Likely the same as {name} ({number})."),
            {"name": each.organisation.legal_name, "number": each.organisation.number},
        )
        for each in duplicates
    )
    return Check(title, Finding.STOPS, reasons)


def assessment_of(organisation: Organisation) -> Assessment | None:
    """Return the size class with partner and linked enterprises counted in; None where nobody has said its staff."""
    if organisation.headcount is None:
        return None
    related = [
        Related(
            each.name,
            Relation(each.relation),
            each.share,
            Figures(each.headcount, each.turnover_eur, each.balance_eur),
        )
        for each in organisation.related_enterprises.all()
    ]
    own = Figures(Decimal(organisation.headcount), organisation.turnover_eur, organisation.balance_eur)
    return assess(own, related, is_publicly_controlled=organisation.is_publicly_controlled)


def size_check(organisation: Organisation) -> Check:
    """Return the size class with its reasons, and whether the stated type contradicts it."""
    title = gettext_lazy("Size class")
    says_sme = organisation.type == OrganisationType.SME
    assessment = assessment_of(organisation)
    if assessment is None:
        reason = Reason("no_figures", _("It has not said how many people work for it."))
        return Check(title, Finding.LOOK if says_sme else Finding.OPEN, (reason,))
    size = Reason(f"size_{assessment.size}", SIZE_NAMES[assessment.size])
    if says_sme and not assessment.is_sme:
        against = Reason("no_sme", _("It calls itself an SME, which its figures contradict."))
        return Check(title, Finding.STOPS, (against, size, *assessment.reasons))
    if organisation.type == OrganisationType.LARGE and assessment.is_sme:
        against = Reason("no_large", _("It calls itself a large company, which its figures contradict."))
        return Check(title, Finding.STOPS, (against, size, *assessment.reasons))
    return Check(title, Finding.FINE, (size, *assessment.reasons))


def vat_check(organisation: Organisation) -> Check:
    """Return what is known of the VAT number: its check digits, and what VIES has said."""
    title = gettext_lazy("VAT number")
    if not organisation.vat:
        return Check(title, Finding.OPEN, (Reason("no_vat", _("It has given none.")),))
    try:
        clean_vat(organisation.vat, organisation.country.code)
    except VatInvalid:
        text = _("{vat} is not written like a VAT number of {country}, or its check digit is wrong.")
        values = {"vat": organisation.vat, "country": organisation.country.code}
        return Check(title, Finding.STOPS, (Reason("vat_malformed", text, values),))
    finding, text = VAT_FINDINGS[VatState(organisation.vat_state)]
    return Check(title, finding, (Reason(f"vat_{organisation.vat_state}", text, {"vat": organisation.vat}),))


VAT_FINDINGS = {
    VatState.VALID: (Finding.FINE, _("VIES knows {vat} as valid.")),
    VatState.INVALID: (Finding.STOPS, _("VIES says that {vat} is not valid.")),
    VatState.PENDING: (Finding.OPEN, _("{vat} is well-formed; VIES is being asked.")),
    VatState.UNAVAILABLE: (Finding.OPEN, _("{vat} is well-formed; VIES has not answered yet.")),
    VatState.UNCHECKED: (Finding.OPEN, _("{vat} is well-formed; VIES has not been asked.")),
}


def _eligibility_check(title: StrOrPromise, verdict: Verdict, *, is_possible: bool) -> Check:
    if verdict.allowed:
        finding = Finding.FINE
    elif is_possible:
        finding = Finding.LOOK if verdict.needs_pre_approval else Finding.OPEN
    else:
        finding = Finding.STOPS
    rule = (
        (Reason("rule", _("The rule: {rule}"), {"rule": verdict.rule.source}),)
        if verdict.rule and verdict.rule.source
        else ()
    )
    return Check(title, finding, (*verdict.reasons, *rule))
