"""The pages of offers: days at their fields, other dates, prior agreements by name, and staff for a member."""

import pytest

from matchmaking import matching, shards
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature, Proposal
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

WEEK, LATER, FAR = (factories.work_week(weeks) for weeks in (3, 4, 20))


def address(visitor, host):
    return f"/proposals/new/?visitor={visitor.pk}&host={host.pk}"


def days(chosen, **more):
    return {"first_day": chosen[0].isoformat(), "last_day": chosen[1].isoformat(), "message": "May we?", **more}


@pytest.mark.parametrize(
    ("given", "field", "telling"),
    [
        ({"message": "May we?", "first_day": "2030-01-02"}, "last_day", "enter both days"),
        (days(WEEK[::-1]), "last_day", "cannot lie before"),
        (days((WEEK[0], WEEK[0])), "last_day", "At least 3"),
        (days((factories.in_days(-9), factories.in_days(-5))), "last_day", "begin after today"),
        (days(WEEK) | {"first_day": "tomorrow"}, "first_day", "valid date"),
        (days((WEEK[0], WEEK[1].replace(year=WEEK[1].year + 7000))), "last_day", "more than a year"),
        (days(FAR), "first_day", "has stated to be free"),
    ],
)
def test_days_that_do_not_work_are_said_at_their_field(client, visitor, host, visitor_person, given, field, telling):
    client.force_login(visitor_person)

    answer = client.post(address(visitor, host), given)

    assert answer.status_code == 422
    assert telling in str(answer.context["form"].errors[field])
    assert given["message"] in answer.content.decode()
    assert not Proposal.objects.exists()


def test_ones_own_periods_are_asked_about_and_those_of_the_other_kept(client, visitor, host, visitor_person):
    visitor.availabilities.update(first_day=LATER[0], last_day=LATER[1])
    client.force_login(visitor_person)

    asked = client.post(address(visitor, host), days(WEEK))
    assert 'name="known"' in asked.content.decode()
    client.post(address(visitor, host), days(WEEK, known="on"))
    assert Proposal.objects.get().days == WEEK

    Proposal.objects.update(status="withdrawn")
    host.availabilities.update(first_day=LATER[0], last_day=LATER[1])
    assert client.post(address(visitor, host), days(WEEK, known="on")).status_code == 422
    assert client.post(address(visitor, host), days(WEEK, agreed_before="on")).status_code == 302


def test_other_dates_are_proposed_on_a_page_of_their_own(client, visitor, host, host_person, visitor_person):
    proposal = factories.make_proposal(visitor, host, first_day=WEEK[0], last_day=WEEK[1])
    client.force_login(host_person)
    page = f"/proposals/{proposal.pk}/dates/"

    assert "These days are proposed already" in client.post(page, days(WEEK, seen=1)).content.decode()
    assert "(optional)" not in client.get(page).content.decode().partition("A word about it")[0]
    assert "Please enter this day" in client.post(page, {"seen": 1}).content.decode()
    client.post(page, days(LATER, seen=1))

    assert client.get(page).status_code == 409
    client.force_login(visitor_person)
    shown = client.get(f"/proposals/{proposal.pk}/").content.decode()
    assert "Accept these dates" in shown
    stale = client.post(f"/proposals/{proposal.pk}/move/?seen=1", {"move": "accept"})
    assert (stale.status_code, "Another offer has been made" in stale.content.decode()) == (409, True)


@pytest.mark.parametrize("named", ["legal_name", "number"])
def test_who_has_agreed_names_the_other_also_where_nothing_was_suggested(
    client, visitor, host, host_person, visitor_person, named
):
    client.force_login(host_person)
    meant = visitor.number if named == "number" else f" {visitor.organisation.legal_name.upper()} "

    client.post("/proposals/agreed/", {"candidature": host.pk, "named": meant, "message": "As said at the fair."})

    proposal = Proposal.objects.get()
    assert (proposal.sender, proposal.visitor, proposal.agreed_before) == (host, visitor, True)
    client.force_login(visitor_person)
    page = client.get(f"/proposals/{proposal.pk}/").content.decode()
    assert "Yes, we have agreed" in page
    assert "Prior agreement" in page


@pytest.mark.parametrize(
    ("named", "telling"),
    [
        ("Nobody at all", "No validated candidature"),
        ("", "required"),
        ("CAN-9999999", "No validated candidature"),
        ("Twins", "Several have this name"),
        ("Waiting", "No validated candidature"),
        ("Null\x00", "Null characters"),
    ],
)
def test_whom_nobody_can_mean_is_said_at_the_name(client, visitor, visitor_person, named, telling):
    for name, status in (("Twins", "validated"), ("Twins", "validated"), ("Waiting", "submitted")):
        factories.make_host(organisation={"legal_name": name}, status=CandidatureStatus(status))
    client.force_login(visitor_person)

    answer = client.post("/proposals/agreed/", {"candidature": visitor.pk, "named": named, "message": "As said."})

    assert answer.status_code == 422
    assert telling in str(answer.context["form"].errors["named"])
    assert not Proposal.objects.exists()


def test_nobody_names_an_agreement_for_somebody_elses_candidature(client, visitor, host, host_person):
    client.force_login(host_person)

    answer = client.post("/proposals/agreed/", {"candidature": visitor.pk, "named": host.number, "message": "As said."})

    assert answer.status_code == 422
    assert not Proposal.objects.exists()


def test_staff_choose_from_the_suggestions_of_their_member(
    client, visitor, host, ntt_officer, clutex_officer, other_coordinator, visitor_person
):
    client.force_login(ntt_officer)
    assert client.get(address(visitor, host)).status_code == 404
    shards.carry_out(matching.ask(visitor.wave).pk)
    assert "Propose for this member" in client.get(f"/suggestions/?candidature={visitor.pk}").content.decode()

    assert "as the staff who look after it" in client.get(address(visitor, host)).content.decode()
    client.post(address(visitor, host), {"message": "For our member."})

    proposal = Proposal.objects.get()
    assert (proposal.author, proposal.for_member, proposal.sender) == (ntt_officer, True, visitor)
    assert "Proposed by staff for" in client.get(f"/proposals/{proposal.pk}/").content.decode()
    client.force_login(visitor_person)
    client.post(f"/proposals/{proposal.pk}/move/", {"move": "withdraw"})
    client.force_login(clutex_officer)
    client.post(address(visitor, host), {"message": "For our host."})
    assert Proposal.objects.latest("pk").sender == host
    client.force_login(other_coordinator)
    assert client.get(address(visitor, host)).status_code == 404


def test_a_long_list_is_paged_by_key(client, visitor, host, coordinator, django_assert_max_num_queries):
    others = Candidature.objects.bulk_create(
        Candidature(
            organisation=factories.factories.make_organisation(),
            wave=host.wave,
            partnership=visitor.partnership,
            role="visitor",
            contact=visitor.contact,
            status="validated",
        )
        for _number in range(3)
    )
    Proposal.objects.bulk_create(
        Proposal(
            visitor=others[number % 3],
            host=host,
            proposed_by="visitor",
            turn="host",
            author=visitor.contact,
            message="May we?",
            expires_on=factories.in_days(14),
            status="declined",
        )
        for number in range(2_000)
    )
    client.force_login(coordinator)

    with django_assert_max_num_queries(16):
        page = client.get("/proposals/?tab=closed").content.decode()

    assert page.count("data-proposal") == 25
    assert "More than 1000" in page
    assert 'rel="next"' in page
