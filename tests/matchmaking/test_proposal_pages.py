"""The pages of proposals: who proposes, who answers, who reads, and no list that asks more for more rows."""

import pytest

from clusters.enums import ParticipantRole, RuleName
from clusters.models import RuleSetting
from exchanges.models import Exchange
from matchmaking.enums import CandidatureStatus
from matchmaking.enums import ProposalStatus as Status
from matchmaking.models import Candidature, Proposal
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

SEES = {
    "visitor_person": 200,
    "host_person": 200,
    "ntt_officer": 200,
    "clutex_officer": 200,
    "coordinator": 200,
    "finance_officer": 200,
    "programme_officer": 200,
    "administrator": 200,
    "other_coordinator": 404,
    "stranger": 404,
}


def address(visitor, host):
    return f"/proposals/new/?visitor={visitor.pk}&host={host.pk}"


@pytest.mark.parametrize("role", list(SEES))
def test_whom_it_does_not_concern_does_not_find_it(request, client, visitor, host, role):
    proposal = factories.make_proposal(visitor, host)
    client.force_login(request.getfixturevalue(role))

    assert client.get(f"/proposals/{proposal.pk}/").status_code == SEES[role]
    if SEES[role] == 404:
        assert client.post(f"/proposals/{proposal.pk}/move/", {"move": "accept"}).status_code == 404


def test_a_visitor_proposes_and_the_host_accepts(client, visitor, host, visitor_person, host_person):
    client.force_login(visitor_person)
    sent = client.post(address(visitor, host), {"message": "May we come in spring?"}, follow=True)
    proposal = Proposal.objects.get()
    assert "Waiting for an answer" in sent.content.decode()

    client.force_login(host_person)
    page = client.get(f"/proposals/{proposal.pk}/").content.decode()
    answered = client.post(f"/proposals/{proposal.pk}/move/", {"move": "accept"}, follow=True).content.decode()

    assert "May we come in spring?" in page
    assert visitor.motivation in page
    assert visitor.contact.email not in page
    assert "Agreed" in answered
    assert visitor.contact.email in answered
    assert Exchange.objects.get().proposal == proposal


def test_a_host_proposes_to_a_visitor_of_the_catalogue(client, visitor, host, host_person):
    undecided = factories.make_visitor(status=CandidatureStatus.SUBMITTED)
    client.force_login(host_person)
    assert client.get(address(undecided, host)).status_code == 404

    client.post(address(visitor, host), {"message": "Would you like to come?"})

    assert Proposal.objects.get().proposed_by == ParticipantRole.HOST


def test_a_declining_host_has_to_say_why(client, visitor, host, host_person, visitor_person):
    proposal = factories.make_proposal(visitor, host)
    client.force_login(host_person)

    address = f"/proposals/{proposal.pk}/decline/"
    refused = client.post(address, {"seen": 1, "reason": "dates"})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    client.post(address, {"seen": 1, "reason": "dates", "note": "Our line is being rebuilt."})

    client.force_login(visitor_person)
    page = client.get(f"/proposals/{proposal.pk}/").content.decode()
    assert "Our line is being rebuilt." in page
    assert "The dates do not fit" in page


@pytest.mark.parametrize(
    ("message", "telling"),
    [("", "required"), ("   ", "required"), ("x" * 3001, "At most 3000"), ("Null\x00byte", "Null characters")],
)
def test_a_proposal_needs_a_message_of_reasonable_length(client, visitor, host, visitor_person, message, telling):
    client.force_login(visitor_person)

    response = client.post(address(visitor, host), {"message": message})

    assert response.status_code == 422
    assert telling in response.context["form"].errors["message"][0]
    assert not Proposal.objects.exists()


def test_at_the_limit_the_text_is_kept_and_the_reason_said(client, visitor, host, visitor_person):
    RuleSetting.objects.filter(name=RuleName.OPEN_PROPOSALS).update(value=1)
    factories.make_proposal(visitor)
    client.force_login(visitor_person)

    response = client.post(address(visitor, host), {"message": "May we come in spring?"})

    assert response.status_code == 409
    assert "which is the limit" in response.content.decode()
    assert "May we come in spring?" in response.content.decode()


def test_a_second_click_lands_on_the_proposal_of_the_first(client, visitor, host, visitor_person):
    client.force_login(visitor_person)
    client.post(address(visitor, host), {"message": "May we?"})

    again = client.post(address(visitor, host), {"message": "May we?"})

    assert again.headers["Location"] == f"/proposals/{Proposal.objects.get().pk}/"


def test_a_host_that_may_not_be_visited_says_so_instead_of_a_form(client, visitor, visitor_person):
    neighbour = factories.make_host(organisation={"country": "IT", "reference_cluster": "NTT"})
    client.force_login(visitor_person)

    page = client.get(address(visitor, neighbour)).content.decode()

    assert "both in Italy" in page
    assert 'name="message"' not in page


def test_nobody_proposes_for_others_or_to_whom_she_cannot_see(client, visitor, host, stranger, visitor_person):
    client.force_login(stranger)
    assert client.post(address(visitor, host), {"message": "May we?"}).status_code == 404

    client.force_login(visitor_person)
    Candidature.objects.filter(pk=host.pk).update(status=CandidatureStatus.SUBMITTED)
    assert client.post(address(visitor, host), {"message": "May we?"}).status_code == 404
    assert client.get("/proposals/new/").status_code == 404
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(("move", "status"), [("accept", 403), ("expire", 404), ("release", 404), ("", 404)])
def test_a_move_that_is_not_open_is_refused_as_such(client, visitor, host, visitor_person, move, status):
    proposal = factories.make_proposal(visitor, host)
    client.force_login(visitor_person)

    assert client.post(f"/proposals/{proposal.pk}/move/", {"move": move, "note": "x"}).status_code == status


def test_an_answer_that_comes_too_late_is_a_conflict(client, visitor, host, host_person):
    proposal = factories.make_proposal(visitor, host, status=Status.WITHDRAWN)
    client.force_login(host_person)

    assert client.post(f"/proposals/{proposal.pk}/move/", {"move": "accept"}).status_code == 409


def test_the_tabs_part_what_one_has_to_answer_from_what_one_has_sent(client, visitor, visitor_person):
    received = factories.make_proposal(visitor, by=ParticipantRole.HOST)
    sent = factories.make_proposal(visitor)
    closed = factories.make_proposal(visitor, status=Status.DECLINED)
    client.force_login(visitor_person)

    for tab, expected in (("", received), ("received", received), ("sent", sent), ("closed", closed), ("x", received)):
        page = client.get(f"/proposals/?tab={tab}").content.decode()
        assert page.count("data-proposal") == 1
        assert f"/proposals/{expected.pk}/" in page


def test_staff_see_what_is_open_and_what_is_answered_among_theirs(client, visitor, host, clutex_officer):
    factories.make_proposal(visitor, host)
    factories.make_proposal(visitor, host, status=Status.DECLINED)
    factories.make_proposal(host=factories.make_host(organisation={"country": "SK", "reference_cluster": "SPK"}))
    client.force_login(clutex_officer)

    assert client.get("/proposals/").content.decode().count("data-proposal") == 1
    assert client.get("/proposals/?tab=closed").content.decode().count("data-proposal") == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("role", "queries"), [("visitor_person", 12), ("ntt_officer", 12)])
def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(
    request, client, sign_in, visitor, django_assert_num_queries, rows, role, queries
):
    for _number in range(rows):
        factories.make_proposal(visitor, by=ParticipantRole.HOST)
    sign_in(request.getfixturevalue(role))

    with django_assert_num_queries(queries):
        response = client.get("/proposals/")

    assert response.content.decode().count("data-proposal") == rows


def test_what_others_wrote_is_shown_as_text(client, visitor, host, host_person):
    canary = "<img src=x onerror=alert(1)>"
    proposal = factories.make_proposal(visitor, host, message=canary)
    client.force_login(host_person)

    assert canary not in client.get(f"/proposals/{proposal.pk}/").content.decode()
