"""The size of an organisation as the European definition counts it, told line by line: `rules.size` in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.models import Organisation, RelatedEnterprise
from clusters.rules.size import Assessment, Figures, Related, Relation, SizeClass, assess
from clusters.words import sentence

LABELS = {
    SizeClass.MICRO: gettext_lazy("Micro enterprise"),
    SizeClass.SMALL: gettext_lazy("Small enterprise"),
    SizeClass.MEDIUM: gettext_lazy("Medium-sized enterprise"),
    SizeClass.LARGE: gettext_lazy("No SME"),
}


@dataclass(frozen=True)
class Row:
    """What one enterprise adds, in words: its name, staff, sums in euro, and how it counts."""

    name: str
    staff: str
    turnover: str
    balance: str
    how: str


@dataclass(frozen=True)
class Explanation:
    """The class in words, what was added up, and the limits that decided."""

    label: str
    is_sme: bool
    rows: list[Row]
    together: Row | None
    reasons: list[str]


def assessment_of(organisation: Organisation) -> Assessment | None:
    """Return the size of an organisation with its partner and linked enterprises (one query); None without figures."""
    return assess_figures(organisation, organisation.related_enterprises.all())


def assess_figures(organisation: Organisation, related: Iterable[RelatedEnterprise]) -> Assessment | None:
    """Return the size by the figures of an organisation and of the enterprises beside it, stored or not."""
    if organisation.headcount is None:
        return None
    own = Figures(Decimal(organisation.headcount), organisation.turnover_eur, organisation.balance_eur)
    others = [
        Related(
            each.name, Relation(each.relation), each.share, Figures(each.headcount, each.turnover_eur, each.balance_eur)
        )
        for each in related
    ]
    return assess(own, others, is_publicly_controlled=organisation.is_publicly_controlled)


def explain(assessment: Assessment) -> Explanation:
    """Return an assessment in the reader's language."""
    rows = [_row(line.name or _("Your organisation"), line.figures, sentence(line.reason)) for line in assessment.lines]
    together = _row(_("Together"), assessment.together, "") if len(rows) > 1 else None
    reasons = [sentence(reason) for reason in assessment.reasons]
    return Explanation(str(LABELS[assessment.size]), assessment.is_sme, rows, together, reasons)


def _row(name: str, figures: Figures, how: str) -> Row:
    return Row(name, _number(figures.staff), _euro(figures.turnover), _euro(figures.balance), how)


def _number(value: Decimal) -> str:
    return str(number_format(f"{value.normalize():f}", force_grouping=True))


def _euro(value: Decimal | None) -> str:
    return _("not given") if value is None else f"€{number_format(value, decimal_pos=0, force_grouping=True)}"
