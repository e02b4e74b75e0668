"""The lists of suggestions as they stand in the database: written in bulk, compared with before."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.db import connection
from psycopg import sql

from clusters.enums import ParticipantRole
from matchmaking import notices
from matchmaking.engine.candidates import Obstacle
from matchmaking.models import Candidature, MatchOutcome, MatchRun, Suggestion

type Entry = tuple[int, int]
"""A partner's key and the score in tenths."""

COLUMNS = ("run_id", "side", "visitor_id", "host_id", "rank", "score")
TENTHS = 10
AT_ONCE = 2000


@dataclass
class Change:
    """What a run has made of one list."""

    new: list[int]
    gone: list[int]
    moved: int


@dataclass
class Written:
    """What came of writing some lists: figures to add up, and who is to be told."""

    figures: Counter[str] = field(default_factory=Counter)
    changes: dict[int, Change] = field(default_factory=dict)


def write(run: MatchRun, side: ParticipantRole, lists: dict[int, list[Entry]]) -> Written:
    """Make the lists of one side stand as given, and say what has changed; what is the same is left alone."""
    written = Written()
    for owners in _some(sorted(lists)):
        before = _stored(side, owners)
        changed = [owner for owner in owners if before.get(owner, []) != lists[owner]]
        Suggestion.objects.filter(**{"side": side, f"{side}__in": changed}).delete()
        _copy(_rows(run, side, {owner: lists[owner] for owner in changed}))
        for owner in changed:
            written.changes[owner] = _compared(before.get(owner, []), lists[owner])
        written.figures.update(_figures(owners, lists))
    for change in written.changes.values():
        written.figures.update(new=len(change.new), gone=len(change.gone), moved=change.moved, changed=1)
    return written


def keep_outcomes(run: MatchRun, changes: dict[int, Change], obstacles: dict[int, list[Obstacle]]) -> None:
    """Keep what has changed in each list, and what keeps all hosts from those who have none."""
    MatchOutcome.objects.filter(run=run, candidature__in=[*changes, *obstacles]).delete()
    nothing = Change([], [], 0)
    MatchOutcome.objects.bulk_create(
        (
            MatchOutcome(
                run=run,
                candidature_id=key,
                new=(change := changes.get(key, nothing)).new,
                gone=change.gone,
                moved=change.moved,
                obstacles=[[list(each.wishes), each.hosts] for each in obstacles.get(key, [])],
            )
            for key in sorted({*changes, *obstacles})
        ),
        batch_size=AT_ONCE,
    )


def tell(run: MatchRun, changes: dict[int, Change]) -> None:
    """Tell each visitor whose list holds a host that it did not hold before."""
    told = {key: len(change.new) for key, change in changes.items() if change.new}
    for owners in _some(sorted(told)):
        for visitor in Candidature.objects.filter(pk__in=owners).select_related("organisation").order_by("pk"):
            notices.tell_of_suggestions(visitor, run, told[visitor.pk])


def _stored(side: ParticipantRole, owners: list[int]) -> dict[int, list[Entry]]:
    other = partner_of(side)
    rows = Suggestion.objects.filter(**{"side": side, f"{side}__in": owners}).order_by(side, "rank")
    listed = rows.values_list(side, other, "score").iterator(AT_ONCE)
    return {
        owner: [(partner, round(TENTHS * score)) for _owner, partner, score in entries]
        for owner, entries in groupby(listed, key=lambda row: row[0])
    }


def partner_of(side: ParticipantRole) -> ParticipantRole:
    """Return the role of those who stand in the lists of a side."""
    return ParticipantRole.HOST if side == ParticipantRole.VISITOR else ParticipantRole.VISITOR


def _rows(run: MatchRun, side: ParticipantRole, lists: dict[int, list[Entry]]) -> Iterator[tuple[object, ...]]:
    for owner, entries in lists.items():
        for rank, (partner, tenths) in enumerate(entries, start=1):
            pair = (owner, partner) if side == ParticipantRole.VISITOR else (partner, owner)
            yield run.pk, side.value, *pair, rank, Decimal(tenths) / TENTHS


def _copy(rows: Iterable[tuple[object, ...]]) -> None:
    """Write suggestions by COPY, the fastest way in; nothing of them is held in memory."""
    table, names = sql.Identifier(Suggestion._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)


def _compared(before: list[Entry], after: list[Entry]) -> Change:
    ranks = {partner: rank for rank, (partner, _score) in enumerate(before)}
    now = {partner: rank for rank, (partner, _score) in enumerate(after)}
    return Change(
        new=[partner for partner in now if partner not in ranks],
        gone=[partner for partner in ranks if partner not in now],
        moved=sum(ranks[partner] != rank for partner, rank in now.items() if partner in ranks),
    )


def _figures(owners: list[int], lists: dict[int, list[Entry]]) -> dict[str, int]:
    return {
        "lists": len(owners),
        "suggestions": sum(len(lists[owner]) for owner in owners),
        "empty": sum(not lists[owner] for owner in owners),
    }


def _some(keys: list[int]) -> Iterator[list[int]]:
    return (keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE))
