"""VIES: nothing is valid before it says so, it may be away for days, and only what is asked of it is answered."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import time_machine

from clusters import pages, vies
from clusters.enums import VatState
from clusters.models import Organisation, User, VatCheck
from clusters.transitions import organisations as transitions
from extratex.shared import bell, clock
from tests import factories

NUMBER = "IT00743110157"


class Register(BaseHTTPRequestHandler):
    """A tiny VIES that answers what the test has laid ready."""

    answer: ClassVar[tuple[int, bytes]] = (200, b"")
    asked: ClassVar[list[Any]] = []
    hangs: ClassVar[threading.Event | None] = None

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if self.hangs:
            self.hangs.wait(10)
        status, body = self.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def register(settings: Any) -> Iterator[type[Register]]:
    """A register on a free port, and the setting that names it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.VIES_URL = f"http://127.0.0.1:{server.server_port}/check-vat-number"
    Register.asked, Register.hangs = [], None
    says(valid=True)
    yield Register
    server.shutdown()
    server.server_close()


@pytest.fixture
def organisation(programme: None, visitor_person: User) -> Organisation:
    """A registration with a number, not yet sent."""
    return factories.make_organisation(owner=visitor_person, vat=NUMBER, status="draft")


def says(*, status: int = 200, raw: bytes = b"", **fields: Any) -> None:
    """Lay an answer ready."""
    body = raw or json.dumps({"countryCode": "IT", "vatNumber": NUMBER[2:], **fields}).encode()
    Register.answer = (status, body)


def state_of(organisation: Organisation) -> str:
    organisation.refresh_from_db()
    return organisation.vat_state


@pytest.mark.parametrize(("is_valid", "state"), [(True, VatState.VALID), (False, VatState.INVALID)])
def test_what_vies_says_is_recorded_with_its_day(
    register: type[Register], organisation: Organisation, *, is_valid: bool, state: VatState
) -> None:
    says(valid=is_valid)
    vies.ask_for(organisation)
    assert state_of(organisation) == VatState.PENDING

    vies.carry_out(VatCheck.objects.get().pk)

    assert state_of(organisation) == state
    assert organisation.vat_checked_at is not None
    assert register.asked == [{"countryCode": "IT", "vatNumber": NUMBER[2:]}]
    assert VatCheck.objects.get().due_at is None


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"errorWrappers": [{"error": "MS_UNAVAILABLE"}], "actionSucceed": False}, "MS_UNAVAILABLE"),
        ({"errorWrappers": [{"error": "MS_MAX_CONCURRENT_REQ"}]}, "MS_MAX_CONCURRENT_REQ"),
        ({"errorWrappers": ["x"]}, "garbage"),
        ({"valid": False, "userError": "MS_UNAVAILABLE"}, "MS_UNAVAILABLE"),
        ({"status": 500, "raw": b'{"errorWrappers": [{"error": "SERVICE_UNAVAILABLE"}]}'}, "SERVICE_UNAVAILABLE"),
        ({"status": 503, "raw": b"<html>away</html>"}, "no JSON"),
        ({"raw": b"\xff\xfe\x00 garbage"}, "no JSON"),
        ({"raw": b"[1, 2]"}, "without its fields"),
        ({"raw": b"{}"}, "something else"),
        ({"valid": "yes"}, "something else"),
        ({"valid": True, "vatNumber": "99999999999"}, "something else"),
    ],
)
def test_an_answer_that_decides_nothing_makes_no_number_valid(
    register: type[Register], organisation: Organisation, answer: dict[str, Any], fault: str
) -> None:
    says(**answer)
    vies.ask_for(organisation)

    vies.carry_out(VatCheck.objects.get().pk)

    check = VatCheck.objects.get()
    assert state_of(organisation) == VatState.UNAVAILABLE
    assert fault in check.fault
    assert check.due_at is not None
    assert check.due_at > clock.now()


def test_a_number_that_vies_cannot_read_is_not_valid(register: type[Register], organisation: Organisation) -> None:
    says(errorWrappers=[{"error": "INVALID_INPUT"}])
    vies.ask_for(organisation)

    vies.carry_out(VatCheck.objects.get().pk)

    assert state_of(organisation) == VatState.INVALID


def test_a_register_that_hangs_or_is_away_is_asked_again(
    register: type[Register], organisation: Organisation, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vies, "TIME_OUT_SECONDS", 0.2)
    register.hangs = threading.Event()
    vies.ask_for(organisation)
    vies.carry_out(VatCheck.objects.get().pk)
    register.hangs.set()
    assert "time" in VatCheck.objects.get().fault.lower()

    settings.VIES_URL = "http://127.0.0.1:9/"
    with time_machine.travel(clock.now() + timedelta(days=1)):
        vies.carry_out(VatCheck.objects.get().pk)
    assert "URLError" in VatCheck.objects.get().fault
    assert state_of(organisation) == VatState.UNAVAILABLE


def test_it_is_asked_after_growing_pauses_and_then_left_to_people(
    register: type[Register], organisation: Organisation, settings: Any
) -> None:
    settings.VIES_TRIES = 4
    says(errorWrappers=[{"error": "MS_UNAVAILABLE"}])
    vies.ask_for(organisation)
    now, pauses = clock.now(), []
    for _attempt in range(3):
        with time_machine.travel(now, tick=False):
            vies.carry_out(VatCheck.objects.get().pk)
            vies.carry_out(VatCheck.objects.get().pk)
            due_at = VatCheck.objects.get().due_at
        assert due_at is not None
        pauses.append(due_at - now)
        now = due_at
    with time_machine.travel(now, tick=False):
        vies.carry_out(VatCheck.objects.get().pk)

    assert pauses == [timedelta(minutes=minutes) for minutes in (2, 10, 60)]
    assert len(register.asked) == 4
    assert VatCheck.objects.get().due_at is None
    assert state_of(organisation) == VatState.UNAVAILABLE


def test_sending_asks_once_and_the_sweep_finds_what_no_bell_has_woken(
    register: type[Register],
    organisation: Organisation,
    visitor_person: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    rung: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(bell.bell, "strike", lambda task, ids: rung.append((task, ids)))
    with django_capture_on_commit_callbacks(execute=True):
        transitions.submit(organisation, actor=visitor_person)
    check = VatCheck.objects.get()
    assert ("clusters.check_vat", {"check_id": check.pk}) in rung

    rung.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert vies.sweep() == 1
    assert rung == [("clusters.check_vat", {"check_id": check.pk})]


def test_a_number_that_was_answered_is_not_asked_again_but_a_new_one_is(
    register: type[Register], organisation: Organisation
) -> None:
    vies.ask_for(organisation)
    vies.carry_out(VatCheck.objects.get().pk)
    organisation.refresh_from_db()
    vies.ask_for(organisation)
    assert state_of(organisation) == VatState.VALID

    organisation.vat = "IT12345670017"
    organisation.save()
    vies.ask_for(organisation)

    assert state_of(organisation) == VatState.PENDING


def test_an_answer_about_a_number_that_was_changed_meanwhile_is_dropped(
    register: type[Register], organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    vies.ask_for(organisation)

    def changes_meanwhile(_number: str) -> bool:
        organisation.vat = "IT12345670017"
        organisation.save()
        vies.ask_for(organisation)
        return True

    monkeypatch.setattr(vies, "ask", changes_meanwhile)
    vies.carry_out(VatCheck.objects.get().pk)

    assert state_of(organisation) == VatState.PENDING
    assert VatCheck.objects.get().due_at is not None


@pytest.mark.parametrize("fields", [{"vat": ""}, {"vat": "AM12345678", "country": "AM"}])
def test_what_vies_does_not_know_is_not_asked(
    register: type[Register], organisation: Organisation, fields: dict[str, str]
) -> None:
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.save()

    vies.ask_for(organisation)

    assert not VatCheck.objects.exists()
    assert state_of(organisation) == VatState.UNCHECKED


def test_without_the_setting_nobody_is_asked_and_open_checks_end(
    register: type[Register], organisation: Organisation, settings: Any
) -> None:
    vies.ask_for(organisation)
    settings.VIES_URL = ""

    vies.carry_out(VatCheck.objects.get().pk)
    vies.sweep()

    assert register.asked == []
    assert not VatCheck.objects.exists()
    assert state_of(organisation) == VatState.UNCHECKED


@pytest.mark.parametrize(
    ("state", "telling"),
    [
        (VatState.UNCHECKED, "has not been asked"),
        (VatState.PENDING, "is being asked"),
        (VatState.VALID, "In use, as VIES said on "),
        (VatState.INVALID, "did not know it"),
        (VatState.UNAVAILABLE, "no answer yet"),
    ],
)
def test_the_state_is_told_in_words(organisation: Organisation, state: VatState, telling: str) -> None:
    organisation.vat_state, organisation.vat_checked_at = state, clock.now()

    assert telling in pages.vat_of(organisation)
