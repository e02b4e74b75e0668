"""Who may read a file: the app that owns its kind says so, and nobody may read a kind that no app owns."""

from collections.abc import Callable
from typing import Any

from extratex.documents.models import Document

type CanRead = Callable[[Any, Document], bool]

_RULES: dict[str, CanRead] = {}


def register(kind: str, can_read: CanRead) -> None:
    """Declare who reads a kind of file; called from an AppConfig's ready(), once a kind."""
    if _RULES.setdefault(kind, can_read) is not can_read:
        raise ValueError(f"The kind of document {kind!r} is registered twice.")


def can_read(user: Any, document: Document) -> bool:
    """Answer whether the person may read the file."""
    rule = _RULES.get(document.kind)
    return bool(user.is_authenticated and rule is not None and rule(user, document))
