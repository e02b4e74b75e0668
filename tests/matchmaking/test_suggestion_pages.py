"""Suggestions and what the page of a host says of them: each reason in words, and what to do where there is none."""

import pytest

from clusters.enums import ParticipantRole
from matchmaking import matching, shards
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.models import Candidature
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def matched(visitor, host):
    shards.carry_out(matching.ask(visitor.wave).pk)
    return visitor


def test_a_visitor_reads_why_each_host_fits_and_can_propose(client, matched, host, visitor_person):
    client.force_login(visitor_person)

    page = client.get("/suggestions/").content.decode()

    assert page.count("data-suggestion") == 1
    assert host.organisation.legal_name in page
    assert "Works in another sector, which counts towards the cross-sector target: Automotive." in page
    assert "You both speak: English." in page
    assert page.index(f"/proposals/new/?visitor={matched.pk}&amp;host={host.pk}") < page.index("Available")
    assert host.contact.email not in page


def test_a_host_reads_whom_it_suits_without_people_and_papers(client, matched, host, host_person):
    client.force_login(host_person)

    page = client.get("/suggestions/").content.decode()

    assert matched.organisation.legal_name in page
    assert f"visitor={matched.pk}&amp;host={host.pk}" in page
    assert matched.contact.email not in page


def test_staff_see_the_suggestions_of_whom_they_look_after_and_propose_for_them(client, matched, host, ntt_officer):
    client.force_login(ntt_officer)

    page = client.get(f"/suggestions/?candidature={matched.pk}").content.decode()

    assert page.count("data-suggestion") == 1
    assert f"visitor={matched.pk}&amp;host={host.pk}&amp;as=visitor" in page
    assert "Propose for this member" in page


@pytest.mark.parametrize("key", ["abc", "-1", "1' OR 1=1", "9" * 19, "٣", "1.5"])
def test_a_key_that_is_none_is_not_found(client, matched, visitor_person, key):
    client.force_login(visitor_person)

    assert client.get("/suggestions/", {"candidature": key}).status_code == 404
    assert client.get("/proposals/new/", {"visitor": key, "host": key}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_suggestions_take_as_many_queries_for_three_rows_as_for_one(
    client, sign_in, visitor, visitor_person, django_assert_num_queries, rows
):
    for _number in range(rows):
        factories.make_host()
    shards.carry_out(matching.ask(visitor.wave).pk)
    sign_in(visitor_person)

    with django_assert_num_queries(39):
        page = client.get("/suggestions/").content.decode()

    assert page.count("data-suggestion") == rows


def test_without_a_candidature_one_is_led_to_write_one(client, stranger):
    client.force_login(stranger)

    assert "Write a candidature as visitor" in client.get("/suggestions/").content.decode()


def test_before_the_validation_one_is_told_what_it_waits_for(client, visitor, visitor_person):
    Candidature.objects.update(status=CandidatureStatus.SUBMITTED)
    client.force_login(visitor_person)

    assert "Suggestions come once this candidature is validated." in client.get("/suggestions/").content.decode()


def test_while_a_run_is_pending_one_is_told_so(client, visitor, visitor_person):
    matching.ask(visitor.wave)
    client.force_login(visitor_person)

    assert "We are comparing visitors and hosts again." in client.get("/suggestions/").content.decode()


@pytest.mark.parametrize(
    ("hosts", "telling"),
    [
        ([], "No host has been validated yet."),
        ([{"languages": ["cs"]}, {"languages": ["de"]}], "Hosts that would fit without your choice of languages: 2."),
        (
            [{"organisation": {"country": "IT", "reference_cluster": "NTT"}}],
            "No host can receive you at present, whatever you wish.",
        ),
        ([{"windows": ((200, 210),)}], "Hosts that would fit without your periods and the length of your stay: 1."),
    ],
)
def test_who_is_suggested_nobody_reads_what_stands_in_the_way(client, visitor, visitor_person, hosts, telling):
    for fields in hosts:
        factories.make_host(**fields)
    shards.carry_out(matching.ask(visitor.wave).pk)
    client.force_login(visitor_person)

    assert telling in client.get("/suggestions/").content.decode()


def test_a_host_that_has_left_since_the_run_is_not_shown(client, matched, host, visitor_person):
    Candidature.objects.filter(pk=host.pk).update(status=CandidatureStatus.WITHDRAWN)
    client.force_login(visitor_person)

    assert host.organisation.legal_name not in client.get("/suggestions/").content.decode()


def test_a_host_that_was_asked_already_shows_the_proposal(client, matched, host, visitor_person):
    proposal = factories.make_proposal(matched, host)
    client.force_login(visitor_person)

    page = client.get("/suggestions/").content.decode()

    assert f"/proposals/{proposal.pk}/" in page
    assert "/proposals/new/" not in page


def test_a_host_that_is_not_suggested_says_why(client, visitor, visitor_person):
    host = factories.make_host(languages=["cs"], windows=((200, 220),))
    client.force_login(visitor_person)

    page = client.get(f"/hosts/{host.pk}/").content.decode()

    assert "They speak no common language." in page
    assert "Longest time free together" in page
    assert host.contact.email not in page


def test_what_one_leaves_out_oneself_is_said_to_oneself(client, visitor, host, visitor_person, host_person):
    Candidature.objects.filter(pk=visitor.pk).update(excluded_countries=["CZ"])

    client.force_login(visitor_person)
    for address in (f"/hosts/{host.pk}/", f"/hosts/compare/?with={host.pk}"):
        assert "You leave out Czechia." in client.get(address).content.decode()

    client.force_login(host_person)
    assert "The visitor leaves out Czechia." in client.get(f"/visitors/{visitor.pk}/").content.decode()


def test_a_host_that_is_suggested_says_why_and_how_to_propose_before_its_profile(client, matched, host, visitor_person):
    client.force_login(visitor_person)

    page = client.get(f"/hosts/{host.pk}/").content.decode()

    assert page.index("It suits you:") < page.index("Propose an exchange") < page.index("What it offers")
    assert "You both speak: English." in page


def test_a_full_host_is_named_full(client, visitor, host, visitor_person):
    host.capacity = 1
    host.save()
    factories.make_proposal(host=host, status=ProposalStatus.ACCEPTED)
    client.force_login(visitor_person)

    assert "This host has no place left." in client.get(f"/hosts/{host.pk}/").content.decode()


def test_somebody_who_only_hosts_sees_no_comparison(client, host, host_person):
    client.force_login(host_person)

    assert "Do you want to visit?" in client.get(f"/hosts/{host.pk}/").content.decode()
    assert Candidature.objects.filter(role=ParticipantRole.VISITOR).count() == 0
