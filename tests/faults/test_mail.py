"""R1, R2, R3, R4, R7, R9 for mail, in their short form: real processes, killed and cut off."""

import time
from collections import Counter

import pytest
import redis

from extratex.notices import outbox
from extratex.notices.models import Notice
from tests.faults.conftest import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tell(reader):
    """Tell the reader so many new things."""

    def tell(number: int) -> list[Notice]:
        first = Notice.objects.count()
        return [
            outbox.tell(reader, "test", f"Notice {count}", "Text", key=f"{count}")
            for count in range(first, first + number)
        ]

    return tell


def all_sent() -> bool:
    return not Notice.objects.filter(sent_at=None).exists()


def ids_of(notices: list[Notice]) -> set[str]:
    return {notice.message_id for notice in notices}


def test_r1_a_killed_child_loses_no_mail_and_doubles_none_but_the_one_in_hand(workers, sink, tell):
    workers.start()
    sink.hangs = True
    notices = tell(6)
    wait_for(lambda: sink.begun >= 2)

    workers.kill_children()
    sink.hangs = False

    assert wait_for(all_sent) < 10
    assert set(sink.message_ids) == ids_of(notices)
    assert max(Counter(sink.message_ids).values()) <= 2
    assert not Notice.objects.exclude(failed_at=None).exists()


def test_r2_a_killed_worker_and_scheduler_lose_no_mail(workers, sink, tell):
    workers.start()
    sink.hangs = True
    notices = tell(6)
    wait_for(lambda: sink.begun >= 2)

    workers.kill()
    sink.hangs = False
    workers.start()

    wait_for(all_sent, seconds=60)
    assert set(sink.message_ids) == ids_of(notices)
    assert max(Counter(sink.message_ids).values()) <= 2


def test_r3_what_was_committed_but_never_published_is_found(workers, sink, tell, lost_bell):
    with lost_bell():
        notices = tell(100)
    workers.start()

    wait_for(all_sent, seconds=60)

    assert sorted(sink.message_ids) == sorted(ids_of(notices))


def test_r3_control_without_the_sweep_it_would_stay_lost(workers, sink, tell, lost_bell):
    workers.environment["SWEEP_SECONDS"] = "3600"
    with lost_bell():
        lost = tell(1)
    heard = tell(1)
    workers.start()

    wait_for(lambda: Notice.objects.filter(pk=heard[0].pk).exclude(sent_at=None).exists())

    assert Notice.objects.get(pk=lost[0].pk).sent_at is None


def test_r4_a_broker_that_forgets_everything_loses_and_doubles_nothing(workers, sink, tell, broker):
    notices = tell(60)
    with redis.Redis.from_url(broker) as database:
        database.flushdb()
        workers.start()
        wait_for(lambda: sink.letters)
        database.flushdb()
    notices += tell(10)

    wait_for(all_sent, seconds=60)

    assert sorted(sink.message_ids) == sorted(ids_of(notices))


def test_r7_mail_flows_again_after_every_kind_of_trouble(workers, sink, tell):
    notices = tell(8)
    sink.data = "451 later"
    workers.start()
    wait_for(lambda: Notice.objects.filter(attempts=1, crashes=0).count() == 8)
    assert sink.letters == []

    sink.data = ""
    Notice.objects.update(due_at=notices[0].due_at)

    wait_for(all_sent)
    assert sorted(sink.message_ids) == sorted(ids_of(notices))


def test_r7_a_connection_dropped_after_the_letter_repeats_it_with_the_same_id(workers, sink, tell):
    sink.drops = True
    (notice,) = tell(1)
    workers.start()
    wait_for(lambda: Notice.objects.filter(attempts=1, crashes=0).exists())

    sink.drops = False
    Notice.objects.update(due_at=notice.due_at)

    wait_for(all_sent)
    assert sink.message_ids == [notice.message_id] * 2


def test_r7_no_request_waits_for_the_mail_server(workers, sink, client, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    sink.hangs = True
    workers.start()
    took = []

    for number in range(40):
        start = time.monotonic()
        response = client.post("/accounts/password/reset/", {"email": f"person-{number}@test.example"})
        took.append(time.monotonic() - start)
        assert response.status_code == 302

    assert Notice.objects.count() == 40
    assert sorted(took)[37] < 0.3


def test_r9_the_same_task_ten_times_at_once_is_one_mail(workers, sink, tell):
    notices = tell(30)
    for notice in notices * 9:
        outbox.ring("notices.deliver", notice_id=notice.pk)
    workers.start()

    wait_for(all_sent)

    assert sorted(sink.message_ids) == sorted(ids_of(notices))
