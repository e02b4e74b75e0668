"""How the programme works for each kind of reader, told from the dated rules: no number of it stands here."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import queries
from clusters.enums import Mark, OrganisationType, ParticipantRole, Verdict
from clusters.models import EligibilityRule, Wave

VISITORS, HOSTS, SUPPORT = "visitors", "hosts", "scaling-up"


@dataclass(frozen=True)
class GuideTo:
    """One of the guides: its address, whom it is for, and what it promises."""

    role: str
    title: StrOrPromise
    promise: StrOrPromise


GUIDES = {
    guide.role: guide
    for guide in (
        GuideTo(VISITORS, _("For visitors"), _("Spend some days with somebody who does what you plan.")),
        GuideTo(HOSTS, _("For hosts"), _("Receive a visitor from another country, and gain a partner there.")),
        GuideTo(
            SUPPORT,
            _("For scaling-up organisations"),
            _("Technology centres, hubs, incubators and others: learn from each other, and open doors for companies."),
        ),
    )
}


@dataclass(frozen=True)
class Guide:
    """A guide with the rules of today."""

    role: str
    title: StrOrPromise
    promise: StrOrPromise
    wave: Wave | None
    rules: list[EligibilityRule]
    numbers: dict[str, Decimal]
    highest_rate: Decimal | None
    has_uncertain_rules: bool


def guide_for(role: str) -> Guide:
    """Return the guide with the rules and numbers in force today (five queries)."""
    wave = queries.wave_to_show()
    rules = list(_rules_for(role))
    rates = queries.rates_in_force()
    about = GUIDES[role]
    return Guide(
        role=role,
        title=about.title,
        promise=about.promise,
        wave=wave,
        rules=rules,
        numbers=queries.rules_on(),
        highest_rate=max((rate.amount for rate in rates), default=None),
        has_uncertain_rules=any(rule.mark != Mark.TEXT for rule in rules),
    )


def _rules_for(role: str) -> Iterable[EligibilityRule]:
    rules = queries.eligibility_in_force().exclude(verdict=Verdict.NO)
    if role == SUPPORT:
        return rules.filter(organisation_type=OrganisationType.SCALING_UP)
    wanted = ParticipantRole.VISITOR if role == VISITORS else ParticipantRole.HOST
    return rules.filter(role=wanted)
