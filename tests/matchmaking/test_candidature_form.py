"""Writing a candidature: what is right is kept, what is wrong is said at its field, nothing typed is lost."""

import pytest

from clusters.enums import OrganisationStatus, ParticipantRole, Vocabulary
from clusters.models import LumpSumRate
from matchmaking.models import Candidature
from tests import factories as people
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


def answers_as(role, **changes):
    """A right answer to each question."""
    shared = {
        "purposes": [people.term(Vocabulary.PURPOSE, factories.PURPOSE).pk],
        "technologies": [people.term(Vocabulary.TECHNOLOGY, "Nonwovens").pk],
        "languages": ["it", "en"],
        "motivation": "We want to see it at work.",
        "from_1": factories.in_days(20).isoformat(),
        "until_1": factories.in_days(50).isoformat(),
    }
    own = {"countries": ["CZ"], "days": "3", "travellers": "2"} if role == "visitor" else {"capacity": "4"}
    return shared | own | changes


@pytest.fixture
def member(client, visitor_organisation, visitor_person):
    client.force_login(visitor_person)
    return visitor_organisation


def errors_after(client, role, organisation, **changes):
    """Return what the form says, after making sure that nothing was stored."""
    response = client.post(f"/candidatures/new/{role}/", answers_as(role, organisation=organisation.pk, **changes))
    assert response.status_code == 422
    assert not Candidature.objects.exists()
    return {name: " ".join(found) for name, found in response.context["form"].errors.items()}


@pytest.mark.parametrize("role", list(ParticipantRole))
def test_a_right_answer_becomes_a_draft_of_its_author(client, member, visitor_person, role):
    answers = answers_as(role, organisation=member.pk, from_2="2", until_2="")
    answers |= {"from_2": factories.in_days(70).isoformat(), "until_2": factories.in_days(80).isoformat()}

    response = client.post(f"/candidatures/new/{role}/", answers)

    candidature = Candidature.objects.get()
    assert response.headers["Location"] == f"/candidatures/{candidature.pk}/check/"
    assert (candidature.role, candidature.status, candidature.contact) == (role, "draft", visitor_person)
    assert candidature.partnership == people.partnership()
    assert [each.first_day for each in candidature.availabilities.all()] == [
        factories.in_days(20),
        factories.in_days(70),
    ]
    assert candidature.events.get().move == "begin"


@pytest.mark.parametrize(
    ("field", "value", "telling"),
    [
        ("languages", [], "required"),
        ("languages", ["xx"], "not one of the available choices"),
        ("purposes", [], "required"),
        ("technologies", ["999999"], "not one of the available choices"),
        ("technologies", ["<script>"], "not a valid value"),
        ("days", "0", "at least 3 working days"),
        ("days", "-3", "greater than or equal to 0"),
        ("days", "2", "at least 3 working days"),
        ("days", "32", "less than or equal to 31"),
        ("days", "99999999999999999999", "less than or equal"),
        ("days", "three", "whole number"),
        ("travellers", "21", "less than or equal to 20"),
        ("countries", ["US"], "not one of the available choices"),
        ("motivation", "", "required"),
        ("motivation", "x" * 4001, "at most 4000"),
        ("motivation", "x" * 1_000_000, "at most 4000"),
        ("motivation", "Null\x00byte", "Null characters"),
        ("until_1", "", "required"),
        ("from_1", "yesterday", "valid date"),
        ("from_1", "0000-00-00", "valid date"),
        ("until_1", "2001-01-01", "ends before it begins"),
        ("until_1", "9999-12-31", "look at the year again"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(client, member, field, value, telling):
    errors = errors_after(client, "visitor", member, **{field: value})

    assert telling in errors[field]


@pytest.mark.parametrize(
    ("first_day", "last_day", "field", "telling"),
    [
        (30, 29, "until_2", "ends before it begins"),
        (-30, -20, "until_2", "over already"),
        (30, None, "until_2", "Give the last day"),
        (None, 30, "from_2", "Give the first day"),
    ],
)
def test_a_second_period_is_whole_or_empty(client, member, first_day, last_day, field, telling):
    given = {"from_2": first_day, "until_2": last_day}
    days = {name: "" if day is None else factories.in_days(day).isoformat() for name, day in given.items()}

    errors = errors_after(client, "visitor", member, **days)

    assert telling in errors[field]


def test_a_period_has_to_be_long_enough_for_the_visit(client, member):
    days = {"from_1": factories.in_days(20).isoformat(), "until_1": factories.in_days(21).isoformat()}

    errors = errors_after(client, "visitor", member, **days)

    assert "3 weekdays" in errors["until_1"]


@pytest.mark.parametrize("value", ["0", "201", "-1", ""])
def test_a_host_says_how_many_it_can_receive(client, member, value):
    assert "capacity" in errors_after(client, "host", member, capacity=value)


def test_nothing_typed_is_lost(client, member):
    answers = answers_as("visitor", organisation=member.pk, days="2", motivation="We weave & dye.")

    page = client.post("/candidatures/new/visitor/", answers).content.decode()

    assert "We weave &amp; dye." in page
    assert factories.in_days(20).isoformat() in page
    assert 'id="error-summary"' in page


def test_nobody_writes_for_an_organisation_of_others(client, member):
    other = people.make_organisation(owner=people.make_person())

    assert "organisation" in errors_after(client, "visitor", other)


def test_fields_that_no_form_asks_for_are_not_taken_from_it(client, member, stranger):
    forged = {"status": "validated", "contact": stranger.pk, "partnership": 2, "pre_approved_by": stranger.pk, "pk": 7}

    client.post("/candidatures/new/visitor/", answers_as("visitor", organisation=member.pk, **forged))

    candidature = Candidature.objects.get()
    assert (candidature.status, candidature.pre_approved_by) == ("draft", None)
    assert candidature.contact != stranger


def test_a_second_click_lands_on_the_draft_of_the_first(client, member):
    answers = answers_as("visitor", organisation=member.pk)
    client.post("/candidatures/new/visitor/", answers)

    again = client.post("/candidatures/new/visitor/", answers)

    candidature = Candidature.objects.get()
    assert again.headers["Location"] == f"/candidatures/{candidature.pk}/"


def test_a_registration_has_to_be_sent_first(client, visitor_person):
    people.make_organisation(owner=visitor_person, status=OrganisationStatus.DRAFT)
    client.force_login(visitor_person)

    assert "Send the registration first" in client.get("/candidatures/new/visitor/").content.decode()


def test_without_an_open_wave_nobody_writes(client, member):
    LumpSumRate.objects.all().delete()

    assert "No wave of the programme is open" in client.get("/candidatures/new/visitor/").content.decode()


def test_an_unknown_role_is_not_found(client, member):
    assert client.get("/candidatures/new/guest/").status_code == 404


def test_a_host_begins_with_the_technologies_of_its_registration(client, member):
    page = client.get("/candidatures/new/host/")

    assert page.context["form"].initial["technologies"] == [term.pk for term in member.technologies.all()]
