"""A registration side by side with those that are likely the same: what is equal, what differs, field by field."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.duplicates import Duplicate
from clusters.models import Organisation
from clusters.pages import value_of
from clusters.words import sentence

# What everybody who validates may read of each registration, and what only those whom it concerns may.
PUBLIC = ("legal_name", "type", "country", "town", "website")
NUMBERS = ("vat", "pic")
INNER = ("address", "headcount", "turnover_eur", "sectors")


class Mark(StrEnum):
    """How an answer stands to that of the registration which is decided about."""

    SAME = "same"
    ALIKE = "alike"
    OTHER = "other"
    NONE = ""


MARKS: dict[Mark, StrOrPromise] = {Mark.SAME: _("the same"), Mark.ALIKE: _("alike"), Mark.OTHER: _("different")}


@dataclass(frozen=True)
class Cell:
    """One answer of another registration; `text` is empty where there is none or it is not for this reader."""

    text: str
    mark: Mark
    is_hidden: bool = False

    @property
    def word(self) -> StrOrPromise:
        """Return the mark as a word."""
        return MARKS.get(self.mark, "")


@dataclass(frozen=True)
class Row:
    """One field: the registration's own answer, then those of the others."""

    label: str
    own: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """Another registration, whether the reader may open it, and why it is likely the same."""

    organisation: Organisation
    is_visible: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """The table: a column for each other registration, a row for each field."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def compare(organisation: Organisation, duplicates: Sequence[Duplicate], visible: Collection[int]) -> Comparison:
    """Set a registration beside its likely duplicates; `visible` are the keys of those that the reader may open."""
    prefetch_related_objects([organisation, *(each.organisation for each in duplicates)], "sectors")
    columns = tuple(
        Column(each.organisation, each.organisation.pk in visible, tuple(map(sentence, each.reasons)))
        for each in duplicates
    )
    names = (*PUBLIC[:1], *NUMBERS, *PUBLIC[1:], *INNER)
    rows = tuple(
        Row(
            Organisation.label_of(name),
            value_of(organisation, name),
            tuple(_cell(organisation, each, name, is_visible=each.organisation.pk in visible) for each in duplicates),
        )
        for name in names
    )
    return Comparison(columns, rows)


def _cell(organisation: Organisation, duplicate: Duplicate, name: str, *, is_visible: bool) -> Cell:
    other = duplicate.organisation
    if name in INNER and not is_visible:
        return Cell("", Mark.NONE, is_hidden=True)
    mark = _mark(organisation, duplicate, name)
    if name in NUMBERS and not is_visible and mark is not Mark.SAME:
        return Cell("", mark, is_hidden=mark is not Mark.NONE)
    return Cell(value_of(other, name), mark)


def _mark(organisation: Organisation, duplicate: Duplicate, name: str) -> Mark:
    own, other = _key(organisation, name), _key(duplicate.organisation, name)
    if not own or not other:
        return Mark.NONE
    if own == other:
        return Mark.SAME
    is_alike = name == "legal_name" and any(reason.code.startswith("alike_") for reason in duplicate.reasons)
    return Mark.ALIKE if is_alike else Mark.OTHER


def _key(organisation: Organisation, name: str) -> str:
    """Return the answer as it is compared: of names and websites what they are found by."""
    if name == "legal_name":
        return organisation.name_key
    if name == "website":
        return organisation.web_host
    return value_of(organisation, name).casefold().strip()
