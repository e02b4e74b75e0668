"""What the record that stays will say: of each group of fields the value of the one, of the other, or both together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.importing.snapshots import is_empty, snapshot
from clusters.merging.parts import Answers, Pair
from clusters.models import Organisation
from clusters.pages import value_of
from clusters.regions import region_of

KEPT, MERGED, BOTH = "kept", "merged", "both"

# What belongs together is chosen together; the first field gives the group its name.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("legal_name",),
    ("type", "scaling_up_kind"),
    ("vat",),
    ("pic",),
    ("website",),
    ("town", "country", "nuts", "address", "postcode", "latitude", "longitude"),
    ("headcount", "turnover_eur", "balance_eur", "is_publicly_controlled"),
    ("sectors",),
    ("technologies",),
    ("ecosystems",),
    ("key_technologies",),
    ("languages",),
    ("description",),
    ("reference_cluster", "cluster_was_assigned", "is_cluster_member"),
)
SEVERAL = frozenset({"sectors", "technologies", "ecosystems", "key_technologies", "languages"})
FIGURES = frozenset({"headcount", "turnover_eur", "balance_eur"})
LABELS = {"headcount": gettext_lazy("Size figures"), "town": gettext_lazy("Place")}
NOT_SHOWN = frozenset({"latitude", "longitude", "cluster_was_assigned"})


@dataclass(frozen=True)
class Value:
    """One group of fields in both records, and which of them is chosen."""

    name: str
    label: str
    kept: str
    merged: str
    chosen: str

    @property
    def differs(self) -> bool:
        """Tell whether there is anything to choose."""
        return self.kept != self.merged

    @property
    def options(self) -> list[tuple[str, str]]:
        """Return what can be chosen, as answer and words."""
        both = [(BOTH, _("both together"))] if self.name in SEVERAL and self.kept and self.merged else []
        return [(KEPT, self.kept), (MERGED, self.merged), *both]

    @property
    def outcome(self) -> str:
        """Return in words what the record that stays will say."""
        if self.chosen == BOTH:
            return f"{self.kept} + {self.merged}"
        return self.merged if self.chosen == MERGED else self.kept


def values_of(pair: Pair, given: Answers) -> Iterator[Value]:
    """Set the two side by side, group by group; what only the one that goes has said is proposed."""
    for group in GROUPS:
        name = group[0]
        kept, merged = (_words(each, group) for each in (pair.kept, pair.merged))
        value = Value(name, str(LABELS.get(name, Organisation.label_of(name))), kept, merged, _proposed(pair, name))
        if given.get(name) in dict(value.options):
            value = Value(name, value.label, kept, merged, given[name])
        yield value


def answers_of(pair: Pair, given: Answers) -> dict[str, str]:
    """Return an answer for each group: the given one where it is possible, the proposed one otherwise."""
    return {value.name: value.chosen for value in values_of(pair, given)}


def chosen(pair: Pair, answers: Answers) -> dict[str, Any]:
    """Return every field as the record that stays will have it, as values of a snapshot."""
    names = [name for group in GROUPS for name in group]
    kept, merged = snapshot(pair.kept, names), snapshot(pair.merged, names)
    return {name: _one(name, answers[group[0]], kept, merged) for group in GROUPS for name in group}


def _one(name: str, answer: str, kept: Mapping[str, Any], merged: Mapping[str, Any]) -> Any:
    if answer == BOTH:
        return list(dict.fromkeys([*kept[name], *merged[name]]))
    return (merged if answer == MERGED else kept)[name]


def _proposed(pair: Pair, name: str) -> str:
    return MERGED if is_empty(snapshot(pair.kept, [name])[name]) else KEPT


def _words(organisation: Organisation, group: tuple[str, ...]) -> str:
    texts = (_said(organisation, name) for name in group if name not in NOT_SHOWN)
    return " · ".join(text for text in texts if text)


def _said(organisation: Organisation, name: str) -> str:
    """Return one answer; a yes is said by its question, and a figure beside others with what it counts."""
    label = Organisation.label_of(name)
    if isinstance(getattr(organisation, name), bool):
        return label if getattr(organisation, name) else ""
    text = value_of(organisation, name)
    if name == "nuts":
        return str(region_of(text) or text)
    return f"{label}: {text}" if text and name in FIGURES else text
