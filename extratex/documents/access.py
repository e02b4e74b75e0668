"""Who may read a file: the app that owns its kind says so, and nobody may read a kind that no app owns."""

from collections.abc import Callable
from typing import Any

from extratex.documents.models import Document

type CanRead = Callable[[Any, Document], bool]

_RULES: dict[str, CanRead] = {}
_ALSO_STRANGERS: set[str] = set()


def register(kind: str, can_read: CanRead, *, also_strangers: bool = False) -> None:
    """Declare who reads a kind of file; called from an AppConfig's ready(), once a kind.

    Where strangers may read some of a kind, such as a picture of published news, the rule is asked for them as well.
    """
    if _RULES.setdefault(kind, can_read) is not can_read:
        raise ValueError(f"The kind of document {kind!r} is registered twice.")
    if also_strangers:
        _ALSO_STRANGERS.add(kind)


def can_read(user: Any, document: Document) -> bool:
    """Answer whether the person may read the file."""
    rule = _RULES.get(document.kind)
    asked = user.is_authenticated or document.kind in _ALSO_STRANGERS
    return bool(asked and rule is not None and rule(user, document))
