"""The mailbox and the clock, which exist in a demonstration only."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, mailers

from extratex.demonstration.mailbox import letters
from extratex.shared import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings, tmp_path: Path, programme: None):
    """A demonstration's addresses, mails and clock."""
    settings.MAIL_FOLDER = tmp_path / "mails"
    settings.DEMONSTRATION_CLOCK = tmp_path / "var" / "clock"
    options = {"file_path": str(settings.MAIL_FOLDER)}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": options}}
    settings.SITE_ADDRESS = "http://localhost:8000"
    settings.ROOT_URLCONF = "tests.demonstration.addresses"


def send(to: str = "giulia@test.example", subject: str = "Hello", text: str = "Text") -> None:
    mail = EmailMultiAlternatives(subject, text, to=[to])
    mail.attach_alternative(f"<p>{text}</p>", "text/html")
    mailers.default.send_messages([mail])


def test_the_addresses_are_absent_elsewhere(client, db):
    for address in ("/demonstration/mailbox/", "/demonstration/clock/"):
        assert client.get(address).status_code == 404


def test_an_empty_mailbox_says_so(client, demonstration):
    assert "No mail" in client.get("/demonstration/mailbox/").content.decode()


def test_the_mailbox_shows_what_was_sent_newest_first_to_everybody(client, demonstration):
    send(subject="First")
    send(subject="Second", text="Grüße aus Łódź")

    page = client.get("/demonstration/mailbox/").content.decode()

    assert page.count("data-letter") == 2
    assert page.index("Second") < page.index("First")
    assert "Grüße aus Łódź" in page


def test_the_mailbox_is_searched_by_address(client, demonstration):
    send(to="giulia@test.example", subject="For Giulia")
    send(to="tomas@test.example", subject="For Tomáš")

    page = client.get("/demonstration/mailbox/", {"address": "Tomas@"}).content.decode()

    assert "For Tomáš" in page
    assert "For Giulia" not in page


def test_only_links_to_this_portal_can_be_followed(client, demonstration):
    send(text="http://testserver/a http://localhost:8000/b http://evil.example/c <script>alert(1)</script>")

    page = client.get("/demonstration/mailbox/").content.decode()

    assert 'href="http://testserver/a"' in page
    assert 'href="http://localhost:8000/b"' in page
    assert 'href="http://evil.example' not in page
    assert "<script>alert" not in page


def test_a_broken_file_does_not_hide_the_others(client, demonstration, settings):
    send()
    (settings.MAIL_FOLDER / "broken.log").write_bytes(b"\xff\xfe\x00 no mail at all" + b"\n" + b"-" * 79 + b"\n")

    assert client.get("/demonstration/mailbox/").content.decode().count("data-letter") == 1


def test_several_mails_in_one_file_are_several_letters(demonstration, settings):
    mail = [EmailMultiAlternatives(f"Mail {number}", "x", to=["a@test.example"]) for number in (1, 2)]
    mailers.default.send_messages(mail)

    assert [letter.subject for letter in letters(settings.MAIL_FOLDER)] == ["Mail 2", "Mail 1"]


def test_the_clock_moves_ahead_and_back(client, demonstration):
    real = date.today()  # noqa: DTZ011 - the day of this machine is what the test compares with

    client.post("/demonstration/clock/", {"days": "30"})
    client.post("/demonstration/clock/", {"days": "5"})
    assert clock.today() - real in {timedelta(days=35), timedelta(days=36)}
    assert "35 days ahead" in client.get("/demonstration/clock/").content.decode()

    client.post("/demonstration/clock/", {"back": "1"})
    assert clock.days_ahead() == 0


@pytest.mark.parametrize("days", ["0", "-1", "401", "x", "", "1e9", "9" * 400])
def test_the_clock_refuses_other_steps(client, demonstration, days):
    assert client.post("/demonstration/clock/", {"days": days}).status_code == 422
    assert clock.days_ahead() == 0


def test_the_clock_has_a_furthest_day(client, demonstration):
    for _ in range(11):
        client.post("/demonstration/clock/", {"days": "400"})

    assert clock.days_ahead() == clock.LONGEST_JUMP_DAYS


def test_looking_does_not_move_the_clock(client, demonstration):
    client.get("/demonstration/clock/", {"days": "30"})

    assert clock.days_ahead() == 0
