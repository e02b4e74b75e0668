"""Writing a candidature: what is right is kept, what is wrong is said at its field, nothing typed is lost."""

from datetime import date

import pytest

from clusters.enums import OrganisationStatus, ParticipantRole
from clusters.models import Draft, LumpSumRate, Wave
from matchmaking.models import Candidature
from tests import factories as people
from tests.matchmaking import factories
from tests.matchmaking.answers import answer, begin, hand_in, right_answers, write

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def member(client, visitor_organisation, visitor_person):
    client.force_login(visitor_person)
    return visitor_organisation


@pytest.fixture
def errors_after(client, member):
    """Answer one page with one wrong answer; return what is said at which field, with everything typed kept."""

    def wrong(role, page, **changes):
        candidature = begin(client, role, member)
        response = answer(client, candidature, page, right_answers(role)[page] | changes)
        assert response.status_code == 422
        assert Draft.objects.get().answers[page] == response.context["form"].raw
        return {name: " ".join(found) for name, found in response.context["form"].errors.items()}

    return wrong


@pytest.mark.parametrize("role", list(ParticipantRole))
def test_right_answers_become_a_candidature_that_waits(client, member, visitor_person, role):
    response = write(client, begin(client, role, member), right_answers(role))

    candidature = Candidature.objects.get()
    assert response.headers["Location"] == f"/candidatures/{candidature.pk}/"
    assert (candidature.role, candidature.status, candidature.contact) == (role, "submitted", visitor_person)
    assert (candidature.partnership, candidature.excluded_countries) == (people.partnership(), ["FR"])
    assert candidature.expertise == "Needle punching."
    assert [term.name for term in candidature.sectors.all()] == ["Automotive"]
    assert [(each.first_day, each.capacity) for each in candidature.availabilities.all()] == [
        (factories.in_days(20), 2 if role == "host" else None)
    ]
    assert [event.move for event in candidature.events.order_by("pk")] == ["begin", "submit"]
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("page", "field", "value", "telling"),
    [
        ("partners", "languages", [], "required"),
        ("partners", "languages", ["xx"], "not one of the available choices"),
        ("partners", "countries", ["US"], "not one of the available choices"),
        ("partners", "partner_types", ["king"], "not one of the available choices"),
        ("partners", "excluded_countries", ["CZ", "FR"], "Preferred and left out at once: Czechia"),
        ("purpose", "purposes", [], "required"),
        ("purpose", "motivation", "", "required"),
        ("purpose", "motivation", "x" * 4001, "At most 4000"),
        ("purpose", "motivation", "x" * 1_000_000, "At most 4000"),
        ("purpose", "motivation", "Null\x00byte", "Null characters"),
        ("fields", "technologies", [], "required"),
        ("fields", "technologies", ["999999"], "not one of the available choices"),
        ("fields", "technologies", ["<script>"], "not a valid value"),
        ("fields", "expertise", "x" * 2001, "At most 2000"),
        ("dates", "days", "0", "at least 3 working days"),
        ("dates", "days", "-3", "At least 0."),
        ("dates", "days", "32", "At most 31."),
        ("dates", "days", "99999999999999999999", "At most 31."),
        ("dates", "days", "NaN", "whole number"),
        ("dates", "travellers", "21", "At most 20."),
        ("dates", "until_1", "", "required"),
        ("dates", "from_1", "yesterday", "valid date"),
        ("dates", "from_1", "0000-00-00", "valid date"),
        ("dates", "until_1", "2001-01-01", "ends before it begins"),
        ("dates", "until_1", "9999-12-31", "look at the year again"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(errors_after, page, field, value, telling):
    assert telling in errors_after("visitor", page, **{field: value})[field]


@pytest.mark.parametrize(
    ("first_day", "last_day", "field", "telling"),
    [
        (60, 59, "until_2", "ends before it begins"),
        (-30, -20, "until_2", "over already"),
        (60, None, "until_2", "Give the last day"),
        (None, 60, "from_2", "Give the first day"),
        (40, 60, "from_2", "overlap"),
    ],
)
def test_a_second_period_is_whole_or_empty_and_apart_from_the_first(errors_after, first_day, last_day, field, telling):
    given = {"from_2": first_day, "until_2": last_day}
    days = {name: "" if day is None else factories.in_days(day).isoformat() for name, day in given.items()}

    assert telling in errors_after("visitor", "dates", **days)[field]


def test_there_is_always_an_empty_period_more_up_to_twelve(client, member):
    candidature = begin(client, "host", member)
    answers = right_answers("host")
    for slug, given in answers.items():
        answer(client, candidature, slug, given)
    page, some = f"/candidatures/{candidature.pk}/edit/dates/", answers["dates"] | periods(2, 5)

    stayed = answer(client, candidature, "dates", some | {"row": "add"})

    assert stayed.url == f"{page}#periods"
    assert period_names(client.get(page)) == [1, 2, 3, 4, 5]
    answer(client, candidature, "dates", some | periods(2, 13))
    html = client.get(page).content.decode()
    assert period_names(client.get(page)) == list(range(1, 13))
    assert "Another period" not in html
    assert hand_in(client, candidature).status_code == 302
    assert candidature.availabilities.count() == 12


def periods(first, after):
    """Return so many further periods of a week as somebody would type them."""
    starts = {number: 60 + 10 * number for number in range(first, after)}
    return {
        f"{part}_{number}": factories.in_days(start + more).isoformat()
        for number, start in starts.items()
        for part, more in (("from", 0), ("until", 6))
    }


def period_names(response):
    return [int(name.removeprefix("from_")) for name in response.context["form"].fields if name.startswith("from_")]


def test_a_period_has_to_be_long_enough_for_the_visit(errors_after):
    days = {"from_1": factories.in_days(20).isoformat(), "until_1": factories.in_days(21).isoformat()}

    assert "3 weekdays" in errors_after("visitor", "dates", **days)["until_1"]


@pytest.mark.parametrize(
    ("field", "value", "telling"),
    [
        ("capacity", "0", "At least 1."),
        ("capacity", "201", "At most 200."),
        ("capacity", "-1", "At least "),
        ("capacity", "", "required"),
        ("capacity", "nan", "whole number"),
        ("places_1", "0", "At least 1."),
        ("places_1", "5", "You can receive 4 in all"),
        ("places_2", "1", "Say when this period is"),
    ],
)
def test_a_host_says_how_many_it_can_receive_in_all_and_in_a_period(errors_after, field, value, telling):
    assert telling in errors_after("host", "dates", **{field: value})[field]


def test_what_is_typed_is_kept_as_one_types_and_found_again_on_another_device(client, member, visitor_person):
    candidature = begin(client, "visitor", member)
    typed = {"motivation": "We weave & dye.", "purposes": []}

    saved = answer(client, candidature, "purpose", typed, **{"HX-Request": "true"})

    elsewhere = type(client)()
    elsewhere.force_login(visitor_person)
    assert saved.status_code == 200
    assert "We weave &amp; dye." in elsewhere.get(f"/candidatures/{candidature.pk}/edit/purpose/").content.decode()
    assert elsewhere.get(f"/candidatures/{candidature.pk}/edit/").headers["Location"].endswith("/edit/purpose/")


def test_a_stale_edit_is_refused_with_both_texts_and_saved_on_the_second_word(client, member):
    candidature = begin(client, "visitor", member)
    address = f"/candidatures/{candidature.pk}/edit/purpose/"
    mine = right_answers("visitor")["purpose"]
    answer(client, candidature, "purpose", mine)
    seen = client.get(address).context["seen"]
    answer(client, candidature, "purpose", mine | {"motivation": "What a colleague has written."})

    refused = client.post(address, {"seen": seen, **mine, "motivation": "What I have written."})

    assert refused.status_code == 409
    assert "What a colleague has written." in refused.content.decode()
    assert "What I have written." in refused.content.decode()
    again = {"seen": refused.context["seen"], **mine, "motivation": "What I have written."}
    assert client.post(address, again).status_code == 302
    assert Draft.objects.get().answers["purpose"]["motivation"] == ["What I have written."]


def test_answers_that_were_changed_after_the_check_are_not_sent_unseen(client, member):
    candidature = begin(client, "visitor", member)
    for page, given in right_answers("visitor").items():
        answer(client, candidature, page, given)
    seen = client.get(f"/candidatures/{candidature.pk}/check/").context["seen"]
    answer(client, candidature, "fields", right_answers("visitor")["fields"] | {"expertise": "Changed."})

    assert client.post(f"/candidatures/{candidature.pk}/check/", {"seen": seen}).status_code == 409
    assert Candidature.objects.get().status == "draft"


def test_what_is_incomplete_is_named_on_the_check_and_not_sent(client, member):
    candidature = begin(client, "visitor", member)

    response = hand_in(client, candidature)

    assert response.status_code == 422
    assert "Something is missing or wrong here" in response.content.decode()
    assert Candidature.objects.get().status == "draft"


def test_nobody_writes_for_an_organisation_of_others(client, member):
    other = people.make_organisation(owner=people.make_person())

    assert client.post("/candidatures/new/visitor/", {"organisation": other.pk}).status_code == 404
    assert not Candidature.objects.exists()


def test_fields_that_no_page_asks_for_are_not_taken_from_it(client, member, stranger):
    forged = {"status": "validated", "contact": stranger.pk, "partnership": 2, "pre_approved_by": stranger.pk, "pk": 7}
    answers = {page: given | forged for page, given in right_answers("visitor").items()}

    write(client, begin(client, "visitor", member, **{name: str(value) for name, value in forged.items()}), answers)

    candidature = Candidature.objects.get()
    assert (candidature.status, candidature.pre_approved_by) == ("submitted", None)
    assert candidature.contact != stranger


def test_a_second_click_lands_on_the_draft_of_the_first(client, member):
    candidature = begin(client, "visitor", member)

    again = client.post("/candidatures/new/visitor/", {"organisation": member.pk})

    assert again.headers["Location"] == f"/candidatures/{candidature.pk}/"
    assert Candidature.objects.count() == 1


def test_what_was_written_in_an_earlier_wave_is_taken_up_without_its_periods(client, member):
    first = Wave.objects.create(name="Before", starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    earlier = factories.make_candidature(
        member, ParticipantRole.VISITOR, motivation="As last year.", excluded_countries=["FR"], days=5
    )
    Candidature.objects.filter(pk=earlier.pk).update(wave=first)

    offered = client.get("/candidatures/new/visitor/").content.decode()
    candidature = begin(client, "visitor", member, take_up="1")

    drafted = Draft.objects.get(subject=str(candidature.pk)).answers
    assert f"Take up what we wrote in {first.name}" in offered
    assert drafted["purpose"]["motivation"] == ["As last year."]
    assert drafted["partners"]["excluded_countries"] == ["FR"]
    assert drafted["dates"] == {"days": ["5"], "travellers": ["1"]}


def test_a_registration_has_to_be_sent_first(client, visitor_person):
    people.make_organisation(owner=visitor_person, status=OrganisationStatus.DRAFT)
    client.force_login(visitor_person)

    assert "Send the registration first" in client.get("/candidatures/new/visitor/").content.decode()


def test_without_an_open_wave_nobody_writes(client, member):
    LumpSumRate.objects.all().delete()

    assert "No wave of the programme is open" in client.get("/candidatures/new/visitor/").content.decode()


def test_an_unknown_role_and_an_unknown_page_are_not_found(client, member):
    candidature = begin(client, "visitor", member)

    assert client.get("/candidatures/new/guest/").status_code == 404
    assert client.get(f"/candidatures/{candidature.pk}/edit/visit/").status_code == 404


def test_it_begins_with_what_the_registration_says(client, member):
    candidature = begin(client, "host", member)
    form = client.get(f"/candidatures/{candidature.pk}/edit/fields/").context["form"]

    assert sorted(form["technologies"].value()) == sorted(str(term.pk) for term in member.technologies.all())
    assert sorted(form["sectors"].value()) == sorted(str(term.pk) for term in member.sectors.all())
    assert candidature.languages == member.languages


@pytest.mark.parametrize(
    ("role", "telling"),
    [
        ("visitor", "Hosts that would fit without the countries that you leave out: 1."),
        ("host", "Visitors that would fit without the types of visitor that you wish: 1."),
    ],
)
def test_the_check_names_the_wish_that_leaves_nobody(client, member, role, telling):
    if role == "visitor":
        factories.make_host()
        wish = {"excluded_countries": ["CZ"], "countries": []}
    else:
        factories.make_visitor(organisation={"country": "CZ", "reference_cluster": "CLUTEX"})
        wish = {"partner_types": ["cluster"], "excluded_countries": []}
    candidature = begin(client, role, member)
    answers = right_answers(role)
    for page, given in (answers | {"partners": answers["partners"] | wish}).items():
        answer(client, candidature, page, given)

    page = client.get(f"/candidatures/{candidature.pk}/check/").content.decode()

    assert telling in page
    assert "Send to the reference cluster" in page
