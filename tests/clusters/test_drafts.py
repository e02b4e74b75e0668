"""What is typed is saved, found again elsewhere, and never overwritten by somebody who has not seen it."""

from typing import Any

import pytest
from django.test import Client

from clusters import drafts
from clusters.drafts import DraftGone, StaleDraft
from clusters.enums import OrganisationStatus as Status
from clusters.forms.registration import KIND
from clusters.models import Draft, Organisation, User
from clusters.transitions import organisations as transitions
from tests import factories
from tests.clusters.registration_answers import NEW, fill, right_answers, save, seen_on, send

pytestmark = pytest.mark.usefixtures("programme")

WHO = f"{NEW}who/"


@pytest.fixture
def person(client: Client, visitor_person: User) -> User:
    """Somebody who is signed in and has begun a registration."""
    client.force_login(visitor_person)
    client.post(f"{NEW}begin/", {"legal_name": "Filatura Nuova"})
    return visitor_person


@pytest.fixture
def elsewhere(person: User) -> Client:
    """The same person on another device."""
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def returned(visitor_person: User, ntt_officer: User) -> Organisation:
    """A registration that came back with remarks on single fields."""
    organisation = factories.make_organisation(
        owner=visitor_person, legal_name="Filatura Nuova", status=Status.SUBMITTED, turnover_eur=1_000_000
    )
    transitions.send_back(organisation, actor=ntt_officer, remarks={"vat": "It is missing.", "town": "Or Pistoia?"})
    organisation.refresh_from_db()
    return organisation


def autosave(client: Client, address: str, answers: dict[str, Any], seen: str) -> Any:
    """Save as the script does while one types."""
    return client.post(address, {"seen": seen, **answers}, headers={"HX-Request": "true"})


def test_what_was_looked_for_is_on_the_first_page(client: Client, person: User) -> None:
    assert 'value="Filatura Nuova"' in client.get(WHO).content.decode()


def test_what_is_typed_on_one_device_is_there_on_the_other(client: Client, person: User, elsewhere: Client) -> None:
    answer = autosave(client, WHO, {"legal_name": "Filatura Nuo"}, seen_on(client, WHO))

    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "Saved " in answer.content.decode()
    assert 'value="Filatura Nuo"' in elsewhere.get(WHO).content.decode()
    assert elsewhere.get(f"{NEW}go-on/").headers["Location"] == WHO


def test_while_one_types_nothing_is_called_wrong(client: Client, person: User) -> None:
    answer = autosave(client, WHO, {"legal_name": "", "vat": "IT 1"}, seen_on(client, WHO))

    assert "error" not in answer.content.decode()
    assert "error-summary" not in client.get(WHO).content.decode()


def test_a_save_that_has_not_seen_the_other_one_is_refused_and_shows_both(
    client: Client, person: User, elsewhere: Client
) -> None:
    mark = seen_on(elsewhere, WHO)
    save(client, "who", right_answers()["who"] | {"legal_name": "Written on the phone"})

    refused = elsewhere.post(WHO, {"seen": mark, "legal_name": "Written at the desk", "country": "IT"})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert 'value="Written at the desk"' in page
    assert "Written on the phone" in page
    assert Draft.objects.get().answers["who"]["legal_name"] == ["Written on the phone"]

    answers = {"legal_name": "Written at the desk", "country": "IT"}
    assert elsewhere.post(WHO, {"seen": refused.context["seen"], **answers}).status_code == 302
    assert Draft.objects.get().answers["who"]["legal_name"] == ["Written at the desk"]


def test_a_script_that_has_not_seen_the_other_save_is_told_so(client: Client, person: User, elsewhere: Client) -> None:
    mark = seen_on(elsewhere, WHO)
    save(client, "who", right_answers()["who"])

    refused = autosave(elsewhere, WHO, {"legal_name": "Other"}, mark)

    assert refused.status_code == 409
    assert 'data-stopped="1"' in refused.content.decode()
    assert "Filatura Nuova S.r.l." in refused.content.decode()


def test_without_the_mark_the_other_save_would_be_lost(client: Client, person: User, elsewhere: Client) -> None:
    """The negative control: whoever claims to have seen what is there does overwrite it."""
    save(client, "who", right_answers()["who"])

    save(elsewhere, "who", {"legal_name": "Other", "country": "IT"})

    assert Draft.objects.get().answers["who"]["legal_name"] == ["Other"]


def test_two_devices_on_two_pages_do_not_disturb_each_other(client: Client, person: User, elsewhere: Client) -> None:
    fill(person)
    mark = seen_on(elsewhere, f"{NEW}place/")
    save(client, "who", right_answers()["who"] | {"legal_name": "Renamed"})

    answer = elsewhere.post(f"{NEW}place/", {"seen": mark, **right_answers()["place"], "town": "Biella"})

    assert answer.status_code == 302
    saved = Draft.objects.get().answers
    assert (saved["who"]["legal_name"], saved["place"]["town"]) == (["Renamed"], ["Biella"])


def test_the_same_text_twice_is_no_conflict(client: Client, person: User, elsewhere: Client) -> None:
    mark = seen_on(elsewhere, WHO)
    save(client, "who", right_answers()["who"])

    assert elsewhere.post(WHO, {"seen": mark, **right_answers()["who"]}).status_code == 302


@pytest.mark.parametrize("mark", ["x", "1", "1.", ".1", "0.0", "1.x", "9" * 40, "1." + "9" * 5000, "\x00", "²."])
def test_a_mark_that_nobody_gave_changes_nothing(client: Client, person: User, mark: str) -> None:
    before = Draft.objects.get().answers

    assert client.post(WHO, {"seen": mark, "legal_name": "Other"}).status_code == 409
    assert Draft.objects.get().answers == before


def test_a_page_of_what_was_sent_elsewhere_keeps_its_text_and_begins_anew_when_asked(
    client: Client, person: User, elsewhere: Client
) -> None:
    mark = seen_on(elsewhere, WHO)
    fill(person)
    send(client)

    refused = elsewhere.post(WHO, {"seen": mark, "legal_name": "Typed too late", "country": "IT"})

    assert refused.status_code == 409
    assert "sent or thrown away" in refused.content.decode()
    assert 'value="Typed too late"' in refused.content.decode()
    assert not Draft.objects.exists()
    again = {"seen": refused.context["seen"], "legal_name": "Typed too late", "country": "IT"}
    assert elsewhere.post(WHO, again).status_code == 302
    assert Draft.objects.get().answers["who"]["legal_name"] == ["Typed too late"]


def test_what_was_changed_after_one_looked_is_not_sent_unseen(client: Client, person: User, elsewhere: Client) -> None:
    fill(person)
    mark = seen_on(client, f"{NEW}check/")
    save(elsewhere, "who", right_answers()["who"] | {"legal_name": "Changed elsewhere"})

    response = client.post(f"{NEW}check/", {"seen": mark})

    assert response.status_code == 409
    assert "Changed elsewhere" in response.content.decode()
    assert not Organisation.objects.exists()


def test_a_draft_is_thrown_away_only_when_asked(client: Client, person: User) -> None:
    client.post(f"{NEW}begin/", {"legal_name": "Another"})
    assert Draft.objects.get().answers["who"]["legal_name"] == ["Filatura Nuova"]

    client.post(f"{NEW}discard/")

    assert not Draft.objects.exists()
    assert client.get(WHO).headers["Location"] == NEW


def test_nobody_reads_or_writes_the_draft_of_another(client: Client, person: User, stranger: User) -> None:
    other = Client()
    other.force_login(stranger)

    assert other.get(WHO).status_code == 302
    assert other.post(WHO, {"seen": seen_on(client, WHO), "legal_name": "Mine"}).status_code == 409
    assert Draft.objects.get().answers["who"]["legal_name"] == ["Filatura Nuova"]


@pytest.mark.parametrize("address", ["/desk/", "/organisation/", NEW])
def test_an_unfinished_registration_is_shown_with_the_way_on(client: Client, person: User, address: str) -> None:
    page = client.get(address).content.decode()

    assert "Go on with your registration" in page
    assert "Filatura Nuova" in page
    assert f"{NEW}go-on/" in page


def test_going_on_leads_to_the_first_page_that_is_not_right(client: Client, person: User) -> None:
    fill(person, place={"town": ""}, work={"languages": []})

    assert client.get(f"{NEW}go-on/").headers["Location"] == f"{NEW}place/"
    fill(person)
    assert client.get(f"{NEW}go-on/").headers["Location"] == f"{NEW}check/"


def test_what_has_to_be_changed_is_read_at_its_field_and_beside_its_page(
    client: Client, visitor_person: User, returned: Organisation
) -> None:
    client.force_login(visitor_person)

    assert client.get(f"/organisation/{returned.pk}/edit/").headers["Location"].endswith("/edit/who/")
    page = client.get(f"/organisation/{returned.pk}/edit/who/").content.decode()
    assert "It is missing." in page
    assert "Or Pistoia?" not in page
    assert 'id="id_vat_remark"' in page
    assert 'aria-describedby="id_vat_remark id_vat_helptext"' in page
    everything = client.get(f"/organisation/{returned.pk}/check/").content.decode()
    assert "It is missing." in everything
    assert "Or Pistoia?" in everything


def test_a_registration_is_corrected_page_by_page_and_sent_again(
    client: Client, visitor_person: User, returned: Organisation
) -> None:
    client.force_login(visitor_person)
    base = f"/organisation/{returned.pk}/edit/"
    answers = {"legal_name": "Filatura Nuova", "country": "IT", "vat": "IT00743110157"}

    assert save(client, "who", answers, base).headers["Location"] == f"/organisation/{returned.pk}/check/"
    returned.refresh_from_db()
    assert returned.vat == ""
    send(client, f"/organisation/{returned.pk}/")

    returned.refresh_from_db()
    assert (returned.vat, returned.status, returned.town) == ("IT00743110157", Status.SUBMITTED, "Prato")
    assert returned.turnover_eur == 1_000_000
    assert [term.name for term in returned.sectors.all()] == ["Textile manufacturing"]
    assert not Draft.objects.exists()


def test_the_members_of_an_organisation_share_its_correction(
    client: Client, visitor_person: User, stranger: User, returned: Organisation
) -> None:
    stranger.memberships.create(organisation=returned)
    colleague = Client()
    client.force_login(visitor_person)
    colleague.force_login(stranger)
    base = f"/organisation/{returned.pk}/edit/"
    mark = seen_on(colleague, f"{base}who/")
    save(client, "who", {"legal_name": "Renamed", "country": "IT"}, base)

    assert 'value="Renamed"' in colleague.get(f"{base}who/").content.decode()
    assert colleague.post(f"{base}who/", {"seen": mark, "legal_name": "Mine"}).status_code == 409


def test_what_was_sent_can_be_changed_no_more(client: Client, visitor_person: User, returned: Organisation) -> None:
    client.force_login(visitor_person)
    send(client, f"/organisation/{returned.pk}/")

    for address in ("edit/", "edit/who/", "check/"):
        assert client.get(f"/organisation/{returned.pk}/{address}").status_code == 409
    assert client.post(f"/organisation/{returned.pk}/edit/who/", {"seen": "", "legal_name": "X"}).status_code == 409


def test_a_draft_of_two_at_once_is_one(person: User) -> None:
    assert drafts.begin(person, KIND).pk == drafts.begin(person, KIND).pk


def test_a_draft_that_is_gone_takes_nothing(person: User) -> None:
    draft = drafts.begin(person, KIND)
    mark = drafts.seen(draft)
    drafts.discard(person, KIND)

    with pytest.raises(DraftGone):
        drafts.save(draft, "who", {"legal_name": ["X"]}, mark=mark, user=person)


def test_a_stale_save_carries_what_stands(person: User) -> None:
    draft = drafts.begin(person, KIND)
    mark = drafts.seen(draft)
    drafts.save(draft, "who", {"legal_name": ["First"]}, mark=mark, user=person)

    with pytest.raises(StaleDraft) as caught:
        drafts.save(draft, "who", {"legal_name": ["Second"]}, mark=mark, user=person)

    assert caught.value.draft.answers["who"] == {"legal_name": ["First"]}
