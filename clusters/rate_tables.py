"""A table of lump sums as text, read cell by cell: each row a rate, or what is wrong with which of its cells.

The first line names the columns: country, amount, valid_from and, if wanted, valid_to. Nothing is stored here.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django_countries import countries
from django_stubs_ext import StrOrPromise

from clusters import facts, queries
from clusters.enums import Mark, RuleName
from clusters.models import LumpSumRate

NEEDED = ("country", "amount", "valid_from")
COLUMNS = (*NEEDED, "valid_to")
SYNONYMS = {"host_country": "country", "full_amount_eur": "amount", "amount_eur": "amount", "rate": "amount"}
AMOUNT = re.compile(r"\d{1,6}(\.\d{1,2})?")
WITH_COMMA = re.compile(r"\d{1,6},\d{1,2}")
MOST_ROWS = 500


class TableUnreadable(ValueError):
    """The text is no such table; the words say what is missing."""


@dataclass
class Row:
    """One line: its number in the text, its cells as typed, what is wrong by column, and the rate when nothing is."""

    number: int
    cells: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    rate: LumpSumRate | None = None


@dataclass(frozen=True)
class Table:
    """All lines, and the countries that take part on the first day but have no line."""

    rows: list[Row]
    missing: list[str]

    @property
    def is_sound(self) -> bool:
        """Tell whether every line is a rate."""
        return bool(self.rows) and all(row.rate is not None for row in self.rows)

    @property
    def faults(self) -> int:
        """Count the cells that are wrong."""
        return sum(len(row.faults) for row in self.rows)

    @property
    def rates(self) -> list[LumpSumRate]:
        """Return the rates of the sound lines."""
        return [row.rate for row in self.rows if row.rate is not None]


def read(text: str) -> Table:
    """Read a table separated by commas, semicolons or tabs; raises TableUnreadable."""
    lines = list(_lines(text))
    if not lines:
        raise TableUnreadable(_("There is no line below the headings."))
    if len(lines) > MOST_ROWS:
        raise TableUnreadable(_("More than %(most)s lines: is this the right table?") % {"most": MOST_ROWS})
    known = set(queries.countries_ever())
    rows = [_row(number, cells, known) for number, cells in lines]
    _refuse_overlaps(rows)
    return Table(rows, _missing(rows))


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    content = text.lstrip("\ufeff").replace("\x00", "")
    heading = content.split("\n", 1)[0]
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(content), delimiter=separator)
    try:
        names = [_name(each) for each in next(reader, [])]
        absent = [name for name in NEEDED if name not in names]
        if absent:
            raise TableUnreadable(
                _("The first line has to name the columns %(needed)s; %(absent)s cannot be found.")
                % {"needed": ", ".join(COLUMNS), "absent": ", ".join(absent)}
            )
        for values in reader:
            if any(value.strip() for value in values):
                cells = dict(zip(names, (value.strip() for value in values), strict=False))
                yield reader.line_num, {name: cells.get(name, "") for name in COLUMNS}
    except csv.Error as fault:
        raise TableUnreadable(_("Line %(line)s cannot be read as CSV.") % {"line": reader.line_num}) from fault


def _name(heading: str) -> str:
    name = heading.strip().casefold().replace(" ", "_")
    return SYNONYMS.get(name, name)


def _row(number: int, cells: dict[str, str], known: set[str]) -> Row:
    row = Row(number, cells)
    country = _country(row, known)
    amount = _amount(row)
    begins, ends = _day(row, "valid_from"), _day(row, "valid_to") if cells["valid_to"] else None
    if row.faults or amount is None or begins is None:
        return row
    rate = LumpSumRate(country=country, amount=amount, valid_from=begins, valid_to=ends, mark=Mark.TEXT)
    _refuse_above_ceiling(row, rate)
    try:
        facts.check(rate)
    except facts.FactRefused as fault:
        row.faults[fault.field] = str(fault)
    if not row.faults:
        row.rate = rate
    return row


def _country(row: Row, known: set[str]) -> str:
    typed = row.cells["country"]
    code = typed.upper() if len(typed) == 2 else countries.by_name(typed)  # noqa: PLR2004 a code has two letters
    if not typed:
        row.faults["country"] = _("The country is missing.")
    elif code not in known:
        row.faults["country"] = _("No country that takes part: write its code of two letters, such as PT.")
    return code


def _amount(row: Row) -> Decimal | None:
    typed = row.cells["amount"].replace("\u00a0", "").replace(" ", "")
    if AMOUNT.fullmatch(typed):
        return Decimal(typed)
    if WITH_COMMA.fullmatch(typed):
        meant = typed.replace(",", ".")
        row.faults["amount"] = _("Written with a comma: write %(meant)s if that is meant.") % {"meant": meant}
    elif not typed:
        row.faults["amount"] = _("The amount is missing.")
    else:
        row.faults["amount"] = _("No sum in euro: digits and at most a point with two decimals, such as 780.00.")
    return None


def _day(row: Row, name: str) -> date | None:
    typed = row.cells[name]
    try:
        return date.fromisoformat(typed)
    except ValueError:
        words = _("No day: write it as year-month-day, such as 2027-01-01.")
        row.faults[name] = words if typed else _("The first day is missing.")
        return None


def _refuse_above_ceiling(row: Row, rate: LumpSumRate) -> None:
    ceiling = queries.rules_on(rate.valid_from).get(RuleName.LUMP_SUM_CEILING_EUR)
    if ceiling is not None and rate.amount > ceiling:
        row.faults["amount"] = _("Above the ceiling of %(ceiling)s euro on that day.") % {"ceiling": f"{ceiling:.2f}"}


def _refuse_overlaps(rows: list[Row]) -> None:
    """Mark every line whose validity meets that of a line above it for the same country."""
    seen: dict[str, list[Row]] = {}
    for row in rows:
        if row.rate is None:
            continue
        others = seen.setdefault(row.rate.country.code, [])
        met = next((other for other in others if other.rate and _meet(other.rate, row.rate)), None)
        others.append(row)
        if met is not None:
            row.rate = None
            row.faults["valid_from"] = _("Overlaps with line %(line)s for the same country.") % {"line": met.number}


def _meet(one: LumpSumRate, other: LumpSumRate) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def _missing(rows: list[Row]) -> list[str]:
    days = [row.rate.valid_from for row in rows if row.rate is not None]
    named = {row.cells["country"].upper() for row in rows} | {
        row.rate.country.code for row in rows if row.rate is not None
    }
    expected: list[str] = queries.eligible_countries(min(days)) if days else []
    return sorted(str(countries.name(code)) for code in expected if code not in named)


def shown(name: str) -> StrOrPromise:
    """Return the heading of a column."""
    return {
        "country": _("Host country"),
        "amount": _("Full amount (EUR)"),
        "valid_from": _("Valid from"),
        "valid_to": _("Valid to"),
    }[name]


def present_table(begins: date) -> str:
    """Return the rates in force as a table of the next ones, from a day on: a start for who has to enter new ones."""
    lines = [f"{rate.country.code},{rate.amount},{begins.isoformat()}," for rate in queries.rates_in_force()]
    return "\n".join([",".join(COLUMNS), *lines])


def amount_before(row: Row) -> Decimal | None:
    """Return the amount that a sound line takes the place of, or None where the country had no rate."""
    if row.rate is None:
        return None
    rates = LumpSumRate.objects.in_force(row.rate.valid_from).filter(country=row.rate.country)
    return rates.order_by("-valid_from").values_list("amount", flat=True).first()
