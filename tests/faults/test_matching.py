"""R1 and R2 for a run of the matching, in their short form: a worker is killed while it writes lists."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from clusters.enums import ParticipantRole
from extratex.notices.models import Notice
from matchmaking import matching, shards
from matchmaking.enums import RunStatus
from matchmaking.models import MatchRun, Suggestion
from tests.faults.conftest import database_url, wait_for
from tests.matchmaking import factories

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def nobody_writes_lists() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Hold up whoever writes a list, as a slow disk would, until the block ends."""
    with psycopg.connect(database_url()) as holder:
        holder.execute("LOCK TABLE matchmaking_suggestion IN SHARE MODE")
        yield holder
        holder.rollback()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'matchmaking_suggestion'::regclass"
        )
        (number,) = cursor.fetchone()
    return number > 0


def everything() -> list[dict[str, object]]:
    return list(
        Suggestion.objects.order_by("side", "visitor", "host").values("side", "visitor", "host", "rank", "score")
    )


@pytest.mark.parametrize("whole_worker", [False, True], ids=["child", "worker"])
def test_a_killed_worker_leaves_a_run_that_ends_as_if_nothing_had_happened(programme, workers, whole_worker):
    visitors = [factories.make_visitor() for _number in range(4)]
    for _number in range(3):
        factories.make_host()
    shards.carry_out(matching.ask(visitors[0].wave).pk)
    undisturbed = everything()
    Suggestion.objects.all().delete()
    Notice.objects.all().delete()

    with nobody_writes_lists():
        workers.start()
        run = matching.ask(visitors[0].wave)
        wait_for(somebody_waits)
        if whole_worker:
            workers.kill()
        else:
            workers.kill_children()
    if whole_worker:
        workers.start()
    wait_for(lambda: MatchRun.objects.get(pk=run.pk).status == RunStatus.DONE)

    assert everything() == undisturbed
    assert Suggestion.objects.filter(side=ParticipantRole.VISITOR).count() == 12
    assert Notice.objects.count() == len(visitors)
