"""Two at the same moment: one VAT number, one draft; nobody's text is lost. Each guard has its control without it."""

from collections.abc import Callable, Iterator
from functools import partial
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from clusters import drafts
from clusters.drafts import StaleDraft
from clusters.forms.registration import KIND, Registration
from clusters.models import Draft, Organisation, User
from clusters.transitions import organisations as transitions
from tests import factories
from tests.clusters.registration_answers import fill, right_answers, save
from tests.exchanges import races

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("programme")]

NUMBER = "IT00743110157"


@pytest.fixture
def both_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both find the number free before either of them stores it."""
    meet, register = Barrier(2), transitions.register

    def together(write: Callable[[], Organisation], *, owner: User) -> Organisation:
        try:
            meet.wait(10)
        except BrokenBarrierError:
            pytest.fail("only one of the two came this far")
        return register(write, owner=owner)

    monkeypatch.setattr(transitions, "register", together)


@pytest.fixture
def without_the_constraint() -> Iterator[None]:
    """Take the guard away, and put it back."""
    constraint = next(
        each for each in Organisation._meta.constraints if each.name == "vat_number_belongs_to_one_organisation"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(Organisation, constraint)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE clusters_organisation CASCADE")
    with connection.schema_editor() as editor:
        editor.add_constraint(Organisation, constraint)


@pytest.mark.parametrize(("filled", "status"), [("https://filled.example", 409), ("", 302)])
def test_what_an_import_fills_in_meanwhile_is_not_overwritten_unseen(
    client: Client, visitor_person: User, ntt_officer: User, filled: str, status: int
) -> None:
    fill(visitor_person)
    registration = Registration(visitor_person)
    organisation = transitions.validate(registration.hand_in(mark=registration.mark), actor=ntt_officer)
    client.force_login(visitor_person)
    base = f"/organisation/{organisation.pk}/"
    save(client, "place", right_answers()["place"] | {"town": "Lucca"}, f"{base}edit/")
    page = client.get(f"{base}check/").context
    organisation.website = filled
    organisation.save()

    answer = client.post(f"{base}check/", {"seen": page["seen"], "shown": page["shown"]})

    organisation.refresh_from_db()
    assert (answer.status_code, organisation.website) == (status, filled)
    assert filled in answer.content.decode()


def both_send() -> list[BaseException | None]:
    people = [factories.make_person(), factories.make_person()]
    for person in people:
        fill(person)
    pairs = [(Registration(person), Registration(person).mark) for person in people]
    return races.run([partial(registration.hand_in, mark=mark) for registration, mark in pairs])


@pytest.mark.usefixtures("both_looked")
def test_one_number_is_registered_once_and_the_other_draft_stays() -> None:
    failures = both_send()

    assert sorted(type(each) for each in failures if each) == [IntegrityError]
    assert Organisation.objects.filter(vat=NUMBER).count() == 1
    assert Draft.objects.get().answers["who"]["vat"] == ["IT 00743110157"]


@pytest.mark.usefixtures("both_looked", "without_the_constraint")
def test_without_the_constraint_it_would_be_registered_twice() -> None:
    assert both_send() == [None, None]
    assert Organisation.objects.filter(vat=NUMBER).count() == 2


def save_from_two_devices(person: User) -> list[BaseException | None]:
    draft = drafts.begin(person, KIND)
    mark = drafts.seen(draft)
    typed = [{"legal_name": ["From the phone"]}, {"legal_name": ["From the desk"]}]
    return races.run([partial(drafts.save, draft, "who", page, mark=mark, user=person) for page in typed])


def test_of_two_saves_at_once_one_is_told(visitor_person: User) -> None:
    failures = save_from_two_devices(visitor_person)

    assert [type(each) for each in failures if each] == [StaleDraft]
    assert Draft.objects.get().revision == 1


def test_without_the_check_of_the_revision_one_text_would_be_lost(
    visitor_person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "_is_stale", lambda *_args: False)

    assert save_from_two_devices(visitor_person) == [None, None]
    assert Draft.objects.get().revision == 2


def test_a_draft_begun_twice_at_once_is_one(visitor_person: User) -> None:
    failures = races.run([partial(drafts.begin, visitor_person, KIND)] * 4)

    assert failures == [None] * 4
    assert Draft.objects.count() == 1
