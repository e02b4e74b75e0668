"""R1 and R2 for a run of the matching and for a plan, in their short form: a worker is killed while it writes."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from clusters.enums import ParticipantRole, StaffRoleName
from extratex.notices.models import Notice
from matchmaking import matching, shards
from matchmaking.enums import PairOutcome, RunStatus
from matchmaking.models import MatchRun, Plan, Proposal, Suggestion
from matchmaking.planning import asking, sending, work
from tests.factories import make_staff
from tests.faults.conftest import database_url, wait_for
from tests.matchmaking import factories

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def nobody_writes(table: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Hold up whoever writes into a table, as a slow disk would, until the block ends."""
    with psycopg.connect(database_url()) as holder:
        holder.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
        yield holder
        holder.rollback()


def somebody_waits(table: str = "matchmaking_suggestion") -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
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

    with nobody_writes("matchmaking_suggestion"):
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


def planned_pairs(plan: Plan) -> list[tuple[object, ...]]:
    return list(plan.pairs.order_by("visitor", "host").values_list("visitor", "host", "score", "cost"))


def test_a_killed_worker_leaves_a_plan_that_ends_and_is_sent_as_if_nothing_had_happened(programme, workers):
    visitors = [factories.make_visitor() for _number in range(3)]
    for _number in range(3):
        factories.make_host(capacity=1)
    by = make_staff(StaffRoleName.COORDINATOR, visitors[0].partnership)
    weights = matching.parameters()["weights"]
    undisturbed = asking.ask(Plan(partnership=visitors[0].partnership, seconds=5), weights=weights, by=by)
    work.carry_out(undisturbed.pk)

    with nobody_writes("matchmaking_plannedpair"):
        workers.start()
        plan = asking.ask_again(undisturbed, by=by)
        wait_for(lambda: somebody_waits("matchmaking_plannedpair"))
        workers.kill_children()
    wait_for(lambda: Plan.objects.get(pk=plan.pk).is_done)
    with nobody_writes("matchmaking_proposalevent"):
        assert sending.confirm(plan, by=by, message="The best plan.")
        wait_for(lambda: somebody_waits("matchmaking_proposalevent"))
        workers.kill_children()
    wait_for(lambda: Plan.objects.get(pk=plan.pk).sent_at is not None)

    assert planned_pairs(plan) == planned_pairs(undisturbed)
    assert Proposal.objects.count() == len(visitors)
    assert sending.outcomes_of(plan) == {PairOutcome.SENT: len(visitors)}
    assert Notice.objects.filter(subject__contains="proposes an exchange").count() == len(visitors)
