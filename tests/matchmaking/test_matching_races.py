"""Runs of the matching at once: who is first, and that nobody begins before the cause can be read."""

from functools import partial

import pytest
from django.db import connection, transaction

from clusters.enums import ParticipantRole
from extratex.notices.models import Notice
from matchmaking import matching, shards
from matchmaking.enums import CandidatureStatus, RunStatus
from matchmaking.models import MatchRun, Suggestion
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_at_once_have_one_effect(programme, race):
    visitors = [factories.make_visitor() for _number in range(3)]
    factories.make_host()
    run = matching.ask(visitors[0].wave)

    failures = race([partial(shards.carry_out, run.pk)] * 10)

    assert failures == [None] * 10
    run.refresh_from_db()
    assert (run.status, run.done) == (RunStatus.DONE, 4)
    assert Suggestion.objects.filter(side=ParticipantRole.VISITOR).count() == Notice.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_ten_causes_at_once_ask_for_one_run(programme, race):
    wave = factories.make_visitor().wave

    failures = race([partial(matching.ask, wave)] * 10)

    assert failures == [None] * 10
    assert MatchRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_begin_before_the_cause_can_be_read(programme, race):
    visitor = factories.make_visitor(status=CandidatureStatus.SUBMITTED)
    factories.make_host()
    run = matching.ask(visitor.wave)

    def validate():
        with transaction.atomic():
            visitor.status = CandidatureStatus.VALIDATED
            visitor.save()
            matching.ask(visitor.wave)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.5)")

    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        shards.carry_out(run.pk)

    assert race([validate, work]) == [None, None]

    assert Suggestion.objects.filter(visitor=visitor, side=ParticipantRole.VISITOR).count() == 1
