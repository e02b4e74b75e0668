"""How large an enterprise is, by the European definition: Recommendation 2003/361/EC, annex, articles 2, 3 and 6.

The figures of linked enterprises count in full, those of partner enterprises by the share that is held; below a quarter
nothing counts. The answer says line by line what was counted, and which limits decided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _


class SizeClass(StrEnum):
    """The classes of the definition."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Relation(StrEnum):
    """How another enterprise stands to this one (article 3)."""

    PARTNER = "partner"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class Figures:
    """Staff in full-time equivalents, turnover a year and balance sheet total in euro; None is not known."""

    staff: Decimal
    turnover: Decimal | None = None
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another enterprise: `share` is the larger of capital and voting rights held, in per cent."""

    name: str
    relation: Relation
    share: Decimal
    figures: Figures


@dataclass(frozen=True, slots=True)
class Line:
    """What one enterprise adds: its figures as they count, and why so."""

    name: str
    figures: Figures
    reason: Reason


@dataclass(frozen=True, slots=True)
class Assessment:
    """The class; what each enterprise adds, the own one first; all together; and which limits decided."""

    size: SizeClass
    lines: tuple[Line, ...]
    together: Figures
    reasons: tuple[Reason, ...]

    @property
    def is_sme(self) -> bool:
        """Tell whether it is a micro, small or medium-sized enterprise."""
        return self.size is not SizeClass.LARGE


@dataclass(frozen=True, slots=True)
class Limits:
    """Fewer staff than `staff_below`, and at most one of the two sums in euro."""

    size: SizeClass
    staff_below: Decimal
    turnover: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """A sum in euro; where a figure is missing, only its known part."""

    known: Decimal
    is_complete: bool

    def keeps_to(self, limit: Decimal) -> bool | None:
        """Tell whether the sum is at most the limit; None where the missing part would decide."""
        if self.known > limit:
            return False
        return True if self.is_complete else None


MILLION = Decimal(1_000_000)
LIMITS = (
    Limits(SizeClass.MICRO, Decimal(10), 2 * MILLION, 2 * MILLION),
    Limits(SizeClass.SMALL, Decimal(50), 10 * MILLION, 10 * MILLION),
    Limits(SizeClass.MEDIUM, Decimal(250), 50 * MILLION, 43 * MILLION),
)
PARTNER_FROM, MAJORITY, WHOLE = Decimal(25), Decimal(50), Decimal(100)

OWN = Reason("own", _("Your own figures count in full."))
PUBLIC = Reason(
    "public",
    _(
        "Public bodies control a quarter or more of the capital or the votes: whatever its figures, such an enterprise "
        "is no SME (article 3(4))."
    ),
)
UNKNOWN = Reason(
    "unknown", _("Neither turnover nor balance sheet total is known in full: the staff alone decide for now.")
)


def size_class(headcount: int, turnover: Decimal | None, balance: Decimal | None) -> SizeClass:
    """Return the class of an enterprise that stands alone."""
    return assess(Figures(Decimal(headcount), turnover, balance)).size


def assess(own: Figures, related: Sequence[Related] = (), *, is_publicly_controlled: bool = False) -> Assessment:
    """Return the class with the figures of partner and linked enterprises counted in, and why.

    `is_publicly_controlled`: public bodies control a quarter or more, which ends the quality of an SME (article 3(4)).
    A figure that nobody knows counts against nobody, unless what is known of it exceeds the limit already.
    """
    lines = (Line("", own, OWN), *map(_line, related))
    counted = [own, *(line.figures for line, each in zip(lines[1:], related, strict=True) if weight(each))]
    staff = sum((figures.staff for figures in counted), Decimal(0))
    turnover = _total(figures.turnover for figures in counted)
    balance = _total(figures.balance for figures in counted)
    together = Figures(staff, _if_complete(turnover), _if_complete(balance))
    if is_publicly_controlled:
        return Assessment(SizeClass.LARGE, lines, together, (PUBLIC,))
    missed: tuple[Reason, ...] = ()
    for limits in LIMITS:
        faults = _faults(limits, staff, turnover, balance)
        if not faults:
            return Assessment(limits.size, lines, together, (*missed, *_merits(limits, staff, turnover, balance)))
        missed = faults
    return Assessment(SizeClass.LARGE, lines, together, missed)


def weight(related: Related) -> Decimal:
    """Return the part of its figures that counts, from 0 to 1 (article 6(2)); a majority links (article 3(3))."""
    if related.relation is Relation.LINKED or related.share > MAJORITY:
        return Decimal(1)
    return related.share / WHOLE if related.share >= PARTNER_FROM else Decimal(0)


def _line(related: Related) -> Line:
    factor, figures = weight(related), related.figures
    amounts = [None if amount is None else factor * amount for amount in (figures.turnover, figures.balance)]
    return Line(related.name, Figures(factor * figures.staff, *amounts), _how(related))


def _how(related: Related) -> Reason:
    values = {"share": related.share}
    if related.relation is Relation.LINKED:
        return Reason("linked", _("Linked: its figures count in full."))
    if related.share > MAJORITY:
        return Reason("majority", _("{share} % is a majority, which links it: its figures count in full."), values)
    if related.share >= PARTNER_FROM:
        return Reason("partner", _("Partner: {share} % of its figures count."), values)
    return Reason("apart", _("{share} % is less than a quarter: nothing of it counts."), values)


def _total(amounts: Iterable[Decimal | None]) -> Total:
    given = list(amounts)
    known = sum((amount for amount in given if amount is not None), Decimal(0))
    return Total(known, is_complete=None not in given)


def _if_complete(total: Total) -> Decimal | None:
    return total.known if total.is_complete else None


def _faults(limits: Limits, staff: Decimal, turnover: Total, balance: Total) -> tuple[Reason, ...]:
    """Return why the class is missed, or nothing: of turnover and balance sheet, keeping to one suffices."""
    if staff >= limits.staff_below:
        values = {"staff": staff, "limit": limits.staff_below}
        return (Reason(f"above_{limits.size}_staff", TOO_MANY[limits.size], values),)
    kept = (turnover.keeps_to(limits.turnover), balance.keeps_to(limits.balance))
    if True in kept or False not in kept:
        return ()
    values = {"turnover_limit": limits.turnover, "balance_limit": limits.balance}
    return (Reason(f"above_{limits.size}_sums", TOO_MUCH[limits.size], values),)


def _merits(limits: Limits, staff: Decimal, turnover: Total, balance: Total) -> tuple[Reason, ...]:
    people = Reason("staff", _("Staff {staff} is fewer than {limit}."), {"staff": staff, "limit": limits.staff_below})
    if turnover.keeps_to(limits.turnover):
        values = {"sum": turnover.known, "limit": limits.turnover}
        return people, Reason("turnover", _("Turnover €{sum} is at most €{limit}."), values)
    if balance.keeps_to(limits.balance):
        values = {"sum": balance.known, "limit": limits.balance}
        return people, Reason("balance", _("Balance sheet total €{sum} is at most €{limit}."), values)
    return people, UNKNOWN


TOO_MANY = {
    SizeClass.MICRO: _("No micro enterprise: staff {staff} is not fewer than {limit}."),
    SizeClass.SMALL: _("No small enterprise: staff {staff} is not fewer than {limit}."),
    SizeClass.MEDIUM: _("No SME: staff {staff} is not fewer than {limit}."),
}
TOO_MUCH = {
    SizeClass.MICRO: _(
        "No micro enterprise: neither is the turnover known to be at most €{turnover_limit}, nor the balance "
        "sheet total at most €{balance_limit}."
    ),
    SizeClass.SMALL: _(
        "No small enterprise: neither is the turnover known to be at most €{turnover_limit}, nor the balance "
        "sheet total at most €{balance_limit}."
    ),
    SizeClass.MEDIUM: _(
        "No SME: neither is the turnover known to be at most €{turnover_limit}, nor the balance sheet total at "
        "most €{balance_limit}."
    ),
}
