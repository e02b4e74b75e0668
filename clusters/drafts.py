"""Drafts: the one way in which what somebody types is kept until it is handed in, here and on every other device.

The text is kept as it was typed, right or wrong. Whoever saves says which state of the page she has seen; a page that
was changed elsewhere since is never overwritten unasked.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import transaction

from clusters.models import Draft, User
from clusters.models.drafts import Answers
from extratex.shared import clock

REVISION = re.compile(r"[0-9]{1,9}")

type Page = dict[str, list[str]]


class DraftConflict(Exception):
    """The draft cannot take this now; the text is still in the hands of whoever typed it."""


class StaleDraft(DraftConflict):
    """This page was changed elsewhere since it was opened; `draft` is how it stands now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"revision {draft.revision}")
        self.draft = draft


class DraftGone(DraftConflict):
    """The draft was handed in or thrown away elsewhere."""


def find(user: Any, kind: str, subject: str = "") -> Draft | None:
    """Return one's own draft of something new, or the shared one about a subject."""
    drafts = Draft.objects.filter(kind=kind, subject=subject)
    return (drafts if subject else drafts.filter(user=user)).first()


def begin(user: User, kind: str, subject: str = "", answers: Callable[[], Answers] = dict) -> Draft:
    """Return the draft, with its first answers if it has to be begun; two at once begin the same one."""
    key: dict[str, Any] = {"kind": kind, "subject": subject} if subject else {"kind": kind, "subject": "", "user": user}
    draft, _created = Draft.objects.get_or_create(**key, defaults={"user": user, "answers": answers})
    return draft


def seen(draft: Draft) -> str:
    """Return the mark that a page carries, by which a save says what it has seen."""
    return f"{draft.pk}.{draft.revision}"


@transaction.atomic
def save(draft: Draft, page: str, typed: Page, *, mark: str, user: User) -> Draft:
    """Keep what was typed into a page; raises StaleDraft or DraftGone, and keeps everything as it was."""
    fresh = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    pk, _dot, revision = mark.partition(".")
    if fresh is None or pk != str(fresh.pk):
        raise DraftGone
    if fresh.answers.get(page) == typed:
        return fresh
    if _is_stale(fresh, page, revision):
        raise StaleDraft(fresh)
    fresh.user, fresh.revision, fresh.updated_at = user, fresh.revision + 1, clock.now()
    fresh.answers[page], fresh.changed[page] = typed, fresh.revision
    fresh.save()
    return fresh


def discard(user: Any, kind: str, subject: str = "") -> None:
    """Throw a draft away."""
    draft = find(user, kind, subject)
    if draft is not None:
        draft.delete()


def _is_stale(draft: Draft, page: str, seen_revision: str) -> bool:
    """Tell whether a page was changed after what was seen; a revision that is no number has seen nothing."""
    if not REVISION.fullmatch(seen_revision):
        return True
    return int(seen_revision) < int(draft.changed.get(page, 0))
