"""Remarks on single fields of a registration: which fields there are, and what is asked of them."""

from collections.abc import Mapping

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.models import Organisation

type Remarks = Mapping[str, str]

GROUPS: tuple[tuple[StrOrPromise, tuple[str, ...]], ...] = (
    (_("The organisation"), ("legal_name", "type", "scaling_up_kind", "vat", "pic", "website")),
    (_("Where it is"), ("country", "nuts", "town", "address", "postcode")),
    (
        _("How large it is"),
        ("headcount", "turnover_eur", "balance_eur", "is_publicly_controlled", "related_enterprises"),
    ),
    (_("What it does"), ("sectors", "technologies", "ecosystems", "key_technologies", "languages", "description")),
    (_("Its reference cluster"), ("is_cluster_member",)),
)
FIELDS = tuple(name for _group, names in GROUPS for name in names)


def given(remarks: Remarks) -> dict[str, str]:
    """Return the remarks that say something, in the order of the pages; raises ValueError for a strange field."""
    if strange := set(remarks) - set(FIELDS):
        raise ValueError(f"A registration has no field {sorted(strange)}.")
    return {name: text for name in FIELDS if (text := remarks.get(name, "").strip())}


def in_words(remarks: Remarks, note: str = "") -> str:
    """Return what is asked for as a text: one line a field, then what holds for the whole."""
    lines = "\n".join(f"• {Organisation.label_of(name)}: {remarks[name]}" for name in FIELDS if name in remarks)
    return "\n\n".join(part for part in (lines, note) if part)


in_words_lazy = lazy(in_words, str)
