"""In what two plans differ: sums, countries, and pairs that only one of them holds."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from matchmaking.models import Plan, PlannedPair
from matchmaking.models.querysets_plans import PlannedPairQuerySet
from matchmaking.planning import words

ONLY_FIRST, ONLY_SECOND, BOTH = "first", "second", "both"
PLACES = (ONLY_FIRST, ONLY_SECOND, BOTH)


@dataclass(frozen=True)
class Difference:
    """One figure of both plans, and the second less the first, as text."""

    label: str
    first: str
    second: str
    change: str


def pairs_of(first: Plan, second: Plan, place: str) -> PlannedPairQuerySet:
    """Return the pairs that stand only in the first plan, only in the second, or in both (as the second has them)."""
    if place == ONLY_FIRST:
        return PlannedPair.objects.filter(plan=first).not_in(second)
    rows = PlannedPair.objects.filter(plan=second)
    return rows.also_in(first) if place == BOTH else rows.not_in(first)


def labels(first: Plan, second: Plan) -> dict[str, str]:
    """Return what each part of the pairs is called."""
    return {
        ONLY_SECOND: _("Only in %(plan)s") % {"plan": second.number},
        ONLY_FIRST: _("Only in %(plan)s") % {"plan": first.number},
        BOTH: _("In both"),
    }


def differences(first: Plan, second: Plan) -> list[Difference]:
    """Return the figures of both plans."""
    names = {
        "pairs": (_("Pairs"), 0),
        "total_score": (_("Score of all pairs"), 1),
        "upper_bound": (_("No plan scores more than"), 1),
        "cost": (_("Lump sums of these pairs (EUR)"), 2),
        "sme": (_("Visits by SMEs"), 0),
        "non_member": (_("Visitors from outside the partnerships"), 0),
        "cross_sector": (_("Across sectors"), 0),
        "shortfall": (_("Exchanges by which targets are missed"), 0),
    }
    return [
        _difference(label, places, *(_figure(plan, name) for plan in (first, second)))
        for name, (label, places) in names.items()
    ]


def countries(first: Plan, second: Plan) -> list[tuple[str, int, int]]:
    """Return for each country of hosts how many visits lead there by either plan."""
    before, after = ({row.name: row.pairs for row in words.countries_of(plan)} for plan in (first, second))
    return [(name, before.get(name, 0), after.get(name, 0)) for name in sorted({*before, *after})]


def asked(first: Plan, second: Plan) -> list[tuple[str, str, str]]:
    """Return what the two plans were not asked for alike."""
    rows = zip(words.limits_of(first), words.limits_of(second), strict=True)
    return [(label, before, after) for (label, before), (_label, after) in rows if before != after]


def _figure(plan: Plan, name: str) -> Decimal:
    if name == "cost":
        return Decimal(str(plan.figures["total_cost"])) - Decimal(plan.figures["made"]["cost"])
    return Decimal(str(plan.figures[name]))


def _difference(label: str, places: int, first: Decimal, second: Decimal) -> Difference:
    change = second - first
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return Difference(label, _shown(first, places), _shown(second, places), f"{sign}{_shown(abs(change), places)}")


def _shown(value: Decimal, places: int) -> str:
    return str(number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True))
