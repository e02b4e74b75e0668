"""The pages of candidatures: who sees what, what comes next, and no list that asks more for more rows."""

import pytest

from clusters.enums import ParticipantRole
from matchmaking.enums import CandidatureStatus as Status
from matchmaking.models import Candidature
from tests import factories as people
from tests.matchmaking import factories
from tests.matchmaking.answers import answer, hand_in, right_answers

pytestmark = pytest.mark.usefixtures("programme")

SEES = {
    "visitor_person": 200,
    "ntt_officer": 200,
    "coordinator": 200,
    "finance_officer": 200,
    "programme_officer": 200,
    "administrator": 200,
    "clutex_officer": 404,
    "other_coordinator": 404,
    "host_person": 404,
    "stranger": 404,
}
CLOSED = [Status.SUBMITTED, Status.VALIDATED, Status.DORMANT, Status.REJECTED, Status.WITHDRAWN]


@pytest.mark.parametrize("role", list(SEES))
def test_whom_it_does_not_concern_does_not_find_it(request, client, visitor, role):
    client.force_login(request.getfixturevalue(role))

    assert client.get(f"/candidatures/{visitor.pk}/").status_code == SEES[role]
    assert client.get(f"/suggestions/?candidature={visitor.pk}").status_code == SEES[role]
    if SEES[role] == 404:
        for address in ("edit", "edit/purpose", "check", "files"):
            assert client.get(f"/candidatures/{visitor.pk}/{address}/").status_code == 404
        assert client.post(f"/candidatures/{visitor.pk}/move/", {"move": "withdraw"}).status_code == 404


def test_a_draft_is_nobody_elses_business_yet(client, visitor, ntt_officer, visitor_person):
    Candidature.objects.update(status=Status.DRAFT)

    client.force_login(ntt_officer)
    assert client.get(f"/candidatures/{visitor.pk}/").status_code == 404
    assert "data-candidature" not in client.get("/candidatures/").content.decode()
    client.force_login(visitor_person)
    assert client.get(f"/candidatures/{visitor.pk}/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("role", "queries"), [("visitor_person", 14), ("ntt_officer", 12), ("programme_officer", 12)])
def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(
    request, client, sign_in, visitor_person, django_assert_num_queries, rows, role, queries
):
    person = request.getfixturevalue(role)
    for _number in range(rows):
        factories.make_visitor(owner=visitor_person)
    sign_in(person)

    with django_assert_num_queries(queries):
        response = client.get("/candidatures/")

    assert response.content.decode().count("data-candidature") == rows


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 2),
        ("status=submitted", 1),
        ("role=host", 0),
        ("country=IT", 2),
        ("country=XX", 2),
        ("q=prova", 1),
        ("q=CAN-999999", 0),
        ("q=%00", 2),
        ("q=" + "x" * 5000, 2),
        ("after=nonsense", 2),
        ("before=W10", 2),
        ("status=%F0%9F%92%A9", 2),
    ],
)
def test_staff_narrow_the_list_down_and_no_filter_breaks_it(client, visitor, ntt_officer, query, expected):
    factories.make_visitor(status=Status.SUBMITTED)
    client.force_login(ntt_officer)

    page = client.get(f"/candidatures/?{query}")

    assert page.status_code == 200
    assert page.content.decode().count("data-candidature") == expected


def test_the_filter_answers_htmx_with_the_results_alone(client, visitor, ntt_officer):
    client.force_login(ntt_officer)

    page = client.get("/candidatures/", headers={"HX-Request": "true"}).content.decode()

    assert "data-candidature" in page
    assert "<html" not in page


def test_what_is_checked_is_what_was_written_and_can_be_sent_from_there(client, visitor, visitor_person):
    Candidature.objects.update(status=Status.DRAFT)
    client.force_login(visitor_person)

    page = client.get(f"/candidatures/{visitor.pk}/check/").content.decode()
    hand_in(client, visitor)

    assert visitor.motivation in page
    assert "Send to the reference cluster" in page
    assert "You need do nothing now" in client.get(f"/candidatures/{visitor.pk}/").content.decode()


def test_who_may_not_take_part_reads_why_before_sending(client, visitor, visitor_person):
    Candidature.objects.update(status=Status.DRAFT)
    visitor.organisation.type = "large"
    visitor.organisation.save()
    client.force_login(visitor_person)

    page = client.get(f"/candidatures/{visitor.pk}/check/").content.decode()

    assert "A large company is not among those that may visit in the first wave." in page
    assert "Send to the reference cluster" not in page


def test_staff_decide_and_the_member_reads_the_reason(client, visitor, visitor_person, ntt_officer):
    Candidature.objects.update(status=Status.SUBMITTED)
    client.force_login(ntt_officer)
    move = {"move": "send_back", "note": "Please say more about the dyes."}

    client.post(f"/candidatures/{visitor.pk}/move/", move)

    client.force_login(visitor_person)
    assert "Please say more about the dyes." in client.get(f"/candidatures/{visitor.pk}/").content.decode()
    assert "Please say more about the dyes." in client.get(f"/candidatures/{visitor.pk}/edit/purpose/").content.decode()


def test_a_reason_that_is_missing_is_asked_for_and_nothing_changes(client, visitor, ntt_officer):
    Candidature.objects.update(status=Status.SUBMITTED)
    client.force_login(ntt_officer)

    page = client.post(f"/candidatures/{visitor.pk}/move/", {"move": "reject"}, follow=True).content.decode()

    assert "Say why" in page
    assert Candidature.objects.get().status == Status.SUBMITTED


@pytest.mark.parametrize(("move", "status"), [("validate", 403), ("reopen", 409), ("fly", 404), ("", 404)])
def test_a_move_that_is_not_open_is_refused_as_such(client, visitor, visitor_person, move, status):
    client.force_login(visitor_person)

    assert client.post(f"/candidatures/{visitor.pk}/move/", {"move": move}).status_code == status


@pytest.mark.parametrize("status", CLOSED)
def test_what_is_sent_can_no_longer_be_changed(client, visitor, visitor_person, status):
    Candidature.objects.update(status=status)
    client.force_login(visitor_person)

    response = client.post(f"/candidatures/{visitor.pk}/edit/purpose/", right_answers("visitor")["purpose"])

    assert response.status_code == 409
    assert Candidature.objects.get().motivation == visitor.motivation


def test_staff_read_but_do_not_write(client, visitor, ntt_officer):
    Candidature.objects.update(status=Status.CHANGES_REQUESTED)
    client.force_login(ntt_officer)

    assert client.get(f"/candidatures/{visitor.pk}/edit/").status_code == 403
    assert client.get(f"/candidatures/{visitor.pk}/check/").status_code == 403


def test_a_correction_replaces_the_periods_once_it_is_sent(client, visitor, visitor_person):
    Candidature.objects.update(status=Status.CHANGES_REQUESTED)
    client.force_login(visitor_person)
    answer(client, visitor, "dates", right_answers("visitor")["dates"])
    assert visitor.availabilities.get().first_day == factories.in_days(10)

    response = hand_in(client, visitor)

    assert response.headers["Location"] == f"/candidatures/{visitor.pk}/"
    visitor.refresh_from_db()
    assert visitor.status == Status.SUBMITTED
    assert visitor.availabilities.get().first_day == factories.in_days(20)


def test_who_has_a_candidature_is_offered_the_other_role_only(client, visitor, visitor_person):
    client.force_login(visitor_person)

    page = client.get("/candidatures/").content.decode()

    assert "/candidatures/new/host/" in page
    assert "/candidatures/new/visitor/" not in page


def test_somebody_without_an_organisation_is_led_to_the_registration(client, stranger):
    client.force_login(stranger)

    assert "/organisation/new/" in client.get("/candidatures/").content.decode()


def test_what_others_wrote_is_shown_as_text(client, ntt_officer):
    canary = "<script>alert(1)</script>"
    owner = people.make_person(canary)
    organisation = people.make_organisation(owner=owner, legal_name=canary, description=canary)
    candidature = factories.make_candidature(organisation, ParticipantRole.VISITOR, motivation=canary)
    client.force_login(ntt_officer)

    for address in ("/candidatures/", f"/candidatures/{candidature.pk}/"):
        assert canary not in client.get(address).content.decode()
