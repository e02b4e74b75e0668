"""The one mechanism of every status change: permission, lock, status, change, event and effect in one transaction.

An app declares its `Machine` in transitions.py; nothing else writes a status field. The event tables take rows only:
a trigger in PostgreSQL refuses to update or delete them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from extratex.shared import clock

type Effect[M] = Callable[[M], object]


class MoveForbidden(PermissionDenied):
    """This person may not make this move: answered with 403."""


class MoveConflict(Exception):
    """The move cannot happen now: answered with 409, the reason and the fresh object."""

    def __init__(self, reason: StrOrPromise, fresh: models.Model) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.fresh = fresh


class NoteMissing(ValueError):
    """The move asks for a reason in words, and none was given."""


@dataclass(frozen=True, kw_only=True)
class Move[M: models.Model]:
    """One permitted change of status: who may make it, from where, to where, and under which condition.

    A move that is not `offered` is part of a larger action with a page of its own: no button is drawn for it.
    """

    name: str
    label: StrOrPromise
    sources: frozenset[str]
    target: str
    allowed: Callable[[Any, M], bool]
    guard: Callable[[M], StrOrPromise | None] | None = None
    needs_note: bool = False
    note_label: StrOrPromise = field(default_factory=lambda: _("Reason"))
    style: str = "strong"
    offered: bool = True

    def refusal(self, obj: M) -> StrOrPromise | None:
        """Return in words why the move cannot happen now, or nothing."""
        status = str(obj.status)  # type: ignore[attr-defined]
        if status not in self.sources:
            shown = obj.get_status_display()  # type: ignore[attr-defined]
            return _("“%(move)s” is no longer possible: the status is now “%(status)s”.") % {
                "move": self.label,
                "status": shown,
            }
        return self.guard(obj) if self.guard else None


@dataclass(frozen=True)
class Machine[M: models.Model]:
    """All moves of one model; `apply` is the only way to change its status."""

    model: type[M]
    event_model: type["MoveEvent"]
    moves: Mapping[str, Move[M]]

    @classmethod
    def of(cls, model: type[M], event_model: type["MoveEvent"], moves: Iterable[Move[M]]) -> "Machine[M]":
        """Build a machine; a name used twice is an error of the programmer."""
        by_name: dict[str, Move[M]] = {}
        for move in moves:
            if move.name in by_name:
                raise ValueError(f"The move {move.name!r} is declared twice.")
            by_name[move.name] = move
        return cls(model, event_model, by_name)

    def apply(
        self,
        name: str,
        obj: M,
        *,
        actor: Any,
        note: str = "",
        changes: Mapping[str, object] | None = None,
        facts: Mapping[str, object] | None = None,
        effect: Effect[M] | None = None,
    ) -> M:
        """Make the move on a freshly locked row and return that row.

        `changes` are field values saved with the status; `facts` are kept in the event, and "remarks" on single fields
        among them are as good a reason as a note; `effect` runs in the same transaction after the event is written.
        Raises MoveForbidden, NoteMissing or MoveConflict, and leaves no trace.
        """
        move = self.moves[name]
        with transaction.atomic():
            fresh = self._locked(obj)
            self._permit(move, fresh, actor=actor, note=note, facts=facts or {})
            self._write(move, fresh, actor=actor, note=note.strip(), changes=changes or {}, facts=facts or {})
            if effect is not None:
                effect(fresh)
        return fresh

    def apply_to_all(
        self, name: str, rows: Iterable[M], *, actor: Any, note: str = "", facts: Mapping[str, object] | None = None
    ) -> None:
        """Make the same move on many freshly locked rows, in as few queries as on one: on all of them, or on none.

        Raises what `apply` raises at the first row that does not let it happen.
        """
        move = self.moves[name]
        with transaction.atomic():
            wanted = self.model._base_manager.filter(pk__in=[row.pk for row in rows])
            fresh = list(wanted.select_for_update(of=("self",)).order_by("pk"))
            for row in fresh:
                self._permit(move, row, actor=actor, note=note, facts=facts or {})
            moved = self.model._base_manager.filter(pk__in=[row.pk for row in fresh]).exclude(status=move.target)
            moved.update(status=move.target, status_since=clock.now())
            event: Any = self.event_model
            self._events().bulk_create(
                event(
                    subject=row,
                    move=move.name,
                    source=row.status,  # type: ignore[attr-defined]
                    target=move.target,
                    actor=actor,
                    note=note.strip(),
                    facts=dict(facts or {}),
                )
                for row in fresh
            )

    def open_to(self, user: Any, obj: M) -> list[Move[M]]:
        """Return the moves that this person can make now: the buttons that a page draws."""
        return [move for move in self._permitted(user, obj) if move.refusal(obj) is None]

    def blocked_for(self, user: Any, obj: M) -> list[tuple[Move[M], StrOrPromise]]:
        """Return the moves that only a condition still holds back, each with that condition in words."""
        return [(move, reason) for move in self._permitted(user, obj) if (reason := move.refusal(obj)) is not None]

    def begin(self, obj: M, *, actor: Any, note: str = "", facts: Mapping[str, object] | None = None) -> None:
        """Write the first event of a new row, so that its history starts with its author."""
        self.begin_all([obj], actor=actor, note=note, facts=facts)

    def begin_all(
        self, rows: Iterable[M], *, actor: Any, note: str = "", facts: Mapping[str, object] | None = None
    ) -> None:
        """Write the first events of new rows."""
        event: Any = self.event_model
        self._events().bulk_create(
            event(
                subject=row,
                move="begin",
                source="",
                target=row.status,  # type: ignore[attr-defined]
                actor=actor,
                note=note,
                facts=dict(facts or {}),
            )
            for row in rows
        )

    def record(
        self, name: str, obj: M, *, actor: Any, note: str = "", facts: Mapping[str, object] | None = None
    ) -> None:
        """Write an event about a locked row whose status stays as it is, so that its history tells what was done."""
        status = obj.status  # type: ignore[attr-defined]
        self._events().create(
            subject=obj, move=name, source=status, target=status, actor=actor, note=note, facts=dict(facts or {})
        )

    def _permitted(self, user: Any, obj: M) -> list[Move[M]]:
        status = str(obj.status)  # type: ignore[attr-defined]
        return [
            move for move in self.moves.values() if move.offered and status in move.sources and move.allowed(user, obj)
        ]

    def _events(self) -> Any:
        return self.event_model._default_manager

    def _permit(self, move: Move[M], fresh: M, *, actor: Any, note: str, facts: Mapping[str, object]) -> None:
        if not move.allowed(actor, fresh):
            raise MoveForbidden(str(_("You may not do this here.")))
        if (reason := move.refusal(fresh)) is not None:
            raise MoveConflict(reason, fresh)
        if move.needs_note and not (note.strip() or facts.get("remarks")):
            raise NoteMissing(str(_("Say why, so that the other side understands.")))

    def _locked(self, obj: M) -> M:
        rows = self.model._base_manager.select_for_update(of=("self",))
        return rows.get(pk=obj.pk)

    def _write(
        self,
        move: Move[M],
        fresh: M,
        *,
        actor: Any,
        note: str,
        changes: Mapping[str, object],
        facts: Mapping[str, object],
    ) -> None:
        source = fresh.status  # type: ignore[attr-defined]
        for name, value in changes.items():
            setattr(fresh, name, value)
        if move.target != source:
            fresh.status = move.target  # type: ignore[attr-defined]
            fresh.status_since = clock.now()  # type: ignore[attr-defined]
        fresh.save(update_fields=[*changes, "status", "status_since"])
        self._events().create(
            subject=fresh, move=move.name, source=source, target=move.target, actor=actor, note=note, facts=dict(facts)
        )


class MoveEvent(models.Model):
    """One line of an object's history; inserted only. A concrete event adds `subject`, a foreign key that protects."""

    move = models.CharField(_("move"), max_length=40)
    source = models.CharField(_("from"), max_length=30, blank=True)
    target = models.CharField(_("to"), max_length=30)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        abstract = True
        ordering: ClassVar = ["at", "pk"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.move}: {self.source} → {self.target}"
