"""What is offered while somebody types the name of an organisation."""

from typing import Any

from clusters.models import Organisation
from clusters.rules import folding

SHOWN = 10
LOOKED_AT = 60
SHORTEST_TEXT = 2


def organisations_like(user: Any, text: str) -> list[Organisation]:
    """Return a few of the organisations that the person may see and that match the text, the closest names first."""
    if len(text.strip()) < SHORTEST_TEXT:
        return []
    typed = folding.key_of(folding.words_of(text))
    rows = Organisation.objects.visible_to(user).matching(text).order_by()
    found = rows.only("legal_name", "town", "country", "name_key")[:LOOKED_AT]
    return sorted(found, key=lambda row: (row.name_key != typed, len(row.name_key), row.name_key, row.pk))[:SHOWN]
