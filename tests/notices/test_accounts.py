"""The mails of accounts take the same way as all others."""

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from django.core import mail
from django.test import RequestFactory

from extratex.notices.adapter import AccountAdapter
from extratex.notices.models import ACCOUNT, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(reader):
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    return reader


def test_a_password_reset_is_written_down_and_no_request_waits_for_the_mail_server(client, member):
    client.post("/accounts/password/reset/", {"email": member.email})

    notice = Notice.objects.get()
    assert mail.outbox == []
    assert notice.kind == ACCOUNT
    assert notice.address == member.email
    assert "/accounts/password/reset/key/" in notice.text


def test_a_reset_for_an_unknown_address_takes_the_same_way(client, db):
    client.post("/accounts/password/reset/", {"email": "nobody@test.example"})

    assert Notice.objects.get().kind == ACCOUNT


def test_news_about_second_factors_takes_the_same_way(member):
    with context.request_context(RequestFactory().get("/")):
        AccountAdapter().send_notification_mail("mfa/email/totp_activated", member)

    assert "uthenticator" in Notice.objects.get().subject + Notice.objects.get().text


def test_two_mails_to_one_address_are_two(client, member):
    for _ in range(2):
        client.post("/accounts/password/reset/", {"email": member.email})

    assert Notice.objects.count() == 2


def test_a_mail_of_an_account_never_stands_on_a_page(client, member):
    client.post("/accounts/password/reset/", {"email": member.email})
    Notice.objects.update(person=member)
    client.force_login(member)

    assert b"data-notice" not in client.get("/notices/").content
