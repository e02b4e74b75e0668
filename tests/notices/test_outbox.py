"""Telling people: once, in the same transaction as the cause, and delivered however the mail server behaves."""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from extratex.notices import outbox
from extratex.notices.models import ACCOUNT, Notice, Tick
from extratex.shared.bell import QUIET_SECONDS, Bell, bell
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def deliver(notice: Notice) -> Notice:
    outbox.deliver(notice.pk)
    notice.refresh_from_db()
    return notice


def make_due(notice: Notice) -> Notice:
    Notice.objects.filter(pk=notice.pk).update(due_at=timezone.now())
    notice.refresh_from_db()
    return notice


def minutes_until_due(notice: Notice) -> int:
    return round((notice.due_at - timezone.now()) / timedelta(minutes=1))


def test_a_notice_goes_with_the_transaction_of_its_cause(make_notice):
    with transaction.atomic():
        make_notice()
        transaction.set_rollback(True)

    assert not Notice.objects.exists()


def test_the_bell_rings_only_after_the_commit(make_notice, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(Bell, "strike", lambda _bell, task, ids: rung.append((task, ids)))

    with django_capture_on_commit_callbacks(execute=True):
        notice = make_notice()
        assert rung == []

    assert rung == [("notices.deliver", {"notice_id": notice.pk})]


def test_the_same_key_tells_a_person_once(make_notice):
    assert make_notice(key="approved 5") == make_notice(key="approved 5", subject="Again")

    assert Notice.objects.get().subject == "Your candidature"


def test_the_same_key_tells_every_person_concerned(make_notice):
    make_notice(key="approved 5")
    make_notice(key="approved 5", person=make_person("Second reader"))

    assert Notice.objects.count() == 2


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "x"])
def test_a_notice_links_to_the_portal_only(make_notice, link):
    with pytest.raises(ValueError, match="path of this portal"):
        make_notice(link=link)


def test_a_mail_has_a_plain_part_the_same_as_html_and_a_stable_id(make_notice, settings):
    settings.SITE_ADDRESS = "https://portal.example"
    notice = deliver(make_notice(link="/candidatures/5/", text="It was <validated>.\n\nBy NTT."))

    (sent,) = mail.outbox
    html, kind = sent.alternatives[0]
    assert sent.to == [notice.person.email]
    assert sent.message()["Message-ID"] == notice.message_id
    assert "It was <validated>.\n\nBy NTT.\n\nhttps://portal.example/candidatures/5/" in sent.body
    assert kind == "text/html"
    assert "<p>It was &lt;validated&gt;.</p>" in html
    assert 'href="https://portal.example/candidatures/5/"' in html
    assert notice.sent_at
    assert notice.attempts == 1


def test_only_links_to_the_portal_can_be_followed_in_a_mail(make_notice, settings):
    settings.SITE_ADDRESS = "https://portal.example"
    deliver(
        make_notice(text="From https://portal.example/a and http://evil.example/b http://[x and https://p@evil.example")
    )

    html = mail.outbox[0].alternatives[0][0]
    assert html.count("<a ") == 1
    assert '<a href="https://portal.example/a">' in html


def test_line_breaks_in_a_subject_cannot_add_a_header(make_notice):
    notice = deliver(make_notice(subject="Hello\r\nBcc: everybody@example.org\u2028x\x00" + "y" * 300))

    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Hello Bcc: everybody@example.org x yyy")
    assert len(notice.subject) == 200


def test_a_sent_notice_is_not_sent_again(make_notice):
    notice = deliver(make_notice())

    deliver(notice)

    assert len(mail.outbox) == 1


def test_somebody_who_can_no_longer_sign_in_gets_no_mail(make_notice):
    notice = deliver(make_notice(person=make_person("Left", is_active=False)))

    assert mail.outbox == []
    assert not Notice.objects.waiting().filter(pk=notice.pk).exists()


def test_a_notice_goes_out_through_a_real_mail_server(make_notice, sink):
    notice = deliver(make_notice(subject="Grüße aus Łódź"))

    assert [str(letter["Subject"]) for letter in sink.letters] == ["Grüße aus Łódź"]
    assert sink.message_ids == [notice.message_id]


@pytest.mark.parametrize("answer", ["451 later", "421 too busy"])
def test_a_temporary_refusal_is_tried_again_with_growing_pauses(make_notice, sink, answer):
    sink.data = answer
    notice = make_notice()

    pauses = [minutes_until_due(deliver(make_due(notice))) for _ in range(7)]

    assert pauses == [1, 2, 5, 10, 15, 15, 15]
    assert notice.failed_at is None
    sink.data = ""
    assert deliver(make_due(notice)).sent_at


def test_a_pause_is_kept(make_notice, sink):
    sink.data = "451 later"
    notice = deliver(make_notice())

    deliver(notice)

    assert notice.attempts == 1


@pytest.mark.parametrize("trouble", [{"rcpt": "550 nobody here"}, {"data": "554 not wanted"}])
def test_a_permanent_refusal_is_given_up_and_can_be_taken_up_again_by_staff(make_notice, sink, trouble):
    vars(sink).update(trouble)
    notice = deliver(make_notice())
    assert notice.failed_at
    assert "nobody here" in notice.last_error or "not wanted" in notice.last_error

    vars(sink).update({"rcpt": "", "data": ""})
    assert outbox.try_again(notice.pk)
    assert deliver(notice).sent_at
    assert not outbox.try_again(notice.pk)


def test_an_impossible_address_is_given_up(make_notice, sink):
    notice = make_notice()
    Notice.objects.update(address="a@b@c\r\nRCPT TO:<x@y.example>")

    assert deliver(notice).failed_at
    assert sink.letters == []


def test_a_server_that_hangs_or_is_absent_costs_a_pause(make_notice, sink, settings):
    sink.hangs = True
    settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.3
    assert minutes_until_due(deliver(make_notice())) == 1

    settings.MAILERS["default"]["OPTIONS"]["port"] = 9
    assert minutes_until_due(deliver(make_notice())) == 1


def test_after_many_temporary_refusals_the_notice_is_given_up(make_notice, sink, settings):
    settings.NOTICE_TRIES = 3
    sink.data = "451 later"
    notice = make_notice()

    for _ in range(3):
        deliver(make_due(notice))

    assert notice.failed_at
    assert notice.attempts == 3


def test_a_delivery_that_always_crashes_is_parked_after_five_tries(make_notice, monkeypatch):
    def crash(_notice):
        raise ZeroDivisionError

    monkeypatch.setattr(outbox, "mail_of", crash)
    notice = make_notice()
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            deliver(make_due(notice))
        notice.refresh_from_db()
    assert notice.failed_at is None

    deliver(make_due(notice))

    assert notice.failed_at
    assert notice.attempts == 5
    assert "parked" in notice.last_error


@pytest.mark.parametrize(
    ("fault", "permanent"),
    [
        (SMTPRecipientsRefused({"a@x.example": (550, b"no")}), True),
        (SMTPRecipientsRefused({"a@x.example": (450, b"later")}), False),
        (SMTPDataError(554, b"no"), True),
        (SMTPDataError(451, b"later"), False),
        (SMTPSenderRefused(553, b"no", "us@x.example"), False),
        (SMTPServerDisconnected("gone"), False),
        (TimeoutError(), False),
        (ValueError("address"), True),
    ],
)
def test_only_what_is_wrong_with_address_or_message_is_permanent(fault, permanent):
    assert outbox.is_permanent(fault) is permanent


@pytest.mark.parametrize("trouble", ["", "550 nobody here"])
def test_a_secret_of_an_account_does_not_outlive_its_mail(sink, trouble):
    sink.rcpt = trouble
    text = "Reset: https://portal.example/secret"
    notice = outbox.write_to("a@test.example", kind=ACCOUNT, subject="Reset", text=text, key="1")

    deliver(notice)

    assert notice.text == ""
    assert bool(notice.failed_at) is bool(trouble)
    assert not outbox.try_again(notice.pk)


def test_the_sweep_wakes_what_was_not_woken_oldest_first(make_notice, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(bell, "strike", lambda _task, ids: rung.append(ids["notice_id"]))
    fresh, old, older, paused, sent = (make_notice() for _ in range(5))
    ages = {old: -60, older: -90, paused: 60, sent: -60}
    for notice, seconds in ages.items():
        Notice.objects.filter(pk=notice.pk).update(due_at=timezone.now() + timedelta(seconds=seconds))
    Notice.objects.filter(pk=sent.pk).update(sent_at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.sweep() == 2

    assert rung == [older.pk, old.pk]
    assert fresh.pk not in rung
    assert timezone.now() - Tick.objects.get(name="notices.sweep").at < timedelta(seconds=10)


def test_a_broker_that_is_down_harms_nobody_and_is_left_in_peace_for_a_moment(monkeypatch):
    calls = []

    def refuse(*_args, **_options):
        calls.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr("extratex.shared.bell.current_app.send_task", refuse)
    deaf = Bell()

    assert [deaf.strike("notices.deliver", {"notice_id": 1}) for _ in range(5)] == [False] * 5
    assert len(calls) == 1

    deaf.quiet_until -= QUIET_SECONDS
    assert not deaf.strike("notices.deliver", {"notice_id": 1})
    assert len(calls) == 2


def test_a_name_that_ends_in_a_full_stop_ends_its_sentence_with_one():
    text = "NTT checks Tessitura S.r.l.. Wait for S.r.o..\nAnd then ..."

    notice = outbox.tell(make_person(), "test", "Sent", text, key="stops")

    assert notice.text == "NTT checks Tessitura S.r.l. Wait for S.r.o.\nAnd then ..."
