"""Calls for experts: a window to the second, one application a person, and a committee that reads after the close."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from clusters import calls, committees
from clusters.enums import ApplicationStatus as Status
from clusters.models import Assessment, Call, CallApplication, User
from clusters.transitions import call_applications as transitions
from clusters.transitions.call_applications import CALL_APPLICATION
from extratex.notices.models import Notice
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests.documents.corpus import pdf
from tests.factories import make_call, make_person

pytestmark = pytest.mark.usefixtures("programme")
CLOSES = datetime(2026, 12, 1, 16, 0, 0, tzinfo=UTC)  # 17:00:00 in Rome


@pytest.fixture
def call(ntt_officer: User) -> Call:
    return make_call(committee=[ntt_officer], opens_at=CLOSES - timedelta(days=10), closes_at=CLOSES)


@pytest.fixture
def applicant(client: Client, stranger: User) -> Client:
    client.force_login(stranger)
    return client


def answers(**changed: Any) -> dict[str, Any]:
    given = {"employer": "", "motivation": "Because.", "experience": "Much.", "upload": cv(), "submit": "1"}
    return {name: value for name, value in (given | changed).items() if value is not None}


def cv() -> SimpleUploadedFile:
    return SimpleUploadedFile("cv.pdf", pdf(), content_type="application/pdf")


def post_at(applicant: Client, call: Call, moment: datetime, **changed: Any) -> Any:
    with time_machine.travel(moment, tick=False):
        return applicant.post(f"/calls/{call.slug}/apply/", answers(**changed))


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (CLOSES - timedelta(days=10, seconds=1), 409),
        (CLOSES - timedelta(days=10), 302),
        (CLOSES - timedelta(seconds=1), 302),
        (CLOSES, 302),
        (CLOSES + timedelta(milliseconds=999), 302),
        (CLOSES + timedelta(seconds=1), 409),
    ],
)
def test_a_call_opens_and_closes_to_the_second(applicant: Client, call: Call, moment: datetime, status: int) -> None:
    Call.objects.update(published_at=CLOSES - timedelta(days=20))

    answer = post_at(applicant, call, moment)

    assert answer.status_code == status
    assert CallApplication.objects.handed_in().exists() == (status == 302)


def test_one_second_late_says_when_it_closed_and_keeps_what_was_typed(applicant: Client, call: Call) -> None:
    answer = post_at(applicant, call, CLOSES + timedelta(seconds=1), motivation="Written in vain")

    text = answer.content.decode()
    assert "The call closed on 1 December 2026, 17:00:00 (Europe/Rome); your answer arrived at 17:00:01." in text
    assert "Written in vain" in text
    assert not CallApplication.objects.exists()


def test_a_missing_file_is_said_at_its_field_and_the_text_stays(applicant: Client, call: Call) -> None:
    answer = post_at(applicant, call, CLOSES, upload=None)

    assert answer.status_code == 422
    assert "The CV is missing: choose a file." in answer.content.decode()
    assert "Because." in answer.content.decode()


def test_a_second_application_lands_on_the_first(applicant: Client, call: Call) -> None:
    post_at(applicant, call, CLOSES)

    second = post_at(applicant, call, CLOSES, motivation="Another one")

    assert second.status_code == 409
    assert CallApplication.objects.get().motivation == "Because."


def test_a_draft_may_be_incomplete_and_is_handed_in_later(applicant: Client, call: Call) -> None:
    address = f"/calls/{call.slug}/apply/"
    with time_machine.travel(CLOSES - timedelta(hours=1), tick=False):
        saved = applicant.post(address, {"motivation": "Half", "experience": "", "save": "1"})
        seen = applicant.get(address).context["form"]["seen"].value()
        handed_in = applicant.post(address, answers(seen=seen))

    assert saved.status_code == handed_in.status_code == 302
    assert CallApplication.objects.get().status == Status.SUBMITTED
    assert Notice.objects.filter(kind="call_application").count() == 1


def test_a_stale_tab_does_not_overwrite_a_draft(applicant: Client, call: Call) -> None:
    address = f"/calls/{call.slug}/apply/"
    with time_machine.travel(CLOSES, tick=False):
        applicant.post(address, {"motivation": "First tab", "experience": "", "save": "1"})
        stale = applicant.post(address, {"motivation": "Second tab", "experience": "", "save": "1"})

    assert stale.status_code == 422
    assert "Second tab" in stale.content.decode()
    assert CallApplication.objects.get().motivation == "First tab"


MOVES = {
    ("submit", Status.DRAFT): Status.SUBMITTED,
    ("take_back", Status.SUBMITTED): Status.DRAFT,
    ("take_back", Status.WITHDRAWN): Status.DRAFT,
    ("withdraw", Status.DRAFT): Status.WITHDRAWN,
    ("withdraw", Status.SUBMITTED): Status.WITHDRAWN,
}


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("move", list(CALL_APPLICATION.moves))
def test_every_move_from_every_status(stranger: User, move: str, status: str) -> None:
    application = CallApplication.objects.create(
        call=make_call(), applicant=stranger, status=status, motivation="m", experience="e"
    )
    calls.attach_cv(application, cv(), by=stranger)
    go = {"submit": transitions.submit, "take_back": transitions.take_back, "withdraw": transitions.withdraw}[move]

    if target := MOVES.get((move, Status(status))):
        assert go(application, actor=stranger).status == target
    else:
        with pytest.raises(MoveConflict):
            go(application, actor=stranger)
        application.refresh_from_db()
        assert (application.status, application.events.count()) == (status, 0)


def test_nobody_moves_the_application_of_another(stranger: User, visitor_person: User) -> None:
    application = CallApplication.objects.create(call=make_call(), applicant=stranger)

    with pytest.raises(MoveForbidden):
        transitions.withdraw(application, actor=visitor_person)


def test_the_committee_reads_only_after_the_close(
    client: Client, applicant: Client, call: Call, ntt_officer: User, stranger: User
) -> None:
    post_at(applicant, call, CLOSES)
    application = CallApplication.objects.get()
    address = f"/calls/{call.slug}/applications/"
    client.force_login(ntt_officer)

    with time_machine.travel(CLOSES, tick=False):
        before, hidden = client.get(address), client.get(f"{address}{application.pk}/")
    with time_machine.travel(CLOSES + timedelta(seconds=1), tick=False):
        after, shown = client.get(address), client.get(f"{address}{application.pk}/")

    assert "One application is handed in" in before.content.decode()
    assert str(stranger) not in before.content.decode()
    assert hidden.status_code == 404
    assert "data-application" in after.content.decode()
    assert "Because." in shown.content.decode()


def test_a_withdrawn_application_is_not_read(applicant: Client, call: Call, ntt_officer: User, stranger: User) -> None:
    post_at(applicant, call, CLOSES)
    transitions.withdraw(CallApplication.objects.get(), actor=stranger)

    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        assert not CallApplication.objects.visible_to(ntt_officer).exists()


def test_only_its_committee_judges_a_call(client: Client, call: Call, coordinator: User, clutex_officer: User) -> None:
    for person in (coordinator, clutex_officer):
        client.force_login(person)
        assert client.get(f"/calls/{call.slug}/applications/").status_code == 403


def test_a_member_sees_the_others_only_after_the_own_assessment(
    client: Client, applicant: Client, call: Call, ntt_officer: User, clutex_officer: User
) -> None:
    post_at(applicant, call, CLOSES)
    application = CallApplication.objects.get()
    call.committee.add(clutex_officer)
    Assessment.objects.create(application=application, member=clutex_officer, points=3, reason="Too short a CV")
    client.force_login(ntt_officer)
    address = f"/calls/{call.slug}/applications/{application.pk}/"

    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        before = client.get(address).content.decode()
        wrong = client.post(address, {"points": "11", "reason": "x"})
        client.post(address, {"points": "9", "reason": "Knows the clusters"})
        after = client.get(address).content.decode()

    assert "Too short a CV" not in before
    assert wrong.status_code == 422
    assert "Too short a CV" in after


def test_the_committee_is_told_once_when_the_call_has_closed(call: Call) -> None:
    with time_machine.travel(CLOSES, tick=False):
        assert committees.tell_committees() == 0
    with time_machine.travel(CLOSES + timedelta(seconds=1), tick=False):
        assert committees.tell_committees() == 1
        assert committees.tell_committees() == 0

    assert Notice.objects.filter(kind="call_closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_saves_at_once_begin_one_application() -> None:
    call, person = make_call(), make_person()

    def begin(_number: int) -> int:
        try:
            return calls.application_of(person, call)[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(begin, range(8)))

    assert len(keys) == 1
    assert CallApplication.objects.get().events.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_applications_asks_a_fixed_number_of_times(
    client: Client, call: Call, ntt_officer: User, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        CallApplication.objects.create(call=call, applicant=make_person(), status=Status.SUBMITTED)
    client.force_login(ntt_officer)

    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        client.force_login(ntt_officer)
        with django_assert_num_queries(16):
            answer = client.get(f"/calls/{call.slug}/applications/")

    assert answer.content.decode().count("data-application") == rows
